import DurableLog
import Ingest
import SeriesModel

/// One key of `tidemark:` in the file, which is a flag and a variable of the environment as well: `storage.sync`, `--storage.sync`, `TIDEMARK_STORAGE_SYNC`.
struct Setting: Sendable {
  var key: String
  /// What a value may be, for messages.
  var expected: String
  var shape = Shape.one
  /// Takes the values, at least one, exactly one of ``Shape/one``; `false` when they are not what is expected.
  var apply: @Sendable (_ values: [String], _ configuration: inout Configuration) -> Bool

  enum Shape: Hashable, Sendable {
    case one
    /// A sequence in the file, a flag that may be given more than once, separated by commas in the environment.
    case list
    /// A mapping in the file, else a list of `KEY=VALUE`.
    case pairs
  }

  var variable: String {
    "TIDEMARK_" + key.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
  }

  static let all: [Setting] = [
    text("web.listen-address", "HOST:PORT") { value, c in
      guard let address = ListenAddress(argument: value) else { return false }
      c.listen = address
      return true
    },
    flag("web.enable-lifecycle", \.enablesLifecycle),
    flag("web.enable-remote-write-receiver", \.receivesRemoteWrite),
    flag("web.allow-unauthenticated", \.allowsUnauthenticated),
    text("web.external-url", "an http or https URL") { value, c in
      guard value.hasPrefix("http://") || value.hasPrefix("https://") else { return false }
      c.externalURL = value.hasSuffix("/") ? String(value.dropLast()) : value
      return true
    },
    text("storage.path", "a folder") { value, c in
      c.dataDirectory = value
      return !value.isEmpty
    },
    text("storage.sync", "kernel or always") { value, c in
      guard value == "kernel" || value == "always" else { return false }
      c.sync = value == "always" ? .always : .kernel
      return true
    },
    duration("storage.history", \.history, atLeast: .minutes(5)),
    bytes("storage.head-bytes", \.headBytes, 16 << 20...1 << 40),
    duration("sampling.interval", \.sampleInterval, atLeast: .seconds(1)),
    bytes("events.body-bytes", \.eventBodyBytes, 1 << 10...1 << 30),
    Setting(
      key: "events.orchestrators", expected: "sources, or beginnings of sources followed by *, with their orchestrators",
      shape: .pairs
    ) {
      values, c in
      guard let pairs = pairs(values), let map = try? OrchestratorMap(pairs) else { return false }
      c.orchestrators = map
      return true
    },
    list("rules.files", "globs of rule files", \.ruleFiles),
    duration("rules.query-timeout", \.ruleQueryTimeout, atLeast: .milliseconds(100)),
    duration("rules.alert.resend-delay", \.resendDelay, atLeast: .seconds(1)),
    duration("query.lookback-delta", \.lookback, atLeast: .seconds(1)),
    duration("query.timeout", \.queryTimeout, atLeast: .milliseconds(100)),
    number("query.max-samples", \.maxQuerySamples, 1_000...10_000_000_000),
    number("query.max-series", \.maxQuerySeries, 1_000...1_000_000_000),
    bytes("query.max-bytes", \.maxQueryBytes, 1 << 20...1 << 40),
    number("query.max-concurrency", \.maxConcurrentQueries, 1...1_000),
    number("query.max-queued", \.maxQueuedQueries, 0...100_000),
    Setting(
      key: "enable-feature", expected: "some of " + QueryFeature.allCases.map(\.rawValue).joined(separator: ", "), shape: .list
    ) {
      values, c in
      let features = values.compactMap(QueryFeature.init(rawValue:))
      guard features.count == values.count else { return false }
      c.features.formUnion(features)
      return true
    },
    list("notify.webhooks", "http or https URLs", \.webhooks) { $0.hasPrefix("http://") || $0.hasPrefix("https://") },
    list("notify.group-by", "label names, or ... for all", \.groupBy),
    duration("notify.group-wait", \.groupWait, atLeast: .zero),
    duration("notify.group-interval", \.groupInterval, atLeast: .seconds(1)),
    duration("notify.repeat-interval", \.repeatInterval, atLeast: .seconds(1)),
    flag("notify.send-resolved", \.sendsResolved),
    number("notify.max-alerts", \.maxAlertsPerBody, 0...1_000_000),
  ]

  /// `KEY=VALUE` with different keys.
  private static func pairs(_ values: [String]) -> [String: String]? {
    var pairs: [String: String] = [:]
    for value in values {
      guard let sign = value.lastIndex(of: "="),
        pairs.updateValue(String(value[value.index(after: sign)...]), forKey: String(value[..<sign])) == nil
      else { return nil }
    }
    return pairs
  }

  static func named(_ key: String) -> Setting? { all.first { $0.key == key } }

  // MARK: Kinds

  private static func text(
    _ key: String, _ expected: String, _ apply: @escaping @Sendable (String, inout Configuration) -> Bool
  ) -> Setting {
    Setting(key: key, expected: expected) { values, c in apply(values[0], &c) }
  }

  private static func list(
    _ key: String, _ expected: String, _ path: WritableKeyPath<Configuration, [String]> & Sendable,
    isGood: @escaping @Sendable (String) -> Bool = { !$0.isEmpty }
  ) -> Setting {
    Setting(key: key, expected: expected, shape: .list) { values, c in
      guard values.allSatisfy(isGood) else { return false }
      c[keyPath: path] = values
      return true
    }
  }

  private static func number(
    _ key: String, _ path: WritableKeyPath<Configuration, Int> & Sendable, _ allowed: ClosedRange<Int>
  ) -> Setting {
    text(key, "a whole number from \(allowed.lowerBound) to \(allowed.upperBound)") { value, c in
      guard let number = Int(value), allowed.contains(number) else { return false }
      c[keyPath: path] = number
      return true
    }
  }

  private static func flag(_ key: String, _ path: WritableKeyPath<Configuration, Bool> & Sendable) -> Setting {
    text(key, "true or false") { value, c in
      guard value == "true" || value == "false" else { return false }
      c[keyPath: path] = value == "true"
      return true
    }
  }

  private static func duration(
    _ key: String, _ path: WritableKeyPath<Configuration, PromDuration> & Sendable, atLeast least: PromDuration
  ) -> Setting {
    text(key, "a duration of at least \(least)") { value, c in
      guard let duration = PromDuration(value), duration >= least else { return false }
      c[keyPath: path] = duration
      return true
    }
  }

  /// Whole bytes, or with KiB, MiB, GiB.
  private static func bytes(
    _ key: String, _ path: WritableKeyPath<Configuration, Int> & Sendable, _ allowed: ClosedRange<Int>
  ) -> Setting {
    text(key, "bytes from \(allowed.lowerBound) to \(allowed.upperBound), such as 64MiB") { value, c in
      let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]
      let unit = units.first { value.hasSuffix($0.0) }
      guard let number = Int(unit == nil ? value : String(value.dropLast(3))), number >= 0 else { return false }
      let (bytes, overflow) = number.multipliedReportingOverflow(by: unit?.1 ?? 1)
      guard !overflow, allowed.contains(bytes) else { return false }
      c[keyPath: path] = bytes
      return true
    }
  }
}

/// A value that is not what is expected, with where it came from: `TIDEMARK_STORAGE_SYNC`, `--storage.sync`.
struct SettingError: Error, CustomStringConvertible {
  var origin: String
  var value: String
  var expected: String
  var description: String { "\(origin) is \"\(value)\", expected \(expected)" }
}

extension Configuration {
  mutating func apply(_ values: [String], to key: String, from origin: String) throws(SettingError) {
    guard let setting = Setting.named(key) else { preconditionFailure("BUG: no setting is called \(key)") }
    guard setting.apply(values, &self) else {
      throw SettingError(origin: origin, value: values.joined(separator: ","), expected: setting.expected)
    }
  }

  /// Takes every variable that names a setting, and the aliases `TIDEMARK_HOST` and `TIDEMARK_PORT`.
  mutating func applyEnvironment(_ variable: (String) -> String?) throws(SettingError) {
    if let host = variable("TIDEMARK_HOST") { listen.host = host }
    if let text = variable("TIDEMARK_PORT") {
      guard let port = UInt16(text) else {
        throw SettingError(origin: "TIDEMARK_PORT", value: text, expected: "a port from 0 to 65535")
      }
      listen.port = port
    }
    for setting in Setting.all {
      guard let value = variable(setting.variable) else { continue }
      let values = setting.shape == .one ? [value] : value.split(separator: ",").map(String.init)
      if !values.isEmpty { try apply(values, to: setting.key, from: setting.variable) }
    }
  }
}

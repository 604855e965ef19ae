import DurableLog
import SeriesModel

/// One key of `tidemark:` in the file, which is a flag and a variable of the environment as well: `storage.sync`, `--storage.sync`, `TIDEMARK_STORAGE_SYNC`.
struct Setting: Sendable {
  var key: String
  /// What a value may be, for messages.
  var expected: String
  /// Takes a value; `false` when it is not what is expected.
  var apply: @Sendable (_ value: String, _ configuration: inout Configuration) -> Bool

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
  ]

  static func named(_ key: String) -> Setting? { all.first { $0.key == key } }

  // MARK: Kinds

  private static func text(
    _ key: String, _ expected: String, _ apply: @escaping @Sendable (String, inout Configuration) -> Bool
  ) -> Setting {
    Setting(key: key, expected: expected, apply: apply)
  }

  private static func flag(_ key: String, _ path: WritableKeyPath<Configuration, Bool> & Sendable) -> Setting {
    Setting(key: key, expected: "true or false") { value, c in
      guard value == "true" || value == "false" else { return false }
      c[keyPath: path] = value == "true"
      return true
    }
  }

  private static func duration(
    _ key: String, _ path: WritableKeyPath<Configuration, PromDuration> & Sendable, atLeast least: PromDuration
  ) -> Setting {
    Setting(key: key, expected: "a duration of at least \(least)") { value, c in
      guard let duration = PromDuration(value), duration >= least else { return false }
      c[keyPath: path] = duration
      return true
    }
  }

  /// Whole bytes, or with KiB, MiB, GiB.
  private static func bytes(
    _ key: String, _ path: WritableKeyPath<Configuration, Int> & Sendable, _ allowed: ClosedRange<Int>
  ) -> Setting {
    Setting(key: key, expected: "bytes from \(allowed.lowerBound) to \(allowed.upperBound), such as 64MiB") { value, c in
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
  mutating func apply(_ value: String, to key: String, from origin: String) throws(SettingError) {
    guard let setting = Setting.named(key) else { preconditionFailure("BUG: no setting is called \(key)") }
    guard setting.apply(value, &self) else { throw SettingError(origin: origin, value: value, expected: setting.expected) }
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
      try apply(value, to: setting.key, from: setting.variable)
    }
  }
}

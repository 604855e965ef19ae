import SeriesModel
import SourceText

/// One key of `tidemark:` in the file, which is a flag and a variable of the environment as well: `storage.sync`, `--storage.sync`, `TIDEMARK_STORAGE_SYNC`.
struct Setting: Sendable {
  var key: String
  /// What a value may be, for messages.
  var expected: String
  var shape = Shape.one
  /// Whether values may hold something that nobody else should see.
  var isSecret = false
  /// Whether a reload puts a new value in force; else it waits for a restart.
  var isLive = false
  /// Takes the values, at least one, exactly one of ``Shape/one``; `false` when they are not what is expected.
  var apply: @Sendable (_ values: [String], _ configuration: inout Configuration) -> Bool
  /// The values as ``apply`` would take them; none: not set.
  var values: @Sendable (Configuration) -> [String]
  /// Takes the value that another configuration has, or that it has none.
  var copy: @Sendable (_ source: Configuration, _ target: inout Configuration) -> Void

  /// The same, but a reload puts a new value in force.
  var live: Setting {
    var setting = self
    setting.isLive = true
    return setting
  }

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

  /// What a configuration has, for people to see.
  func shown(_ configuration: Configuration) -> [String] {
    isSecret ? values(configuration).map { _ in "<secret>" } : values(configuration)
  }

  static func named(_ key: String) -> Setting? { all.first { $0.key == key } }
}

// MARK: - Kinds

extension Setting {
  typealias Path<Value> = WritableKeyPath<Configuration, Value> & Sendable

  /// Any text that `read` makes something of.
  static func text<Value>(
    _ key: String, _ expected: String, _ path: Path<Value>, show: @escaping @Sendable (Value) -> String?,
    read: @escaping @Sendable (String) -> Value?
  ) -> Setting {
    Setting(
      key: key, expected: expected,
      apply: { values, c in
        guard let value = read(values[0]) else { return false }
        c[keyPath: path] = value
        return true
      }, values: { show($0[keyPath: path]).map { [$0] } ?? [] }, copy: { $1[keyPath: path] = $0[keyPath: path] })
  }

  static func list(
    _ key: String, _ expected: String, _ path: Path<[String]>, isSecret: Bool = false,
    isGood: @escaping @Sendable (String) -> Bool = { !$0.isEmpty }
  ) -> Setting {
    Setting(
      key: key, expected: expected, shape: .list, isSecret: isSecret,
      apply: { values, c in
        guard values.allSatisfy(isGood) else { return false }
        c[keyPath: path] = values
        return true
      }, values: { $0[keyPath: path] }, copy: { $1[keyPath: path] = $0[keyPath: path] })
  }

  static func number(_ key: String, _ path: Path<Int>, _ allowed: ClosedRange<Int>) -> Setting {
    text(key, "a whole number from \(allowed.lowerBound) to \(allowed.upperBound)", path, show: { String($0) }) {
      Int($0).flatMap { allowed.contains($0) ? $0 : nil }
    }
  }

  static func flag(_ key: String, _ path: Path<Bool>) -> Setting {
    text(key, "true or false", path, show: { String($0) }) { Bool($0) }
  }

  static func duration(_ key: String, _ path: Path<PromDuration>, atLeast least: PromDuration) -> Setting {
    text(key, "a duration of at least \(least)", path, show: { "\($0)" }) { PromDuration($0).flatMap { $0 >= least ? $0 : nil } }
  }

  /// Whole bytes, or with KiB, MiB, GiB.
  static func bytes(_ key: String, _ path: Path<Int>, _ allowed: ClosedRange<Int>) -> Setting {
    let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
    @Sendable func show(_ bytes: Int) -> String {
      let unit = units.first { bytes % $0.1 == 0 && bytes > 0 }
      return unit.map { "\(bytes / $0.1)\($0.0)" } ?? String(bytes)
    }
    return text(
      key, "bytes from \(show(allowed.lowerBound)) to \(show(allowed.upperBound)), such as 64MiB", path, show: { show($0) }
    ) { value in
      let unit = units.first { value.hasSuffix($0.0) }
      guard let number = Int(unit == nil ? value : String(value.dropLast(3))), number >= 0 else { return nil }
      let (bytes, overflow) = number.multipliedReportingOverflow(by: unit?.1 ?? 1)
      return !overflow && allowed.contains(bytes) ? bytes : nil
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

extension Setting {
  /// Variables that are no setting, but nearly the name of one.
  static func strays(among names: [String]) -> [String] {
    let known = all.map(\.variable) + ["TIDEMARK_HOST", "TIDEMARK_PORT"]
    return names.filter { $0.hasPrefix("TIDEMARK_") && !known.contains($0) }.sorted().compactMap { name in
      Suggestion.closest(to: name, among: all.map(\.variable)).map { "environment: \(name) is no setting, did you mean \"\($0)\"?" }
    }
  }
}

extension Configuration {
  mutating func apply(_ values: [String], to key: String, from origin: String) throws(SettingError) {
    guard let setting = Setting.named(key) else { preconditionFailure("BUG: no setting is called \(key)") }
    guard setting.apply(values, &self) else {
      throw SettingError(
        origin: origin, value: setting.isSecret ? "<secret>" : values.joined(separator: ","), expected: setting.expected)
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

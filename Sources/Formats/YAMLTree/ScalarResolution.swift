import SeriesModel
import SourceText

/// What a scalar means to a program.
package enum YAMLResolved: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string
}

extension YAMLNode {
  /// What the scalar is when nobody says which type is wanted: quoted and tagged `!!str` is a string, plain text decides by its form.
  ///
  /// Numbers may have underscores, and the forms `0x1f`, `0b101`, `0o17`, `017`.
  /// - Source: YAML 1.2.2, §10.3.2, with 1.1's octal and binary numbers, as the reference's reader for rule files has them.
  package var resolved: YAMLResolved {
    guard let scalar, scalar.style == .plain || tag != nil else { return .string }
    if let tag, !Self.resolvable.contains(tag) { return .string }
    if let known = Self.words[scalar.text] { return known }
    guard let first = scalar.text.utf8.first, ScalarNumber.starts.contains(first) else { return .string }
    if let value = ScalarNumber.integer(scalar.text) { return .int(value) }
    if let value = ScalarNumber.float(scalar.text) { return .float(value) }
    return .string
  }

  /// Nothing, `~`, `null`: the same as leaving the field out.
  package var isNull: Bool { scalar != nil && resolved == .null }

  /// The text of any scalar that is not null. Numbers and booleans are strings as they are written; `!!binary` is not read.
  package var string: String? { isNull || tag == "tag:yaml.org,2002:binary" ? nil : scalar?.text }

  /// `true`, and wherever a boolean is wanted also `yes`, `on`, `y`.
  package var bool: Bool? {
    if case .bool(let value) = resolved { return value }
    switch scalar?.text {
    case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON": return true
    case "n", "N", "no", "No", "NO", "off", "Off", "OFF": return false
    default: return nil
    }
  }

  /// A whole number; a fraction is cut off, as the reference does.
  package var integer: Int? {
    switch resolved {
    case .int(let value): value
    case .float(let value): Int(exactly: value.rounded(.towardZero))
    default: nil
    }
  }

  package var double: Double? {
    switch resolved {
    case .int(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }

  /// `1h30m`, also quoted.
  package var duration: PromDuration? { string.flatMap { PromDuration($0) } }

  /// The text with the way back to the file, for languages inside YAML. `nil` for what is not a scalar.
  ///
  /// - Parameter file: the file this node was read from.
  /// - Complexity: reads the scalar's source once.
  package func embeddedText(in file: SourceFile) -> EmbeddedText? {
    scalar.map { ScalarPlaces.embedded($0, range, in: file.utf8) }
  }

  /// Tags under which the form of the text still decides; under others (`!!str`, a program's own) it is a string.
  private static let resolvable: Set<String> = Set(
    ["null", "bool", "int", "float", "timestamp"].map { "tag:yaml.org,2002:" + $0 } + ["!"])

  private static let words: [String: YAMLResolved] = {
    var words: [String: YAMLResolved] = [:]
    for word in ["", "~", "null", "Null", "NULL"] { words[word] = .null }
    for word in ["true", "True", "TRUE"] { words[word] = .bool(true) }
    for word in ["false", "False", "FALSE"] { words[word] = .bool(false) }
    for word in [".nan", ".NaN", ".NAN"] { words[word] = .float(.nan) }
    for word in [".inf", ".Inf", ".INF"] {
      words[word] = .float(.infinity)
      words["+" + word] = .float(.infinity)
      words["-" + word] = .float(-.infinity)
    }
    return words
  }()
}

/// The forms of numbers in YAML.
enum ScalarNumber {
  static let starts = Set("+-.0123456789".utf8)

  static func integer(_ text: String) -> Int? {
    var digits = text.utf8.filter { $0 != UInt8(ascii: "_") }[...]
    var sign = ""
    if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      sign = first == UInt8(ascii: "-") ? "-" : ""
      digits = digits.dropFirst()
    }
    guard let first = digits.first, first >= 0x30, first <= 0x39 else { return nil }
    var radix = 10
    if first == 0x30, digits.count > 1 {
      switch digits[digits.startIndex + 1] | 0x20 {
      case UInt8(ascii: "x"): radix = 16
      case UInt8(ascii: "b"): radix = 2
      case UInt8(ascii: "o"): radix = 8
      default: radix = 0
      }
      digits = digits.dropFirst(radix == 0 ? 1 : 2)
      if radix == 0 { radix = 8 }
    }
    guard let next = digits.first, next != UInt8(ascii: "-"), next != UInt8(ascii: "+") else { return nil }
    return Int(sign + String(decoding: digits, as: UTF8.self), radix: radix)
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
  static func float(_ text: String) -> Double? {
    let bytes = text.utf8.filter { $0 != UInt8(ascii: "_") }
    var i = 0
    func digits() -> Int {
      let start = i
      while i < bytes.count, bytes[i] >= 0x30, bytes[i] <= 0x39 { i += 1 }
      return i - start
    }
    if i < bytes.count, bytes[i] == UInt8(ascii: "-") || bytes[i] == UInt8(ascii: "+") { i += 1 }
    let whole = digits()
    if i < bytes.count, bytes[i] == UInt8(ascii: ".") {
      i += 1
      if digits() == 0, whole == 0 { return nil }
    } else if whole == 0 {
      return nil
    }
    if i < bytes.count, bytes[i] | 0x20 == UInt8(ascii: "e") {
      i += 1
      if i < bytes.count, bytes[i] == UInt8(ascii: "-") || bytes[i] == UInt8(ascii: "+") { i += 1 }
      if digits() == 0 { return nil }
    }
    return i == bytes.count ? Double(String(decoding: bytes, as: UTF8.self)) : nil
  }
}

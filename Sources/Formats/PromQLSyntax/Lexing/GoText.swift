/// Strings and numbers as Go writes and reads them; PromQL's literals and error texts follow it.
public enum GoText {
  /// A double-quoted literal: what cannot be printed is escaped.
  public static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars { append(scalar, quote: "\"", to: &out) }
    return out + "\""
  }

  /// As ``quoted(_:)-(String)``, for bytes that may not be UTF-8: those that are not become `\x..`.
  public static func quoted(_ bytes: some Sequence<UInt8>) -> String {
    var out = "\""
    var decoder = UTF8Scalars(bytes: Array(bytes))
    while let piece = decoder.next() {
      switch piece {
      case .scalar(let scalar): append(scalar, quote: "\"", to: &out)
      case .broken(let byte): out += "\\x" + hex(UInt32(byte), digits: 2)
      }
    }
    return out + "\""
  }

  /// A single-quoted scalar; the end of input counts as U+FFFD.
  static func quotedScalar(_ scalar: Unicode.Scalar?) -> String {
    var out = "'"
    append(scalar ?? "\u{fffd}", quote: "'", to: &out)
    return out + "'"
  }

  /// `U+007A 'z'`
  static func unicodeNotation(_ scalar: Unicode.Scalar?) -> String {
    let scalar = scalar ?? "\u{fffd}"
    let number = "U+" + hex(scalar.value, digits: 4).uppercased()
    return isPrintable(scalar) ? number + " '\(scalar)'" : number
  }

  private static func append(_ scalar: Unicode.Scalar, quote: Unicode.Scalar, to out: inout String) {
    switch scalar {
    case quote, "\\":
      out.unicodeScalars.append("\\")
      out.unicodeScalars.append(scalar)
    case "\u{07}": out += "\\a"
    case "\u{08}": out += "\\b"
    case "\u{0c}": out += "\\f"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    case "\u{0b}": out += "\\v"
    case "\u{20}"..."\u{7e}": out.unicodeScalars.append(scalar)
    case _ where isPrintable(scalar): out.unicodeScalars.append(scalar)
    case "\u{00}"..<"\u{20}", "\u{7f}": out += "\\x" + hex(scalar.value, digits: 2)
    case _ where scalar.value < 0x10000: out += "\\u" + hex(scalar.value, digits: 4)
    default: out += "\\U" + hex(scalar.value, digits: 8)
    }
  }

  private static func hex(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }

  /// Letters, marks, numbers, punctuation, symbols and the plain blank.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == " " { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator: return false
    default: return true
    }
  }

  /// The bytes that a literal stands for. The lexer has checked its escapes.
  static func unquoted(_ literal: ArraySlice<UInt8>) -> [UInt8] {
    let inner = literal.dropFirst().dropLast()
    if literal.first == UInt8(ascii: "`") { return inner.filter { $0 != UInt8(ascii: "\r") } }
    guard inner.contains(UInt8(ascii: "\\")) else { return Array(inner) }
    var out: [UInt8] = []
    out.reserveCapacity(inner.count)
    var i = inner.startIndex
    while i < inner.endIndex {
      let byte = inner[i]
      i += 1
      guard byte == UInt8(ascii: "\\") else {
        out.append(byte)
        continue
      }
      let escape = inner[i]
      i += 1
      func number(_ digits: Int, radix: Int) -> UInt32 {
        defer { i += digits }
        return UInt32(String(decoding: inner[i..<i + digits], as: UTF8.self), radix: radix)!
      }
      switch escape {
      case UInt8(ascii: "a"): out.append(0x07)
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0c)
      case UInt8(ascii: "n"): out.append(0x0a)
      case UInt8(ascii: "r"): out.append(0x0d)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "v"): out.append(0x0b)
      case UInt8(ascii: "x"): out.append(UInt8(number(2, radix: 16)))
      case UInt8(ascii: "u"): out.append(contentsOf: String(Unicode.Scalar(number(4, radix: 16))!).utf8)
      case UInt8(ascii: "U"): out.append(contentsOf: String(Unicode.Scalar(number(8, radix: 16))!).utf8)
      case UInt8(ascii: "0")...UInt8(ascii: "7"):
        i -= 1
        out.append(UInt8(number(3, radix: 8)))
      default: out.append(escape)
      }
    }
    return out
  }
}

/// Walks bytes that may not be UTF-8.
private struct UTF8Scalars {
  enum Piece { case scalar(Unicode.Scalar), broken(UInt8) }
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> Piece? {
    guard position < bytes.count else { return nil }
    let first = bytes[position]
    let length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    if position + length <= bytes.count, let text = String(validating: bytes[position..<position + length], as: UTF8.self),
      let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1
    {
      position += length
      return .scalar(scalar)
    }
    position += 1
    return .broken(first)
  }
}

import SeriesModel
import SourceText

/// Walks over one line.
struct LineCursor {
  let bytes: [UInt8]
  var position: Int
  let end: Int

  init(_ bytes: [UInt8], _ line: SourceRange) {
    self.bytes = bytes
    position = line.lower
    end = line.upper
  }

  /// The byte at the cursor; 0 at the end of the line (a NUL in a line is told apart by ``atEnd``).
  var byte: UInt8 { position < end ? bytes[position] : 0 }
  var atEnd: Bool { position >= end }

  func problem(_ check: String, _ message: String, from start: Int? = nil, hint: String? = nil) -> ExpositionProblem {
    let lower = start ?? position
    return ExpositionProblem(
      check: "exposition/" + check, range: SourceRange(lower, max(lower, min(end, max(position, lower + 1)))), message: message,
      hint: hint)
  }

  mutating func skip(_ wanted: UInt8) -> Bool {
    guard !atEnd, bytes[position] == wanted else { return false }
    position += 1
    return true
  }

  mutating func skip(_ word: String) -> Bool {
    guard bytes[position..<end].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  mutating func skipBlanks() {
    while !atEnd, bytes[position] == UInt8(ascii: " ") || bytes[position] == UInt8(ascii: "\t") { position += 1 }
  }

  /// Bytes up to a blank (and, for text, a tab) or the end.
  mutating func word(tabsSeparate: Bool) -> Range<Int> {
    let start = position
    while !atEnd, bytes[position] != UInt8(ascii: " "), !(tabsSeparate && bytes[position] == UInt8(ascii: "\t")) { position += 1 }
    return start..<position
  }

  /// `[a-zA-Z_][a-zA-Z0-9_]*`, with colons for metrics; empty when there is none.
  mutating func name(colons: Bool) -> String {
    let start = position
    while !atEnd, Self.isNameByte(bytes[position], colons: colons, first: position == start) { position += 1 }
    return text(start..<position)
  }

  /// The rest of the line.
  mutating func rest() -> Range<Int> {
    defer { position = end }
    return position..<end
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// A quoted string with `\\`, `\"` and `\n`; other escapes stay as they are. The cursor stands on the opening quote.
  mutating func quoted(_ what: String) throws(ExpositionProblem) -> String {
    let start = position
    position += 1
    let inside = position
    var plain = true
    while !atEnd, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == UInt8(ascii: "\\") {
        plain = false
        position += 1
      }
      position += 1
    }
    guard position < end else {
      position = end
      throw problem("unterminated-string", "\(what) has no closing quote", from: start)
    }
    let range = inside..<position
    position += 1
    guard let text = String(validating: plain ? bytes[range] : Self.unescaped(bytes[range])[...], as: UTF8.self) else {
      throw problem("broken-utf8", "\(what) is not valid UTF-8", from: start)
    }
    return text
  }

  private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var i = bytes.startIndex
    while i < bytes.endIndex {
      if bytes[i] == UInt8(ascii: "\\"), i + 1 < bytes.endIndex {
        switch bytes[i + 1] {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""): out.append(bytes[i + 1])
        case UInt8(ascii: "n"): out.append(UInt8(ascii: "\n"))
        default: out.append(contentsOf: [bytes[i], bytes[i + 1]])
        }
        i += 2
      } else {
        out.append(bytes[i])
        i += 1
      }
    }
    return out
  }

  private static func isNameByte(_ byte: UInt8, colons: Bool, first: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): !first
    case UInt8(ascii: ":"): colons
    default: false
    }
  }
}

/// Numbers of exposition pages.
enum ExpositionNumber {
  /// A decimal number, `NaN` or an infinity in any case. No hexadecimal, no underscores; beyond the largest value there is none.
  static func parse(_ bytes: ArraySlice<UInt8>) -> Double? {
    if let small = whole(bytes) { return small }
    let text = String(decoding: bytes, as: UTF8.self)
    switch text.lowercased() {
    case "nan", "+nan", "-nan": return Double(bitPattern: Staleness.ordinaryNaN)
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default: break
    }
    guard bytes.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }), let value = Double(text), value.isFinite
    else { return nil }
    return value
  }

  /// Fast path: up to 15 digits.
  private static func whole(_ bytes: ArraySlice<UInt8>) -> Double? {
    guard bytes.count > 0, bytes.count <= 15 else { return nil }
    var value: Int64 = 0
    for byte in bytes {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    return Double(value)
  }
}

/// Numbers as Go reads them from a text; bounds of buckets and times in requests follow it.
public enum GoFloat {
  /// What Go's `ParseFloat` reads: decimal numbers with underscores between digits, hexadecimal ones with a binary exponent, `inf`, `infinity` and `nan` in
  /// any case. `nil` for all else, numbers beyond the largest among it.
  public static func parse(_ text: String) -> Double? {
    // Fast path: what bounds mostly look like.
    let isPlain = text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") }
    if isPlain { return Double(text).flatMap { $0.isFinite ? $0 : nil } }
    let unsigned =
      text.utf8.first == UInt8(ascii: "-") || text.utf8.first == UInt8(ascii: "+") ? Substring(text.utf8.dropFirst()) : text[...]
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    switch unsigned.lowercased() {
    case "inf", "infinity": return isNegative ? -.infinity : .infinity
    case "nan": return unsigned.utf8.count == text.utf8.count ? .nan : nil
    default: break
    }
    let isHexadecimal = unsigned.utf8.count > 2 && unsigned.lowercased().hasPrefix("0x")
    guard isWellFormed(Array(unsigned.utf8), isHexadecimal: isHexadecimal), let value = Double(unsigned.filter { $0 != "_" }),
      value.isFinite
    else { return nil }
    return isNegative ? -value : value
  }

  /// Digits with at most one point and underscores between them, then an exponent, which hexadecimal numbers must have.
  private static func isWellFormed(_ text: [UInt8], isHexadecimal: Bool) -> Bool {
    var i = isHexadecimal ? 2 : 0
    var (sawDigit, sawPoint, sawExponent) = (false, false, false)
    var previous: UInt8 = isHexadecimal ? 0x30 : 0
    func isDigit(_ byte: UInt8) -> Bool {
      byte >= 0x30 && byte <= 0x39 || isHexadecimal && !sawExponent && (0x61...0x66).contains(byte | 0x20)
    }
    while i < text.count {
      let byte = text[i]
      defer {
        previous = byte
        i += 1
      }
      if isDigit(byte) {
        sawDigit = true
      } else if byte == UInt8(ascii: "_") {
        guard isDigit(previous), i + 1 < text.count, isDigit(text[i + 1]) else { return false }
      } else if byte == UInt8(ascii: "."), !sawPoint, !sawExponent {
        sawPoint = true
      } else if byte | 0x20 == UInt8(ascii: isHexadecimal ? "p" : "e"), !sawExponent, sawDigit {
        sawExponent = true
        if i + 1 < text.count, text[i + 1] == UInt8(ascii: "+") || text[i + 1] == UInt8(ascii: "-") { i += 1 }
        guard i + 1 < text.count, isDigit(text[i + 1]) else { return false }
      } else {
        return false
      }
    }
    return sawDigit && (sawExponent || !isHexadecimal)
  }
}

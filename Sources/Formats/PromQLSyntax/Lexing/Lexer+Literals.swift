extension Lexer {
  /// A number or a duration. What it is worth, the parser finds out.
  mutating func numberOrDuration() -> Token? {
    if scanNumber() { return emit(.number) }
    if scanRestOfDuration() { return emit(.duration) }
    return fail("bad number or duration syntax: \(GoText.quoted(bytes[start..<position]))")
  }

  /// Reads what looks like a number: decimal, octal, hexadecimal, with fraction, exponent and underscores. `false` leaves the position where it
  /// stopped to look like one.
  private mutating func scanNumber() -> Bool {
    var isHexadecimal = false
    if accept("0"), accept("x", "X") {
      _ = accept("_")
      isHexadecimal = true
    }
    func isDigit(_ byte: UInt8?) -> Bool {
      guard let byte else { return false }
      return Self.isDigit(byte) || isHexadecimal && byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66
    }
    _ = accept(".")
    if isDigit(current) { position += 1 }
    var (sawPoint, sawExponent) = (false, false)
    while let byte = current {
      if byte == UInt8(ascii: ".") {
        position += 1
        if sawPoint { return false }
        sawPoint = true
        // Hexadecimal numbers have no fraction.
        if accept("_", ".") || isHexadecimal { return false }
      } else if byte | 0x20 == UInt8(ascii: "e") {
        position += 1
        if sawExponent { return false }
        // Within hexadecimal numbers it is a digit, but counts as an exponent all the same.
        sawExponent = true
        _ = accept("+", "-")
        if accept(".", "_") || accept("e", "E") || current == nil { return false }
      } else if byte == UInt8(ascii: "_") {
        position += 1
        if accept(".", "_") || accept("e", "E") || current == nil { return false }
      } else if isDigit(byte) {
        while isDigit(current) { position += 1 }
      } else {
        break
      }
    }
    return current.map { !Self.isAlphaNumeric($0) } ?? true
  }

  /// Units and further numbers after a first number. Whether the units are in order, the parser finds out.
  private mutating func scanRestOfDuration() -> Bool {
    guard acceptUnit(first: true) else { return false }
    _ = accept("s")
    while Self.isDigit(current) {
      while Self.isDigit(current) { position += 1 }
      guard acceptUnit(first: false) else { return false }
      _ = accept("s")
    }
    guard let byte = current else { return true }
    if !Self.isAlphaNumeric(byte) { return true }
    position += 1
    return false
  }

  private mutating func acceptUnit(first: Bool) -> Bool {
    switch current {
    case UInt8(ascii: "s"), UInt8(ascii: "m"), UInt8(ascii: "h"), UInt8(ascii: "d"), UInt8(ascii: "w"):
      position += 1
      return true
    case UInt8(ascii: "y") where first:
      position += 1
      return true
    default: return false
    }
  }

  private mutating func accept(_ scalars: Unicode.Scalar...) -> Bool {
    guard let byte = current, scalars.contains(where: { UInt8(ascii: $0) == byte }) else { return false }
    position += 1
    return true
  }

  /// A string in double or single quotes, which ends on its line.
  mutating func quotedString(_ quote: UInt8) -> Token? {
    position += 1
    while let byte = current {
      switch byte {
      case quote:
        position += 1
        return emit(.string)
      case UInt8(ascii: "\n"): return fail("unterminated quoted string")
      case UInt8(ascii: "\\"):
        position += 1
        if let problem = scanEscape(quote) { return fail(problem) }
      case 0xef where isReplacementCharacter: return fail("invalid UTF-8 rune")
      default: position += 1
      }
    }
    return fail("unterminated quoted string")
  }

  /// A string in backquotes, which knows no escapes.
  mutating func rawString() -> Token? {
    position += 1
    while let byte = current {
      if byte == UInt8(ascii: "`") {
        position += 1
        return emit(.string)
      }
      if byte == 0xef, isReplacementCharacter { return fail("invalid UTF-8 rune") }
      position += 1
    }
    return fail("unterminated raw string")
  }

  /// The reference cannot tell U+FFFD from broken UTF-8.
  private var isReplacementCharacter: Bool {
    position + 2 < bytes.count && bytes[position + 1] == 0xbf && bytes[position + 2] == 0xbd
  }

  /// Reads an escape sequence after its backslash; the text says what is wrong with it.
  private mutating func scanEscape(_ quote: UInt8) -> String? {
    guard let byte = current else { return "escape sequence not terminated" }
    let (digits, base, limit): (Int, UInt32, UInt32)
    switch byte {
    case quote, UInt8(ascii: "\\"), UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
      UInt8(ascii: "t"), UInt8(ascii: "v"):
      position += 1
      return nil
    case UInt8(ascii: "0")...UInt8(ascii: "7"): (digits, base, limit) = (3, 8, 255)
    case UInt8(ascii: "x"): (digits, base, limit) = (2, 16, 255)
    case UInt8(ascii: "u"): (digits, base, limit) = (4, 16, 0x10ffff)
    case UInt8(ascii: "U"): (digits, base, limit) = (8, 16, 0x10ffff)
    default: return "unknown escape sequence \(GoText.unicodeNotation(scalar(at: position)))"
    }
    if base == 16 { position += 1 }
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let scalar = scalar(at: position) else { return "escape sequence not terminated" }
      guard let digit = Character(scalar).hexDigitValue, scalar.isASCII, digit < base else {
        return "illegal character \(GoText.unicodeNotation(scalar)) in escape sequence"
      }
      value = value &* base &+ UInt32(digit)
      position += 1
    }
    return value > limit || 0xd800..<0xe000 ~= value ? "escape sequence is an invalid Unicode code point" : nil
  }
}

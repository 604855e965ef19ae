/// Texts as Go's `strconv`, `html/template` and `net/url` write and read them.
enum GoText {
  // MARK: Quoting

  static func quote(_ text: String, by quote: Unicode.Scalar = "\"", ascii: Bool = false) -> String {
    var out = String(quote)
    for scalar in text.unicodeScalars { out += escaped(scalar, quote, ascii) }
    return out + String(quote)
  }

  private static func escaped(_ scalar: Unicode.Scalar, _ quote: Unicode.Scalar, _ ascii: Bool) -> String {
    if scalar == quote || scalar == "\\" { return "\\\(scalar)" }
    if ascii ? scalar.value >= 0x20 && scalar.value < 0x7f : isPrintable(scalar) { return String(scalar) }
    switch scalar {
    case "\u{07}": return "\\a"
    case "\u{08}": return "\\b"
    case "\u{0c}": return "\\f"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case "\u{0b}": return "\\v"
    default:
      if scalar.value < 0x20 || scalar.value == 0x7f { return "\\x" + hex(scalar.value, 2) }
      return scalar.value < 0x10000 ? "\\u" + hex(scalar.value, 4) : "\\U" + hex(scalar.value, 8)
    }
  }

  /// Between backquotes when that needs no escapes.
  static func backquote(_ text: String) -> String {
    let plain = text.unicodeScalars.allSatisfy {
      $0 != "`" && $0 != "\u{feff}" && ($0.value >= 0x20 || $0 == "\t") && $0.value != 0x7f
    }
    return plain ? "`\(text)`" : quote(text)
  }

  static func hex(_ value: UInt32, _ width: Int, upper: Bool = false) -> String {
    let digits = String(value, radix: 16, uppercase: upper)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  /// Letters, marks, numbers, punctuation, symbols and the ASCII blank.
  static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7f }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator: return false
    default: return true
    }
  }

  // MARK: Unquoting

  /// A `"…"` or `` `…` `` literal; `nil` for bad escapes.
  static func unquote(_ literal: String) -> String? {
    var bytes = Array(literal.utf8)[...]
    guard bytes.count >= 2, let quote = bytes.popFirst(), bytes.popLast() == quote else { return nil }
    if quote == UInt8(ascii: "`") { return String(decoding: bytes.filter { $0 != 0x0d }, as: UTF8.self) }
    var out: [UInt8] = []
    while !bytes.isEmpty {
      guard let piece = unescape(&bytes, quote) else { return nil }
      out += piece
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// A `'x'` literal.
  static func unquoteRune(_ literal: String) throws(GoError) -> Unicode.Scalar {
    var bytes = Array(literal.utf8).dropFirst().dropLast()
    if bytes.isEmpty { throw GoError("invalid syntax") }
    let malformed = GoError("malformed character constant: \(literal)")
    if bytes.first == UInt8(ascii: "\\") {
      guard let piece = unescape(&bytes, UInt8(ascii: "'")) else { throw GoError("invalid syntax") }
      guard bytes.isEmpty else { throw malformed }
      // `'\xff'` is the number 255, not a byte of UTF-8.
      if piece.count == 1 { return Unicode.Scalar(piece[0]) }
      return String(decoding: piece, as: UTF8.self).unicodeScalars.first!
    }
    let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
    guard scalars.count == 1 else { throw malformed }
    return scalars.first!
  }

  private static func unescape(_ bytes: inout ArraySlice<UInt8>, _ quote: UInt8) -> [UInt8]? {
    let first = bytes.removeFirst()
    if first == quote || first == 0x0a { return nil }
    guard first == UInt8(ascii: "\\") else { return [first] }
    guard let letter = bytes.popFirst() else { return nil }
    switch letter {
    case UInt8(ascii: "a"): return [0x07]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "v"): return [0x0b]
    case UInt8(ascii: "\\"): return [letter]
    case quote: return [letter]
    case UInt8(ascii: "x"): return number(&bytes, 2, 16).map { [UInt8($0)] }
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      let value = number(&bytes, letter == UInt8(ascii: "u") ? 4 : 8, 16)
      return value.flatMap(Unicode.Scalar.init).map { Array(String($0).utf8) }
    case 0x30...0x37:
      bytes = [letter] + bytes
      return number(&bytes, 3, 8).flatMap { $0 <= 255 ? [UInt8($0)] : nil }
    default: return nil
    }
  }

  private static func number(_ bytes: inout ArraySlice<UInt8>, _ count: Int, _ radix: Int) -> UInt32? {
    let digits = bytes.prefix(count)
    guard digits.count == count, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else { return nil }
    bytes = bytes.dropFirst(count)
    return UInt32(String(decoding: digits, as: UTF8.self), radix: radix)
  }

  // MARK: Numbers

  /// `strconv.ParseInt` with base 0: prefixes `0x`, `0o`, `0b`, `0`, and underscores.
  static func integer(_ text: String) -> Int? {
    var digits = text.utf8.filter { $0 != UInt8(ascii: "_") }[...]
    var sign = ""
    if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      sign = first == UInt8(ascii: "-") ? "-" : ""
      digits = digits.dropFirst()
    }
    var radix = 10
    if digits.first == 0x30, digits.count > 1 {
      let mark = digits[digits.startIndex + 1] | 0x20
      radix = mark == UInt8(ascii: "x") ? 16 : mark == UInt8(ascii: "b") ? 2 : 8
      digits = digits.dropFirst(radix != 8 || mark == UInt8(ascii: "o") ? 2 : 1)
    }
    guard let first = digits.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
    return Int(sign + String(decoding: digits, as: UTF8.self), radix: radix)
  }

  /// `strconv.ParseFloat`: decimal and hexadecimal, infinities and NaN in any case.
  static func float(_ text: String) -> Double? {
    let plain = String(decoding: text.utf8.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    var lower = plain.lowercased()[...]
    let negative = lower.hasPrefix("-")
    if negative || lower.hasPrefix("+") { lower = lower.dropFirst() }
    if lower == "inf" || lower == "infinity" { return negative ? -.infinity : .infinity }
    if lower == "nan" { return negative || plain.hasPrefix("+") ? nil : .nan }
    guard let first = lower.utf8.first, (0x30...0x39).contains(first) || first == UInt8(ascii: ".") else { return nil }
    if lower.hasPrefix("0x"), !lower.contains("p") { return nil }
    var body = String(lower)
    // Swift wants digits on both sides of the point.
    if body.hasPrefix(".") { body = "0" + body }
    if let point = body.firstIndex(of: "."), body.index(after: point) == body.endIndex || !isDigit(body[body.index(after: point)]) {
      body.insert("0", at: body.index(after: point))
      guard body.contains(where: isDigit), text.utf8.contains(where: { (0x30...0x39).contains($0) }) else { return nil }
    }
    return Double(body).map { negative ? -$0 : $0 }
  }

  private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

  // MARK: Escaping

  static func html(_ text: String) -> String {
    map(text) { scalar in
      switch scalar {
      case "\0": "\u{fffd}"
      case "\"": "&#34;"
      case "'": "&#39;"
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      default: nil
      }
    }
  }

  static func javaScript(_ text: String) -> String {
    map(text) { scalar in
      switch scalar {
      case "\\": "\\\\"
      case "'": "\\'"
      case "\"": "\\\""
      case "<", ">", "&", "=": "\\u" + hex(scalar.value, 4, upper: true)
      default: scalar.value < 0x20 || !scalar.isASCII && !isPrintable(scalar) ? "\\u" + hex(scalar.value, 4, upper: true) : nil
      }
    }
  }

  /// `url.QueryEscape`.
  static func query(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39, UInt8(ascii: "-"),
        UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "~"):
        out.unicodeScalars.append(Unicode.Scalar(byte))
      case 0x20: out += "+"
      default: out += "%" + hex(UInt32(byte), 2, upper: true)
      }
    }
    return out
  }

  private static func map(_ text: String, _ replace: (Unicode.Scalar) -> String?) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      if let other = replace(scalar) { out += other } else { out.unicodeScalars.append(scalar) }
    }
    return out
  }

  // MARK: Letters

  /// Letter by letter: what would become several letters stays as it is.
  static func mapped(_ text: String, _ mapping: (Unicode.Scalar.Properties) -> String) -> String {
    map(text) { scalar in
      // The one capital whose small letter has a simple form beside the full one.
      if scalar == "\u{130}" { return mapping(scalar.properties) == "\u{130}" ? nil : "i" }
      let other = mapping(scalar.properties)
      return other.unicodeScalars.count == 1 ? other : nil
    }
  }

  /// The first letter of each word in title case, the others as they are.
  ///
  /// A word is letters, marks, digits and underscores; an apostrophe, full stop or colon inside it does not end it.
  static func title(_ text: String) -> String {
    var out = ""
    var (isTitled, wasMiddle) = (false, false)
    for scalar in text.unicodeScalars {
      let isMiddle = middles.contains(scalar)
      if isMiddle ? wasMiddle : !belongsToWord(scalar) { isTitled = false }
      wasMiddle = isMiddle
      let other = !isTitled && scalar.properties.isCased ? scalar.properties.titlecaseMapping : ""
      if scalar.properties.isCased { isTitled = true }
      if other.unicodeScalars.count == 1 { out += other } else { out.unicodeScalars.append(scalar) }
    }
    return out
  }

  /// - Source: Unicode Standard Annex 29, MidLetter and MidNumLet.
  private static let middles: Set<Unicode.Scalar> = [
    "'", ".", ":", "\u{b7}", "\u{387}", "\u{5f4}", "\u{2018}", "\u{2019}", "\u{2024}", "\u{2027}", "\u{fe13}", "\u{fe52}",
    "\u{fe55}", "\u{ff07}",
    "\u{ff0e}", "\u{ff1a}",
  ]

  private static func belongsToWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .letterNumber,
      .otherNumber,
      .nonspacingMark, .spacingMark, .enclosingMark, .connectorPunctuation, .format:
      true
    default: false
    }
  }
}

/// Splits a query into tokens. The first error ends it; its text and place are the reference's.
///
/// - Complexity: O(n); the bytes are looked at once.
struct Lexer {
  let bytes: [UInt8]
  var position = 0
  /// Where the token that is being read began.
  var start = 0
  private(set) var failure: (message: String, position: Int)?
  private var parenDepth = 0
  private var inBraces = false
  private var inBrackets = false
  private var sawColon = false
  /// In these brackets or any before them, as the reference has it.
  private var sawDuration = false
  private var bracketJustOpened = false
  /// A letter in brackets that the reference takes for a colon.
  private var colonLetter: Int?
  private let features: SyntaxFeatures

  init(_ bytes: [UInt8], features: SyntaxFeatures) {
    self.bytes = bytes
    self.features = features
  }

  /// The next token, or `nil` when there is an error, told by ``failure``. After the end of input it keeps coming.
  mutating func next() -> Token? {
    if failure != nil { return nil }
    skipBlanks()
    start = position
    if bracketJustOpened {
      bracketJustOpened = false
      return firstInBrackets()
    }
    return inBraces ? insideBraces() : statement()
  }

  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func fail(_ message: String, at place: Int? = nil) -> Token? {
    failure = (message, place ?? start)
    return nil
  }

  mutating func emit(_ kind: TokenKind, length: Int) -> Token {
    position = start + length
    return emit(kind)
  }

  func emit(_ kind: TokenKind) -> Token { Token(kind: kind, lower: start, upper: position) }

  func byte(at offset: Int) -> UInt8? { start + offset < bytes.count ? bytes[start + offset] : nil }
}

extension Lexer {
  /// Blanks and comments. The first token after `[` may not be a comment.
  private mutating func skipBlanks() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      case UInt8(ascii: "#") where !bracketJustOpened:
        while position < bytes.count, bytes[position] != 0x0a, bytes[position] != 0x0d { position += 1 }
      default: return
      }
    }
  }

  private mutating func statement() -> Token? {
    guard let byte = current else { return endOfInput() }
    switch byte {
    case UInt8(ascii: ","): return emit(.comma, length: 1)
    case UInt8(ascii: "*"): return emit(.multiply, length: 1)
    case UInt8(ascii: "/"): return emit(.divide, length: 1)
    case UInt8(ascii: "%"): return emit(.modulo, length: 1)
    case UInt8(ascii: "+"): return emit(.add, length: 1)
    case UInt8(ascii: "-"): return emit(.subtract, length: 1)
    case UInt8(ascii: "^"): return emit(.power, length: 1)
    case UInt8(ascii: "@"): return emit(.at, length: 1)
    case UInt8(ascii: "="):
      if self.byte(at: 1) == UInt8(ascii: "=") { return emit(.equal, length: 2) }
      if self.byte(at: 1) == UInt8(ascii: "~") { return fail("unexpected character after '=': '~'") }
      return emit(.assign, length: 1)
    case UInt8(ascii: "!"):
      if self.byte(at: 1) == UInt8(ascii: "=") { return emit(.notEqual, length: 2) }
      return fail("unexpected character after '!': \(GoText.quotedScalar(scalar(at: start + 1)))")
    case UInt8(ascii: "<"): return self.byte(at: 1) == UInt8(ascii: "=") ? emit(.lessOrEqual, length: 2) : emit(.less, length: 1)
    case UInt8(ascii: ">"):
      return self.byte(at: 1) == UInt8(ascii: "=") ? emit(.greaterOrEqual, length: 2) : emit(.greater, length: 1)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return numberOrDuration()
    case UInt8(ascii: ".") where Self.isDigit(self.byte(at: 1)): return numberOrDuration()
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return quotedString(byte)
    case UInt8(ascii: "`"): return rawString()
    case UInt8(ascii: "("), UInt8(ascii: ")"): return paren(byte)
    case UInt8(ascii: "{"):
      inBraces = true
      return emit(.leftBrace, length: 1)
    case UInt8(ascii: "["):
      if inBrackets { return fail("unexpected left bracket '['") }
      (inBrackets, sawColon, bracketJustOpened, colonLetter) = (true, false, true, nil)
      return emit(.leftBracket, length: 1)
    case UInt8(ascii: "]"):
      if !inBrackets { return fail("unexpected right bracket ']'") }
      if let letter = colonLetter {
        return fail("unexpected character: \(GoText.quotedScalar(scalar(at: letter))), expected ':'", at: letter)
      }
      inBrackets = false
      return emit(.rightBracket, length: 1)
    case UInt8(ascii: ":") where inBrackets:
      if sawColon { return fail("unexpected colon ':'") }
      sawColon = true
      return emit(.colon, length: 1)
    case _ where Self.isAlpha(byte) || byte == UInt8(ascii: ":"): return word()
    default: return fail("unexpected character: \(GoText.quotedScalar(scalar(at: start)))")
    }
  }

  private mutating func endOfInput() -> Token? {
    if parenDepth != 0 { return fail("unclosed left parenthesis") }
    if inBrackets { return fail("unclosed left bracket") }
    return emit(.endOfInput)
  }

  private mutating func paren(_ byte: UInt8) -> Token? {
    if byte == UInt8(ascii: "(") {
      parenDepth += 1
      return emit(.leftParen, length: 1)
    }
    parenDepth -= 1
    if parenDepth < 0 { return fail("unexpected right parenthesis ')'", at: start + 1) }
    return emit(.rightParen, length: 1)
  }

  private mutating func insideBraces() -> Token? {
    guard let byte = current else { return fail("unexpected end of input inside braces") }
    switch byte {
    case UInt8(ascii: ","): return emit(.comma, length: 1)
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return quotedString(byte)
    case UInt8(ascii: "`"): return rawString()
    case UInt8(ascii: "="): return self.byte(at: 1) == UInt8(ascii: "~") ? emit(.regexMatch, length: 2) : emit(.assign, length: 1)
    case UInt8(ascii: "!"):
      if self.byte(at: 1) == UInt8(ascii: "~") { return emit(.regexNotMatch, length: 2) }
      if self.byte(at: 1) == UInt8(ascii: "=") { return emit(.notEqual, length: 2) }
      return fail("unexpected character after '!' inside braces: \(GoText.quotedScalar(scalar(at: start + 1)))")
    case UInt8(ascii: "{"): return fail("unexpected left brace '{'")
    case UInt8(ascii: "}"):
      inBraces = false
      return emit(.rightBrace, length: 1)
    case _ where Self.isAlpha(byte):
      while position < bytes.count, Self.isAlphaNumeric(bytes[position]) { position += 1 }
      return emit(.identifier)
    default: return fail("unexpected character inside braces: \(GoText.quotedScalar(scalar(at: start)))")
    }
  }

  /// The first token of a range takes fewer forms than those that follow it.
  private mutating func firstInBrackets() -> Token? {
    guard let byte = current else { return fail("unexpected end of input in duration expression") }
    switch byte {
    case UInt8(ascii: "]"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"),
      UInt8(ascii: "/"),
      UInt8(ascii: "%"), UInt8(ascii: "^"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      // The state lasts as long as operators and brackets follow.
      bracketJustOpened = byte != UInt8(ascii: "]") && !Self.isDigit(byte)
      sawDuration = sawDuration || Self.isDigit(byte)
      return statement()
    case UInt8(ascii: ".") where Self.isDigit(self.byte(at: 1)): return statement()
    case UInt8(ascii: ":") where sawDuration: return statement()
    case UInt8(ascii: ":"): return fail("unexpected colon before duration in duration expression", at: start + 1)
    case _ where durationWord() != nil: return word()
    default: return fail("unexpected character in duration expression: \(GoText.quotedScalar(scalar(at: start)))")
    }
  }

  private mutating func word() -> Token? {
    if inBrackets, durationWord() == nil { return letterInBrackets() }
    var hasColon = false
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: ":") {
        if inBrackets { break }
        hasColon = true
      } else if !Self.isAlphaNumeric(byte) {
        break
      }
      position += 1
    }
    if let keyword = TokenKind.keyword(bytes[start..<position]), !inBrackets { return emit(keyword) }
    return emit(hasColon ? .metricIdentifier : .identifier)
  }

  /// The reference takes any letter in brackets for a colon, and complains of the second. What it would accept for it (`foo[5m x]`) is refused when
  /// the brackets close.
  private mutating func letterInBrackets() -> Token? {
    if sawColon { return fail("unexpected colon \(GoText.quotedScalar(scalar(at: start)))") }
    (sawColon, colonLetter) = (true, start)
    return emit(.colon, length: 1)
  }

  /// One of the few words that may stand in a range, when it does.
  private func durationWord() -> DurationWord? {
    guard features.contains(.durationExpressions) else { return nil }
    var end = start
    while end < bytes.count, Self.isAlphaNumeric(bytes[end]) { end += 1 }
    return DurationWord(bytes[start..<end])
  }

  // MARK: Characters

  static func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0x30 && $0 <= 0x39 } ?? false }
  static func isAlpha(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a || byte == 0x5f }
  static func isAlphaNumeric(_ byte: UInt8) -> Bool { isAlpha(byte) || isDigit(byte) }

  /// The scalar that begins at an offset; `nil` beyond the end.
  func scalar(at offset: Int) -> Unicode.Scalar? {
    guard offset < bytes.count else { return nil }
    return String(decoding: bytes[offset..<min(bytes.count, offset + 4)], as: UTF8.self).unicodeScalars.first
  }
}

/// The words of duration expressions, in any case.
enum DurationWord: String {
  case step, range, min, max
  case minOf = "min_of"
  case maxOf = "max_of"

  init?(_ word: ArraySlice<UInt8>) {
    guard word.count >= 3, word.count <= 6 else { return nil }
    self.init(rawValue: String(decoding: word, as: UTF8.self).lowercased())
  }

  var isMinimum: Bool { self == .min || self == .minOf }
  var takesArguments: Bool { self != .step && self != .range }
}

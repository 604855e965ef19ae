/// Cuts a template into tokens, as Go's text/template does, blanks inside actions included.
struct TemplateLexer {
  private let input: [UInt8]
  private var position = 0
  private var start = 0
  private var line = 1
  private var startLine = 1
  private var insideAction = false
  private var parenDepth = 0
  private var failed = false

  init(_ text: String) { input = Array(text.utf8) }

  /// The next token; after `.end` or `.error` always that again.
  mutating func next() -> TemplateToken {
    if failed { return TemplateToken(kind: .end, offset: position, text: "EOF", line: startLine) }
    return insideAction ? inAction() : inText()
  }

  // MARK: Text

  private mutating func inText() -> TemplateToken {
    while true {
      guard let opening = find("{{", from: position) else {
        position = input.count
        return position > start ? emit(.text) : emit(.end)
      }
      if opening > position {
        position = opening
        let trimmed = hasLeftTrimMarker(at: opening + 2) ? input[start..<opening].reversed().prefix(while: Self.isSpace).count : 0
        position -= trimmed
        let token = emit(.text)
        position += trimmed
        ignore()
        if !token.text.isEmpty { return token }
      }
      position += 2
      let marker = hasLeftTrimMarker(at: position) ? 2 : 0
      guard starts("/*", at: position + marker) else {
        let token = emit(.leftDelimiter)
        insideAction = true
        position += marker
        ignore()
        parenDepth = 0
        return token
      }
      position += marker
      ignore()
      if let error = comment() { return error }
    }
  }

  private mutating func comment() -> TemplateToken? {
    position += 2
    guard let close = find("*/", from: position) else { return failure("unclosed comment") }
    position = close + 2
    let (isDelimiter, trims) = atRightDelimiter()
    guard isDelimiter else { return failure("comment ends before closing delimiter") }
    position += trims ? 4 : 2
    if trims { skipSpace() }
    ignore()
    return nil
  }

  // MARK: Actions

  private mutating func inAction() -> TemplateToken {
    if atRightDelimiter().found { return parenDepth == 0 ? rightDelimiter() : failure("unclosed left paren") }
    guard let scalar = advance() else { return failure("unclosed action") }
    switch scalar {
    case " ", "\t", "\r", "\n": return space()
    case "=": return emit(.assign)
    case ":": return advance() == "=" ? emit(.declare) : failure("expected :=")
    case "|": return emit(.pipe)
    case "\"": return quoted(.string, by: "\"", "unterminated quoted string")
    case "'": return quoted(.charConstant, by: "'", "unterminated character constant")
    case "`": return rawQuoted()
    case "$": return fieldOrVariable(.variable)
    case ".":
      if position < input.count, !(0x30...0x39).contains(input[position]) { return fieldOrVariable(.field) }
      position -= 1
      return number()
    case "+", "-", "0"..."9":
      position -= 1
      return number()
    case "(":
      parenDepth += 1
      return emit(.leftParen)
    case ")":
      parenDepth -= 1
      return parenDepth < 0 ? failure("unexpected right paren") : emit(.rightParen)
    default:
      if Self.isAlphanumeric(scalar) { return word() }
      if scalar.value > 0x20, scalar.value < 0x7f { return emit(.char) }
      return failure("unrecognized character in action: \(Self.described(scalar))")
    }
  }

  private mutating func rightDelimiter() -> TemplateToken {
    let trims = atRightDelimiter().trims
    if trims {
      position += 2
      ignore()
    }
    position += 2
    let token = emit(.rightDelimiter)
    if trims {
      skipSpace()
      ignore()
    }
    insideAction = false
    return token
  }

  private mutating func space() -> TemplateToken {
    while position < input.count, Self.isSpace(input[position]) { position += 1 }
    // The last blank may belong to a closing delimiter that trims.
    if starts("-}}", at: position) {
      position -= 1
      if position == start { return rightDelimiter() }
    }
    return emit(.space)
  }

  private mutating func word() -> TemplateToken {
    while let next = peek(), Self.isAlphanumeric(next) { _ = advance() }
    guard atTerminator() else { return failure("bad character \(Self.described(peek()))") }
    let text = String(decoding: input[start..<position], as: UTF8.self)
    if let keyword = TemplateToken.Keyword(rawValue: text) { return emit(.keyword(keyword)) }
    return emit(text == "true" || text == "false" ? .bool : .identifier)
  }

  private mutating func fieldOrVariable(_ kind: TemplateToken.Kind) -> TemplateToken {
    if atTerminator() { return emit(kind == .variable ? .variable : .keyword(.dot)) }
    while let next = peek(), Self.isAlphanumeric(next) { _ = advance() }
    return atTerminator() ? emit(kind) : failure("bad character \(Self.described(peek()))")
  }

  private mutating func quoted(_ kind: TemplateToken.Kind, by quote: Unicode.Scalar, _ unterminated: String) -> TemplateToken {
    while true {
      switch advance() {
      case "\\":
        let escaped = advance()
        if escaped == nil || escaped == "\n" { return failure(unterminated) }
      case nil, "\n": return failure(unterminated)
      case quote: return emit(kind)
      default: continue
      }
    }
  }

  private mutating func rawQuoted() -> TemplateToken {
    while let next = advance() { if next == "`" { return emit(.rawString) } }
    return failure("unterminated raw quoted string")
  }

  // MARK: Numbers

  private mutating func number() -> TemplateToken {
    guard scanNumber() else { return failure("bad number syntax: \(GoText.quote(spelled))") }
    if let sign = peek(), sign == "+" || sign == "-" {
      guard scanNumber(), input[position - 1] == UInt8(ascii: "i") else {
        return failure("bad number syntax: \(GoText.quote(spelled))")
      }
      return emit(.complex)
    }
    return emit(.number)
  }

  private mutating func scanNumber() -> Bool {
    accept("+-")
    var digits = "0123456789_"
    if accept("0") {
      if accept("xX") {
        digits = "0123456789abcdefABCDEF_"
      } else if accept("oO") {
        digits = "01234567_"
      } else if accept("bB") {
        digits = "01_"
      }
    }
    acceptRun(digits)
    if accept(".") { acceptRun(digits) }
    if digits.utf8.count == 11, accept("eE") {
      accept("+-")
      acceptRun("0123456789_")
    }
    if digits.utf8.count == 23, accept("pP") {
      accept("+-")
      acceptRun("0123456789_")
    }
    accept("i")
    if let next = peek(), Self.isAlphanumeric(next) {
      _ = advance()
      return false
    }
    return true
  }

  @discardableResult private mutating func accept(_ set: String) -> Bool {
    guard position < input.count, set.utf8.contains(input[position]) else { return false }
    position += 1
    return true
  }

  private mutating func acceptRun(_ set: String) { while accept(set) {} }

  // MARK: Characters

  private var spelled: String { String(decoding: input[start..<position], as: UTF8.self) }

  private func peek() -> Unicode.Scalar? {
    var iterator = input[position...].prefix(4).makeIterator()
    var decoder = UTF8()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return position < input.count ? "\u{fffd}" : nil }
    return scalar
  }

  private mutating func advance() -> Unicode.Scalar? {
    guard let scalar = peek() else { return nil }
    position += UTF8.width(scalar)
    return scalar
  }

  private func atTerminator() -> Bool {
    guard position < input.count else { return true }
    return Self.isSpace(input[position]) || ".,|:)(".utf8.contains(input[position]) || starts("}}", at: position)
  }

  private func atRightDelimiter() -> (found: Bool, trims: Bool) {
    if position < input.count, Self.isSpace(input[position]), starts("-}}", at: position + 1) { return (true, true) }
    return (starts("}}", at: position), false)
  }

  private func hasLeftTrimMarker(at offset: Int) -> Bool {
    offset + 1 < input.count && input[offset] == UInt8(ascii: "-") && Self.isSpace(input[offset + 1])
  }

  private func starts(_ text: String, at offset: Int) -> Bool { offset <= input.count && input[offset...].starts(with: text.utf8) }

  private func find(_ pair: String, from offset: Int) -> Int? {
    let bytes = Array(pair.utf8)
    var i = offset
    while i + 1 < input.count {
      if input[i] == bytes[0], input[i + 1] == bytes[1] { return i }
      i += 1
    }
    return nil
  }

  private mutating func skipSpace() { while position < input.count, Self.isSpace(input[position]) { position += 1 } }

  private mutating func ignore() {
    line += input[start..<position].count { $0 == UInt8(ascii: "\n") }
    start = position
    startLine = line
  }

  private mutating func emit(_ kind: TemplateToken.Kind) -> TemplateToken {
    let token = TemplateToken(kind: kind, offset: start, text: spelled, line: startLine)
    ignore()
    return token
  }

  private mutating func failure(_ message: String) -> TemplateToken {
    failed = true
    return TemplateToken(kind: .error, offset: start, text: message, line: startLine)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }

  private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x61...0x7a, 0x41...0x5a, 0x30...0x39, 0x5f: return true
    case ..<0x80: return false
    default: break
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber: return true
    default: return false
    }
  }

  /// `U+00E9 'é'`
  private static func described(_ scalar: Unicode.Scalar?) -> String {
    guard let scalar else { return "U+FFFFFFFFFFFFFFFF" }
    let hex = String(scalar.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - hex.utf8.count)) + hex
    return GoText.isPrintable(scalar) ? "\(code) '\(scalar)'" : code
  }
}

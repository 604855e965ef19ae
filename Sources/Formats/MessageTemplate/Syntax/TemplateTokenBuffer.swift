/// The tokens of a template with up to three that were looked at and put back.
struct TemplateTokenBuffer {
  private var lexer: TemplateLexer
  /// What was looked at; the last of `peekCount` is next.
  private var tokens = [TemplateToken](repeating: TemplateToken(kind: .end, offset: 0, text: "", line: 1), count: 3)
  private var peekCount = 0

  init(_ text: String) { lexer = TemplateLexer(text) }

  /// The token that was read last, whose line messages name.
  var latest: TemplateToken { tokens[0] }

  mutating func next() -> TemplateToken {
    if peekCount > 0 { peekCount -= 1 } else { tokens[0] = lexer.next() }
    return tokens[peekCount]
  }

  mutating func peek() -> TemplateToken {
    if peekCount > 0 { return tokens[peekCount - 1] }
    peekCount = 1
    tokens[0] = lexer.next()
    return tokens[0]
  }

  mutating func backup() { peekCount += 1 }

  mutating func backup2(_ first: TemplateToken) {
    tokens[1] = first
    peekCount = 2
  }

  mutating func backup3(_ second: TemplateToken, _ first: TemplateToken) {
    tokens[1] = first
    tokens[2] = second
    peekCount = 3
  }

  mutating func nextNonSpace() -> TemplateToken {
    var token = next()
    while token.kind == .space { token = next() }
    return token
  }

  mutating func peekNonSpace() -> TemplateToken {
    let token = nextNonSpace()
    backup()
    return token
  }
}

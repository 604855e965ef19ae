/// A piece of a template: text between actions, or a word inside one.
struct TemplateToken: Equatable {
  enum Kind: Equatable {
    case error, bool, char, charConstant, complex, assign, declare, end, field, identifier, leftDelimiter, leftParen, number, pipe,
      rawString
    case rightDelimiter, rightParen, space, string, text, variable
    case keyword(Keyword)
  }

  enum Keyword: String {
    case dot = "."
    case block, define, `else`, end, `if`, `nil`, range, template, with
    case breakWord = "break"
    case continueWord = "continue"
  }

  var kind: Kind
  /// UTF-8 offset.
  var offset: Int
  var text: String
  /// From 1.
  var line: Int

  /// As Go's messages show a token.
  var shown: String {
    switch kind {
    case .end: "EOF"
    case .error: text
    case .keyword: "<\(text)>"
    default:
      text.utf8.count > 10
        ? GoText.quote(String(String.UnicodeScalarView(text.unicodeScalars.prefix(10)))) + "..." : GoText.quote(text)
    }
  }
}

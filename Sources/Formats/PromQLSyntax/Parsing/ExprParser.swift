import SeriesModel
import SourceText

/// Reads one query: recursive descent with operator precedence, one token ahead and no further, so that errors come in the reference's order.
struct ExprParser {
  /// Ends the parsing of a piece. A syntax error may be caught where the reader can find its footing again; the others end everything.
  enum Stop: Error { case syntax, final }

  /// A piece of the tree with what is known of it.
  struct Node {
    var expr: Expr
    var type: ValueType
    var depth: Int
    /// Where the reference believes the expression to end, if not where it does.
    var believedEnd: Int?

    var end: Int { believedEnd ?? expr.range.upper }
  }

  private(set) var lexer: Lexer
  let features: SyntaxFeatures
  let limits: SyntaxLimits
  private(set) var diagnostics: [Diagnostic] = []
  private var lookahead: Token?
  /// The token that was taken last.
  private(set) var taken = Token(kind: .endOfInput, lower: 0, upper: 0)
  /// What the reference calls the place of an error that no narrower rule explains.
  var context = ""
  private var nesting = 0
  /// Where the parentheses end that nothing has claimed yet; see ``claimParenthesis()``.
  private var closed: [Int] = []
  private var claimed = 0

  init(_ text: String, features: SyntaxFeatures, limits: SyntaxLimits) {
    lexer = Lexer(Array(text.utf8), features: features)
    self.features = features
    self.limits = limits
  }

  // MARK: Entrances

  mutating func parseExpression() -> Expr? {
    whole { parser throws(Stop) in
      if try parser.peek() == .endOfInput {
        parser.report("promql/syntax", at: SourceRange(0, 0), "no expression found in input")
        throw .final
      }
      return try parser.expression().expr
    }
  }

  mutating func parseSelectorAlone() -> [Matcher]? {
    whole { parser throws(Stop) in
      let kind = try parser.peek()
      guard kind == .leftBrace || kind.isMetricIdentifier else { throw parser.unexpected() }
      guard case .vector(let selector) = try parser.vectorSelector(named: kind == .leftBrace ? nil : try parser.advance()).expr
      else {
        throw .final
      }
      return selector.matchers
    }
  }

  mutating func parseMetricAlone() -> LabelSet? {
    whole { parser throws(Stop) in try parser.metric() }
  }

  mutating func parseSeriesDescription() -> SeriesDescription? {
    guard isOfFairLength() else { return nil }
    do throws(Stop) {
      let labels = try metric()
      var values = SeriesValueReader(lexer.bytes, from: taken.upper)
      let points = values.read()
      if let failure = values.failure { report("promql/series", at: failure.range, failure.message) }
      return SeriesDescription(labels: labels, points: points)
    } catch {
      return nil
    }
  }

  private mutating func whole<T>(_ body: (inout ExprParser) throws(Stop) -> T) -> T? {
    guard isOfFairLength() else { return nil }
    do throws(Stop) {
      let result = try body(&self)
      if try peek() != .endOfInput { throw unexpected() }
      return result
    } catch {
      return nil
    }
  }

  private mutating func isOfFairLength() -> Bool {
    if lexer.bytes.count <= limits.queryBytes { return true }
    report("promql/limit", at: SourceRange(0, 0), "query is too long: \(lexer.bytes.count) bytes, at most \(limits.queryBytes)")
    return false
  }

  // MARK: Tokens

  /// The kind of the next token. It is read only now, since reading may find an error.
  mutating func peek() throws(Stop) -> TokenKind { try peekToken().kind }

  mutating func peekToken() throws(Stop) -> Token {
    if let lookahead { return lookahead }
    guard let token = lexer.next() else {
      if let failure = lexer.failure {
        report("promql/lexical", at: SourceRange(failure.position, lexer.bytes.count), failure.message)
      }
      throw .final
    }
    lookahead = token
    if token.kind == .rightParen { closed.append(token.upper) }
    return token
  }

  /// The end of a call, an aggregation or an expression in parentheses as the reference finds it: the first closing parenthesis that none of them has
  /// claimed. Those of `on (a)` and `start()` are claimed by nobody, so that it falls behind after them; the place of an operator's error shows it.
  @discardableResult
  mutating func claimParenthesis() -> Int? {
    guard claimed < closed.count else { return nil }
    claimed += 1
    return closed[claimed - 1]
  }

  @discardableResult
  mutating func advance() throws(Stop) -> Token {
    taken = try peekToken()
    lookahead = nil
    return taken
  }

  /// Takes the next token if it is of that kind.
  mutating func take(_ kind: TokenKind) throws(Stop) -> Bool {
    guard try peek() == kind else { return false }
    try advance()
    return true
  }

  func text(_ token: Token) -> String { String(decoding: lexer.bytes[token.lower..<token.upper], as: UTF8.self) }
  func bytes(_ token: Token) -> ArraySlice<UInt8> { lexer.bytes[token.lower..<token.upper] }

  /// Whether the next token is an identifier with this text, in any case.
  mutating func peekWord(_ word: String) throws(Stop) -> Bool {
    let token = try peekToken()
    return token.kind == .identifier && token.upper - token.lower == word.utf8.count && text(token).lowercased() == word
  }

  /// Whether `(` follows the next token, blanks apart.
  mutating func parenFollows() throws(Stop) -> Bool {
    var offset = try peekToken().upper
    while offset < lexer.bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(lexer.bytes[offset]) { offset += 1 }
    return offset < lexer.bytes.count && lexer.bytes[offset] == UInt8(ascii: "(")
  }

  // MARK: Errors

  mutating func report(_ check: String, at range: SourceRange, _ message: String, hint: String? = nil) {
    guard diagnostics.count < limits.diagnostics else { return }
    diagnostics.append(Diagnostic(.error, check, at: range, message, hint: hint))
  }

  /// Reports the next token as unexpected, in the reference's words.
  mutating func unexpected(in place: String? = nil, expected: String? = nil) -> Stop {
    // The token has been looked at: otherwise nobody could call it unexpected.
    let token = lookahead ?? taken
    var message = "unexpected \(describe(token))"
    let place = place ?? context
    if !place.isEmpty { message += " in \(place)" }
    if let expected { message += ", expected \(expected)" }
    report(
      "promql/syntax", at: token.range, message, hint: Self.hint(ofNewerWord: text(token)) ?? expected.map { "expected \($0)" })
    return .syntax
  }

  /// Words of the newer grammar are names for who has not enabled them, and get the errors of names.
  static func hint(ofNewerWord word: String) -> String? {
    let flag: String
    switch word.lowercased() {
    case "anchored", "smoothed": flag = "promql-extended-range-selectors"
    case "fill", "fill_left", "fill_right": flag = "promql-binop-fill-modifiers"
    case "step", "range", "min_of", "max_of": flag = "promql-duration-expr"
    default: return nil
    }
    return "as a keyword it needs --enable-feature=\(flag)"
  }

  private func describe(_ token: Token) -> String {
    let text = text(token)
    switch token.kind {
    case .endOfInput: return "end of input"
    case .identifier: return "identifier \(GoText.quoted(text))"
    case .metricIdentifier: return "metric identifier \(GoText.quoted(text))"
    case .string: return "string \(abbreviated(text))"
    case .number: return "number \(abbreviated(text))"
    case .duration: return "duration \(abbreviated(text))"
    case _ where token.kind.isKeyword: return "<\(text)>"
    // The reference's lexer has no name for this one.
    case .at: return "\"<Item 57400>\" <op:\(text)>"
    case _ where token.kind.isOperator: return "<op:\(text)>"
    case _ where token.kind.isAggregator: return "<aggr:\(text)>"
    default: return GoText.quoted(text)
    }
  }

  private func abbreviated(_ text: String) -> String {
    text.utf8.count > 10
      ? GoText.quoted(String(String.UnicodeScalarView(text.unicodeScalars.prefix(10)))) + "..." : GoText.quoted(text)
  }

  // MARK: Recovery

  /// Skips to one of the kinds, over whole brackets. `false` when the input or an outer bracket ends first.
  mutating func skip(to kinds: TokenKind...) throws(Stop) -> Bool {
    var depth = 0
    while true {
      let kind = try peek()
      if depth == 0, kinds.contains(kind) { return true }
      switch kind {
      case .endOfInput: return false
      case .leftParen, .leftBrace, .leftBracket: depth += 1
      case .rightParen, .rightBrace, .rightBracket:
        depth -= 1
        if depth < 0 { return false }
      default: break
      }
      try advance()
    }
  }

  // MARK: Depth

  mutating func nested<T>(_ body: (inout ExprParser) throws(Stop) -> T) throws(Stop) -> T {
    nesting += 1
    defer { nesting -= 1 }
    if nesting > limits.nesting {
      let token = lookahead ?? taken
      report("promql/limit", at: token.range, "expression is nested too deeply, at most \(limits.nesting) levels")
      throw .final
    }
    return try body(&self)
  }

  /// Refuses one more of what there may be only so many of.
  mutating func bound(_ count: Int, below limit: Int, _ what: String) throws(Stop) {
    guard count >= limit else { return }
    report("promql/limit", at: (lookahead ?? taken).range, "too many \(what), at most \(limit)")
    throw .final
  }

  /// A node over others, unless the tree gets too deep.
  mutating func node(_ expr: Expr, _ type: ValueType, over depth: Int) throws(Stop) -> Node {
    if depth + 1 > limits.treeDepth {
      report("promql/limit", at: expr.range, "expression is too large, at most \(limits.treeDepth) operators in a chain")
      throw .final
    }
    return Node(expr: expr, type: type, depth: depth + 1)
  }
}

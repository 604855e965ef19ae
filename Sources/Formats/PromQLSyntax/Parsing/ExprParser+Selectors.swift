import SeriesModel
import SourceText

/// Selectors with their matchers, and metrics with their labels.
extension ExprParser {
  /// `name{…}`, `name` (taken already) or `{…}`.
  mutating func vectorSelector(named name: Token?) throws(Stop) -> Node {
    var selector = VectorSelector(name: name.map { text($0) }, matchers: [], range: name?.range ?? SourceRange(0, 0))
    if try peek() == .leftBrace {
      let open = try peekToken()
      selector.matchers = try matchers()
      selector.range = SourceRange(name?.lower ?? open.lower, taken.upper)
    }
    if let name = selector.name { selector.matchers.append(.equal(LabelName.metric, name)) }
    return Node(expr: .vector(selector), type: .vector, depth: 1)
  }

  private mutating func matchers() throws(Stop) -> [Matcher] {
    try advance()
    var matchers: [Matcher] = []
    while try !take(.rightBrace) {
      try bound(matchers.count, below: limits.matchers, "matchers in a selector")
      do throws(Stop) {
        if let matcher = try matcher() { matchers.append(matcher) }
        if try take(.comma) { continue }
        if try peek() != .rightBrace { throw unexpected(in: "label matching", expected: "\",\" or \"}\"") }
      } catch {
        guard error == .syntax, try skip(to: .comma, .rightBrace) else { throw error }
        _ = try take(.comma)
      }
    }
    return matchers
  }

  private mutating func matcher() throws(Stop) -> Matcher? {
    let kind = try peek()
    guard kind == .identifier || kind == .string else { throw unexpected(in: "label matching", expected: "identifier or \"}\"") }
    let label = try advance()
    let name = kind == .string ? unquoted(label) : text(label)
    guard let match = matchKind(try peek()) else {
      if kind == .string { return .equal(LabelName.metric, name) }
      throw unexpected(in: "label matching", expected: "label matching operator")
    }
    try advance()
    guard try peek() == .string else { throw unexpected(in: "label matching", expected: "string") }
    let value = try advance()
    do throws(RegularExpressionError) {
      return try Matcher(name, match, unquoted(value))
    } catch {
      report("promql/regex", at: SourceRange(label.lower, value.upper), error.message)
      return nil
    }
  }

  private func matchKind(_ kind: TokenKind) -> Matcher.Kind? {
    switch kind {
    case .assign: .equal
    case .notEqual: .notEqual
    case .regexMatch: .regex
    case .regexNotMatch: .notRegex
    default: nil
    }
  }

  // MARK: Metrics

  mutating func metric() throws(Stop) -> LabelSet {
    let kind = try peek()
    var builder = LabelSetBuilder()
    if kind.isMetricIdentifier {
      builder.set(LabelName.metric, text(try advance()))
      if taken.upper < lexer.bytes.count, [0x20, 0x09].contains(lexer.bytes[taken.upper]), !bracesFollow() {
        return builder.build()
      }
      if try peek() != .leftBrace { return builder.build() }
    } else if kind != .leftBrace {
      throw unexpected()
    }
    try advance()
    while try !take(.rightBrace) {
      let label = try labelOfMetric()
      if builder[label.name] == nil || label.name != LabelName.metric || !kind.isMetricIdentifier {
        builder.set(label.name, label.value)
      }
      if try take(.comma) { continue }
      if try peek() != .rightBrace { throw unexpected(in: "label set", expected: "\",\" or \"}\"") }
    }
    return builder.build()
  }

  /// Whether the values of a series begin, which the lexer does not know; only `{` may still belong to the metric.
  private func bracesFollow() -> Bool {
    var offset = taken.upper
    while offset < lexer.bytes.count, [0x20, 0x09].contains(lexer.bytes[offset]) { offset += 1 }
    guard offset < lexer.bytes.count, lexer.bytes[offset] == UInt8(ascii: "{") else { return false }
    return offset + 1 >= lexer.bytes.count || lexer.bytes[offset + 1] != UInt8(ascii: "{")
  }

  private mutating func labelOfMetric() throws(Stop) -> Label {
    let kind = try peek()
    guard kind == .identifier || kind == .string else { throw unexpected(in: "label set", expected: "identifier or \"}\"") }
    let token = try advance()
    let name = kind == .string ? unquoted(token) : text(token)
    guard try take(.assign) else {
      if kind == .string { return Label(LabelName.metric, name) }
      throw unexpected(in: "label set", expected: "\"=\"")
    }
    guard try peek() == .string else { throw unexpected(in: "label set", expected: "string") }
    return Label(name, unquoted(try advance()))
  }
}

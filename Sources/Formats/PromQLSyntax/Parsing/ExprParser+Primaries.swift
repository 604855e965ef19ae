import SeriesModel
import SourceText

/// Literals, parentheses, calls and aggregations.
extension ExprParser {
  mutating func primary() throws(Stop) -> Node {
    let kind = try peek()
    switch kind {
    case .number, .duration: return try numberLiteral()
    case .string: return stringLiteral(try advance())
    case .leftParen: return try nested { parser throws(Stop) in try parser.parenthesized() }
    case .leftBrace: return try vectorSelector(named: nil)
    case _ where kind.isAggregator:
      let name = try advance()
      switch try peek() {
      case .leftParen, .by, .without: return try nested { parser throws(Stop) in try parser.aggregate(name) }
      default: return try vectorSelector(named: name)
      }
    case .identifier, .start, .end:
      let name = try advance()
      if try peek() == .leftParen, kind == .identifier || features.contains(.experimentalFunctions) {
        return try nested { parser throws(Stop) in try parser.call(name) }
      }
      return try vectorSelector(named: name)
    case _ where kind.isMetricIdentifier: return try vectorSelector(named: try advance())
    default: throw unexpected()
    }
  }

  private mutating func numberLiteral() throws(Stop) -> Node {
    let token = try advance()
    let literal = NumberLiteral(try number(token), isDuration: token.kind == .duration, range: token.range)
    return Node(expr: .number(literal), type: .scalar, depth: 1)
  }

  /// What a number or duration token is worth; a duration counts in seconds.
  mutating func number(_ token: Token) throws(Stop) -> Double {
    if token.kind == .duration { return try duration(token).seconds }
    switch NumberReading.number(bytes(token)) {
    case .success(let value): return value
    case .failure(let problem):
      report("promql/number", at: token.range, problem.message)
      return 0
    }
  }

  mutating func duration(_ token: Token) throws(Stop) -> PromDuration {
    switch NumberReading.duration(bytes(token)) {
    case .success(let value): return value
    case .failure(let problem):
      report("promql/duration", at: token.range, problem.message)
      return .seconds(1)
    }
  }

  private func stringLiteral(_ token: Token) -> Node {
    Node(expr: .string(StringLiteral(utf8: GoText.unquoted(bytes(token)), range: token.range)), type: .string, depth: 1)
  }

  private mutating func parenthesized() throws(Stop) -> Node {
    let open = try advance().lower
    let inner: Node
    do throws(Stop) {
      inner = try expression()
      if try peek() != .rightParen { throw unexpected() }
    } catch {
      guard error == .syntax, try skip(to: .rightParen) else { throw error }
      return placeholder(SourceRange(open, try advance().upper))
    }
    let range = SourceRange(open, try advance().upper)
    claimParenthesis()
    return try node(.paren(Paren(inner.expr, range: range)), inner.type, over: inner.depth)
  }

  /// Stands where a mistake was, so that the rest can be read.
  private func placeholder(_ range: SourceRange) -> Node {
    Node(expr: .number(NumberLiteral(0, range: range)), type: .scalar, depth: 1)
  }

  // MARK: Calls

  private mutating func call(_ name: Token) throws(Stop) -> Node {
    let arguments = try callBody()
    let function = text(name)
    let signature = FunctionSignature.named(function)
    let isOff = signature?.isExperimental == true && !features.contains(.experimentalFunctions)
    let flag = "enable it with --enable-feature=promql-experimental-functions"
    if signature == nil || isOff && signature!.isNewer {
      // The search costs more than the parsing: not for diagnostics that nobody will see.
      let nearest = signature == nil && diagnostics.count < limits.diagnostics ? FunctionSignature.nearest(to: function) : nil
      let hint = isOff ? flag : nearest.map { "did you mean \($0)?" } ?? Self.hint(ofNewerWord: function)
      report("promql/unknown-function", at: name.range, "unknown function with name \(GoText.quoted(function))", hint: hint)
    } else if isOff {
      report("promql/feature", at: name.range, "function \(GoText.quoted(function)) is not enabled", hint: flag)
    }
    let call = Call(
      function: signature?.name ?? function, arguments: arguments.map(\.expr), range: SourceRange(name.lower, taken.upper))
    var node = try node(.call(call), signature?.returns ?? .vector, over: arguments.map(\.depth).max() ?? 0)
    node.believedEnd = claimParenthesis()
    return node
  }

  /// `(a, b, c)`
  private mutating func callBody() throws(Stop) -> [Node] {
    try advance()
    var arguments: [Node] = []
    if try take(.rightParen) { return arguments }
    do throws(Stop) {
      while true {
        try bound(arguments.count, below: limits.listed, "arguments of a call")
        arguments.append(try expression())
        while try take(.comma) {
          let comma = taken
          if try peek().beginsExpression { break }
          report("promql/syntax", at: comma.range, "trailing commas not allowed in function call args")
        }
        if try take(.rightParen) { return arguments }
        if taken.kind != .comma { throw unexpected() }
        if try !peek().beginsExpression { throw unexpected() }
      }
    } catch {
      guard error == .syntax, try skip(to: .rightParen) else { throw error }
      try advance()
      return arguments
    }
  }

  // MARK: Aggregations

  private mutating func aggregate(_ name: Token) throws(Stop) -> Node {
    let outer = context
    context = "aggregation"
    defer { context = outer }
    var clause = try groupingClause()
    if clause != nil, try peek() != .leftParen { throw unexpected() }
    let arguments = try callBody()
    let end = taken.upper
    if clause == nil { clause = try groupingClause() }
    let range = SourceRange(name.lower, clause == nil ? end : taken.upper)
    let op = name.kind.aggregateOperator!
    if clause != nil { claimParenthesis() }
    let believedEnd = claimParenthesis()
    guard let (parameter, expr) = try operands(of: op, arguments, range) else { return placeholder(range) }
    let aggregate = Aggregate(
      op: op, expr: expr.expr, parameter: parameter?.expr, grouping: clause?.labels ?? [], without: clause?.without ?? false,
      range: range)
    var node = try node(.aggregate(aggregate), .vector, over: max(expr.depth, parameter?.depth ?? 0))
    node.believedEnd = believedEnd
    return node
  }

  private mutating func groupingClause() throws(Stop) -> (labels: [String], without: Bool)? {
    let kind = try peek()
    guard kind == .by || kind == .without else { return nil }
    try advance()
    return (try groupingLabels(), kind == .without)
  }

  private mutating func operands(of op: AggregateOperator, _ arguments: [Node], _ range: SourceRange) throws(Stop) -> (Node?, Node)?
  {
    if arguments.isEmpty {
      report("promql/arguments", at: range, "no arguments for aggregate expression provided")
      return nil
    }
    if op == .limitk || op == .limitRatio, !features.contains(.experimentalFunctions) {
      let flag = "--enable-feature=promql-experimental-functions"
      report("promql/feature", at: range, "\(op.rawValue)() is experimental and must be enabled with \(flag)")
      return nil
    }
    let wanted = op.takesParameter ? 2 : 1
    if arguments.count != wanted {
      let counts = "expected \(wanted), got \(arguments.count)"
      report("promql/arguments", at: range, "wrong number of arguments for aggregate expression provided, \(counts)")
      return nil
    }
    return (wanted == 2 ? arguments[0] : nil, arguments[wanted - 1])
  }
}

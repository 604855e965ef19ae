import SeriesModel
import SourceText

/// What follows an operand: ranges, subqueries, `offset`, `@`, `anchored`, `smoothed`.
extension ExprParser {
  mutating func postfix(_ operand: Node) throws(Stop) -> Node {
    var operand = operand
    while true {
      switch try peek() {
      case .leftBracket: operand = try brackets(operand)
      case .offset: try offset(&operand.expr)
      case .at: try at(&operand.expr)
      case .identifier:
        guard let edges = try rangeEdges() else { return operand }
        try setEdges(edges, &operand.expr)
      default: return operand
      }
    }
  }

  // MARK: Brackets

  private mutating func brackets(_ operand: Node) throws(Stop) -> Node {
    let open = try advance()
    guard try beginsDuration() else { throw unexpected(in: "subquery selector", expected: "number or duration") }
    let window = try positiveDuration(in: "subquery selector", expected: "number or duration")
    if try take(.colon) {
      var step: DurationExpr?
      if try peek() != .rightBracket {
        guard try beginsDuration() else { throw unexpected(in: "subquery selector", expected: "number or duration or \"]\"") }
        step = try positiveDuration(in: "subquery selector", expected: "number or duration or \"]\"")
      }
      guard try take(.rightBracket) else { throw unexpected(in: "subquery selector", expected: "\"]\"") }
      let range = SourceRange(operand.expr.range.lower, taken.upper)
      return try node(
        .subquery(Subquery(expr: operand.expr, window: window, step: step, range: range)), .matrix, over: operand.depth)
    }
    guard try take(.rightBracket) else { throw unexpected(in: "subquery or range", expected: "\":\" or \"]\"") }
    return matrix(operand, window, open)
  }

  private mutating func matrix(_ operand: Node, _ window: DurationExpr, _ open: Token) -> Node {
    let range = SourceRange(operand.expr.range.lower, taken.upper)
    var problem: String?
    var selector = VectorSelector(name: nil, matchers: [], range: operand.expr.range)
    if case .vector(let vector) = operand.expr {
      selector = vector
      if vector.offset != nil { problem = "no offset modifiers allowed before range" }
      if case .timestamp = vector.at, problem == nil { problem = "no @ modifiers allowed before range" }
    } else {
      problem = "ranges only allowed for vector selectors"
    }
    if let problem { report("promql/range", at: SourceRange(open.lower, taken.upper), problem) }
    return Node(expr: .matrix(MatrixSelector(selector: selector, window: window, range: range)), type: .matrix, depth: 1)
  }

  // MARK: Offset

  private mutating func offset(_ expr: inout Expr) throws(Stop) {
    try advance()
    let length = try offsetDuration()
    let message = "offset may not be set multiple times"
    switch expr {
    case .vector(var selector):
      if selector.offset != nil { report("promql/offset", at: expr.range, message) }
      selector.offset = length
      selector.range.upper = taken.upper
      expr = .vector(selector)
    case .matrix(var matrix):
      if matrix.selector.offset != nil { report("promql/offset", at: expr.range, message) }
      matrix.selector.offset = length
      matrix.range.upper = taken.upper
      expr = .matrix(matrix)
    case .subquery(var subquery):
      if subquery.offset != nil { report("promql/offset", at: expr.range, message) }
      subquery.offset = length
      subquery.range.upper = taken.upper
      expr = .subquery(subquery)
    default:
      let kinds = "an instant vector selector or range vector selector or a subquery"
      report("promql/offset", at: expr.range, "offset modifier must be preceded by \(kinds)")
    }
  }

  // MARK: @

  private mutating func at(_ expr: inout Expr) throws(Stop) {
    try advance()
    let modifier: AtModifier
    let kind = try peek()
    switch kind {
    case .start, .end:
      try advance()
      guard try take(.leftParen), try take(.rightParen) else { throw unexpected(in: "@", expected: "timestamp") }
      modifier = kind == .start ? .start : .end
    case .add, .subtract:
      try advance()
      guard try numberFollows() else { throw unexpected(in: "@", expected: "timestamp") }
      let value = try number(try advance())
      modifier = timestamp(kind == .subtract ? -value : value, expr.range)
    case .number, .duration: modifier = timestamp(try number(try advance()), expr.range)
    default: throw unexpected(in: "@", expected: "timestamp")
    }
    setAt(modifier, &expr)
  }

  private mutating func timestamp(_ seconds: Double, _ range: SourceRange) -> AtModifier {
    // The bounds are those of a 64-bit count of seconds; a count of milliseconds beyond it is cut.
    guard seconds.isFinite, seconds.magnitude < 0x1p63 else {
      let shown = seconds.isNaN ? "NaN" : seconds.isInfinite ? (seconds > 0 ? "+Inf" : "-Inf") : Self.sixDecimals(seconds)
      report("promql/at", at: range, "timestamp out of bounds for @ modifier: \(shown)")
      return .timestamp(Timestamp(milliseconds: 0))
    }
    let milliseconds = (seconds * 1000).rounded(.toNearestOrAwayFromZero)
    return .timestamp(Timestamp(milliseconds: milliseconds >= 0x1p63 ? .max : milliseconds <= -0x1p63 ? .min : Int64(milliseconds)))
  }

  /// Go's `%f` of a number beyond 2^63, which has no fraction.
  private static func sixDecimals(_ value: Double) -> String {
    var digits: [Int] = [0]
    // The exact decimal digits of significand · 2^exponent, by doubling.
    let significand = value.significandBitPattern | 1 << 52
    digits = String(significand).reversed().map { $0.wholeNumberValue! }
    for _ in 0..<(Int(value.exponent) - 52) {
      var carry = 0
      for i in digits.indices {
        let doubled = digits[i] * 2 + carry
        digits[i] = doubled % 10
        carry = doubled / 10
      }
      if carry > 0 { digits.append(carry) }
    }
    return (value < 0 ? "-" : "") + digits.reversed().map(String.init).joined() + ".000000"
  }

  private mutating func setAt(_ modifier: AtModifier, _ expr: inout Expr) {
    let message = "@ <timestamp> may not be set multiple times"
    switch expr {
    case .vector(var selector):
      if selector.at != nil { report("promql/at", at: expr.range, message) }
      selector.at = modifier
      selector.range.upper = taken.upper
      expr = .vector(selector)
    case .matrix(var matrix):
      if matrix.selector.at != nil { report("promql/at", at: expr.range, message) }
      matrix.selector.at = modifier
      matrix.range.upper = taken.upper
      expr = .matrix(matrix)
    case .subquery(var subquery):
      if subquery.at != nil { report("promql/at", at: expr.range, message) }
      subquery.at = modifier
      subquery.range.upper = taken.upper
      expr = .subquery(subquery)
    default:
      let kinds = "an instant vector selector or range vector selector or a subquery"
      report("promql/at", at: expr.range, "@ modifier must be preceded by \(kinds)")
    }
  }

  // MARK: Edges

  private mutating func rangeEdges() throws(Stop) -> RangeEdges? {
    guard features.contains(.extendedRangeSelectors) else { return nil }
    if try peekWord("anchored") { return .anchored }
    return try peekWord("smoothed") ? .smoothed : nil
  }

  private mutating func setEdges(_ edges: RangeEdges, _ expr: inout Expr) throws(Stop) {
    let word = edges == .anchored ? "anchored" : "smoothed"
    try advance()
    let message = "anchored and smoothed modifiers cannot be used together"
    switch expr {
    case .vector(var selector):
      if selector.edges != .ordinary, selector.edges != edges { report("promql/edges", at: expr.range, message) }
      selector.edges = edges
      selector.range.upper = taken.upper
      expr = .vector(selector)
    case .matrix(var matrix):
      if matrix.selector.edges != .ordinary, matrix.selector.edges != edges { report("promql/edges", at: expr.range, message) }
      matrix.selector.edges = edges
      matrix.range.upper = taken.upper
      expr = .matrix(matrix)
    case .subquery: report("promql/edges", at: expr.range, "\(word) modifier is not supported for subqueries")
    default: report("promql/edges", at: expr.range, "\(word) modifier not implemented")
    }
  }
}

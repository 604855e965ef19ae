import SeriesModel
import SourceText

/// Lengths of time: literals, and arithmetic over them behind ``SyntaxFeatures/durationExpressions``.
extension ExprParser {
  /// A duration in brackets, at least a nanosecond long if it is known already.
  mutating func positiveDuration(in place: String, expected: String) throws(Stop) -> DurationExpr {
    let duration = try durationExpression(above: 1, in: place, expected: expected)
    if let seconds = duration.literalSeconds, seconds <= 0 {
      report("promql/duration", at: duration.range, "duration must be greater than 0")
    }
    return duration.normalized
  }

  mutating func beginsDuration() throws(Stop) -> Bool {
    switch try peek() {
    case .number, .duration, .leftParen, .add, .subtract: true
    default: try peekDurationWord() != nil
    }
  }

  /// After `offset`. A literal ends it, so that `foo offset 2 ^ 2` is a power; a sum needs parentheses, or to begin with them. `nil`: no offset at all.
  mutating func offsetDuration() throws(Stop) -> DurationExpr? {
    let (place, expected) = ("offset", "number or duration")
    guard try beginsDuration() else { throw unexpected(in: place, expected: expected) }
    let first = try peek()
    let duration: DurationExpr
    if first == .leftParen {
      duration = try durationExpression(above: 1, in: place, expected: expected)
    } else if first == .add || first == .subtract {
      let sign = try advance()
      let second = try peek()
      let inner =
        second == .add || second == .subtract
        ? try durationExpression(above: BinaryOperator.power.precedence, in: place, expected: expected)
        : try durationAtom(in: place, expected: expected, under: sign)
      let signed = inner.signed(by: sign)
      // Two signs make it an expression, which goes on.
      duration =
        second == .add || second == .subtract
        ? try durationExpression(from: signed, above: 1, in: place, expected: expected) : signed
    } else {
      duration = try durationAtom(in: place, expected: expected)
    }
    switch duration.normalized {
    case .literal(.zero, _): return nil
    // `offset (1m) + 2m` is one sum for the reference; in parentheses it stays one when it is printed and read again.
    case .binary(let op, let left, let right, let range): return .paren(.binary(op, left, right, range), range)
    case let normal: return normal
    }
  }

  private mutating func durationExpression(above minimum: Int, in place: String, expected: String) throws(Stop) -> DurationExpr {
    let first = try signedDuration(in: place, expected: expected)
    return try durationExpression(from: first, above: minimum, in: place, expected: expected)
  }

  private mutating func durationExpression(from first: DurationExpr, above minimum: Int, in place: String, expected: String)
    throws(Stop) -> DurationExpr
  {
    var left = first
    var links = 0
    while let (op, precedence) = DurationOperator.of(try peek()), precedence >= minimum {
      let token = try advance()
      try bound(links, below: limits.nesting, "operators in a duration")
      links += 1
      let right = try nested { parser throws(Stop) in
        try parser.durationExpression(above: op == .power ? precedence : precedence + 1, in: place, expected: expected)
      }
      requireDurationFeature(at: left.range)
      if op == .divide || op == .modulo, right.literalSeconds == 0 {
        report("promql/duration", at: token.range, op == .divide ? "division by zero" : "modulo by zero")
      }
      left = .binary(op, left, right, left.range.union(right.range))
    }
    return left
  }

  /// An optional sign, which binds like multiplication.
  private mutating func signedDuration(in place: String, expected: String) throws(Stop) -> DurationExpr {
    let kind = try peek()
    guard kind == .add || kind == .subtract else { return try durationAtom(in: place, expected: expected) }
    let sign = try advance()
    let inner = try nested { parser throws(Stop) in
      try parser.durationExpression(above: BinaryOperator.power.precedence, in: place, expected: expected)
    }
    return inner.signed(by: sign)
  }

  /// - Parameter sign: what stands before it, where an error is placed there.
  private mutating func durationAtom(in place: String, expected: String, under sign: Token? = nil) throws(Stop) -> DurationExpr {
    switch try peek() {
    case .duration:
      let token = try advance()
      return .literal(try duration(token), token.range)
    case .number:
      let token = try advance()
      let seconds = try number(token)
      guard seconds.magnitude <= 0x1p63 / 1e9 else {
        report("promql/duration", at: SourceRange((sign ?? token).lower, token.upper), "duration out of range")
        return .number(1, token.range)
      }
      return .number(seconds, token.range)
    case .leftParen: return try parenthesizedDuration(in: place, expected: expected)
    default:
      guard let word = try peekDurationWord() else { throw unexpected(in: place, expected: expected) }
      return try durationFunction(word, in: place, expected: expected)
    }
  }

  private mutating func parenthesizedDuration(in place: String, expected: String) throws(Stop) -> DurationExpr {
    let open = try advance()
    let inner = try nested { parser throws(Stop) in try parser.durationExpression(above: 1, in: place, expected: expected) }
    guard try take(.rightParen) else { throw unexpected(in: place, expected: expected) }
    requireDurationFeature(at: inner.range)
    let range = SourceRange(open.lower, taken.upper)
    // Parentheses around a literal mean nothing and are dropped.
    if inner.literalSeconds != nil { return inner }
    if case .paren(let core, _) = inner { return .paren(core, range) }
    return .paren(inner, range)
  }

  /// `step()`, `range()`, `min_of(a, b)`, `max_of(a, b)`
  private mutating func durationFunction(_ word: DurationWord, in place: String, expected: String) throws(Stop) -> DurationExpr {
    let name = try advance()
    requireDurationFeature(at: name.range)
    guard try take(.leftParen) else { throw unexpected(in: place, expected: expected) }
    var arguments: [DurationExpr] = []
    if word.takesArguments {
      arguments = try nested { parser throws(Stop) in
        let first = try parser.durationExpression(above: 1, in: place, expected: expected)
        guard try parser.take(.comma) else { throw parser.unexpected(in: place, expected: expected) }
        return [first, try parser.durationExpression(above: 1, in: place, expected: expected)]
      }
    }
    guard try take(.rightParen) else { throw unexpected(in: place, expected: expected) }
    let range = SourceRange(name.lower, taken.upper)
    switch word {
    case .step: return .step(range)
    case .range: return .range(range)
    default: return word.isMinimum ? .minimum(arguments[0], arguments[1], range) : .maximum(arguments[0], arguments[1], range)
    }
  }

  /// A word of the duration grammar that its parenthesis follows; elsewhere it is a name.
  private mutating func peekDurationWord() throws(Stop) -> DurationWord? {
    guard features.contains(.durationExpressions) else { return nil }
    let token = try peekToken()
    switch token.kind {
    case .identifier, .min, .max: break
    default: return nil
    }
    guard let word = DurationWord(bytes(token)), try parenFollows() else { return nil }
    return word
  }

  private mutating func requireDurationFeature(at range: SourceRange) {
    if features.contains(.durationExpressions) { return }
    report(
      "promql/feature", at: range, "experimental duration expression is not enabled",
      hint: "enable it with --enable-feature=promql-duration-expr")
  }
}

extension DurationOperator {
  fileprivate static func of(_ kind: TokenKind) -> (DurationOperator, Int)? {
    switch kind {
    case .add: (.add, 4)
    case .subtract: (.subtract, 4)
    case .multiply: (.multiply, 5)
    case .divide: (.divide, 5)
    case .modulo: (.modulo, 5)
    case .power: (.power, 6)
    default: nil
    }
  }
}

extension DurationExpr {
  public var range: SourceRange {
    switch self {
    case .literal(_, let range), .number(_, let range), .step(let range), .range(let range), .negative(_, let range),
      .paren(_, let range),
      .binary(_, _, _, let range), .minimum(_, _, let range), .maximum(_, _, let range):
      range
    }
  }

  /// Under a sign, which literals take up.
  fileprivate func signed(by sign: Token) -> DurationExpr {
    let range = SourceRange(sign.lower, self.range.upper)
    switch self {
    case .literal(let length, _):
      return .literal(sign.kind == .add ? length : PromDuration(milliseconds: -length.milliseconds), range)
    case .number(let seconds, _): return .number(sign.kind == .add ? seconds : -seconds, range)
    default: return sign.kind == .add ? self : .negative(self, range)
    }
  }

  /// A literal's value.
  var literalSeconds: Double? {
    switch self {
    case .literal(let length, _): length.seconds
    case .number(let seconds, _): seconds
    default: nil
    }
  }

  /// A bare number that stands alone as the duration that it means; parts of milliseconds are cut.
  var normalized: DurationExpr {
    guard case .number(let seconds, let range) = self else { return self }
    let nanoseconds = (seconds * 1e9).rounded(.toNearestOrAwayFromZero)
    return .literal(PromDuration(milliseconds: Int64(nanoseconds / 1e6)), range)
  }
}

import PromQLSyntax
import SeriesModel
import SourceText

/// Makes a plan of an expression.
///
/// Trees from the parser are checked for types; others may come, so what does not fit is refused here as well.
struct Lowering {
  let features: SyntaxFeatures

  func lower(_ expr: Expr) throws(QueryError) -> Plan {
    switch expr {
    case .number(let literal): return .number(literal.value)
    case .string(let literal): return .text(literal.value)
    case .paren(let paren): return try lower(paren.expr)
    case .vector(let selector): return .select(try selection(selector))
    case .matrix(let matrix):
      return .window(
        WindowPlan(selection: try selection(matrix.selector), length: length(matrix.window), range: matrix.range))
    case .subquery(let subquery):
      return .subquery(
        SubqueryPlan(
          expr: try vector(subquery.expr), length: length(subquery.window), step: subquery.step.map { length($0) },
          shift: TimeShift(offset: subquery.offset.map { length($0, mayBeNegative: true) }, at: subquery.at), range: subquery.range)
      )
    case .unary(let unary):
      let inner = try lower(unary.expr)
      guard inner.type == .scalar || inner.type == .vector else { throw misfit("a scalar or an instant vector", unary.expr) }
      return unary.op == .minus ? .negate(inner) : inner
    case .binary(let binary): return try lower(binary)
    case .aggregate(let aggregate): return try lower(aggregate)
    case .call(let call): return try lower(call)
    }
  }

  func vector(_ expr: Expr) throws(QueryError) -> Plan {
    let plan = try lower(expr)
    guard plan.type == .vector else { throw misfit("an instant vector", expr) }
    return plan
  }

  func scalar(_ expr: Expr) throws(QueryError) -> Plan {
    let plan = try lower(expr)
    guard plan.type == .scalar else { throw misfit("a scalar", expr) }
    return plan
  }

  func range(_ expr: Expr) throws(QueryError) -> Plan {
    let plan = try lower(expr)
    guard plan.type == .matrix else { throw misfit("a range vector", expr) }
    return plan
  }

  func misfit(_ expected: String, _ found: Expr) -> QueryError {
    .badData("expected \(expected), got \(found.valueType.documented): \(found)")
  }

  // MARK: Selectors

  private func selection(_ selector: VectorSelector) throws(QueryError) -> Selection {
    if selector.edges != .ordinary, !features.contains(.extendedRangeSelectors) {
      throw .badData("\(selector.edges) modifier is experimental and not enabled")
    }
    return Selection(
      matchers: selector.matchers,
      shift: TimeShift(offset: selector.offset.map { length($0, mayBeNegative: true) }, at: selector.at),
      edges: selector.edges, range: selector.range)
  }

  private func length(_ expr: DurationExpr, mayBeNegative: Bool = false) -> Length {
    if let constant = expr.constant { return .fixed(constant.milliseconds) }
    return .computed(expr, mayBeNegative: mayBeNegative)
  }

  // MARK: Operators

  private func lower(_ binary: Binary) throws(QueryError) -> Plan {
    let left = try lower(binary.lhs)
    let right = try lower(binary.rhs)
    for (plan, side) in [(left, binary.lhs), (right, binary.rhs)] where plan.type != .scalar && plan.type != .vector {
      throw misfit("a scalar or an instant vector", side)
    }
    if binary.op.isSet {
      guard left.type == .vector, right.type == .vector else {
        throw .badData("set operator \"\(binary.op.rawValue)\" not allowed in binary scalar expression")
      }
      let matching = binary.matching ?? VectorMatching(cardinality: .manyToMany)
      return .set(SetPlan(op: binary.op, left: left, right: right, matching: matching))
    }
    switch (left.type, right.type) {
    case (.scalar, .scalar): return .scalarBinary(binary.op, left, right)
    case (.vector, .vector):
      let matching = binary.matching ?? VectorMatching()
      return .binary(BinaryPlan(op: binary.op, left: left, right: right, matching: matching, returnsBool: binary.returnBool))
    default:
      let scalarIsLeft = left.type == .scalar
      return .scalarSide(
        ScalarSidePlan(
          op: binary.op, vector: scalarIsLeft ? right : left, scalar: scalarIsLeft ? left : right, scalarIsLeft: scalarIsLeft,
          returnsBool: binary.returnBool))
    }
  }

  private func lower(_ aggregate: Aggregate) throws(QueryError) -> Plan {
    var plan = AggregatePlan(
      op: aggregate.op, vector: try vector(aggregate.expr), grouping: aggregate.grouping, without: aggregate.without,
      vectorRange: Self.bare(aggregate.expr).range,
      parameterRange: aggregate.parameter.map { Self.bare($0).range } ?? .unknown)
    if aggregate.op == .limitk || aggregate.op == .limitRatio, !features.contains(.experimentalFunctions) {
      throw .badData(
        "\(aggregate.op.rawValue)() is experimental and must be enabled with --enable-feature=promql-experimental-functions")
    }
    if aggregate.op.takesParameter {
      guard let parameter = aggregate.parameter else { throw .badData("\(aggregate.op.rawValue) needs a parameter") }
      if aggregate.op == .countValues {
        guard case .text(let label) = try lower(parameter) else { throw misfit("a string", parameter) }
        if case .string(let literal) = Self.bare(parameter), let broken = literal.broken {
          throw .execution("invalid label name \(GoText.quoted(broken))")
        }
        plan.label = label
      } else {
        plan.parameter = try scalar(parameter)
      }
    }
    return .aggregate(plan)
  }

  /// The expression within parentheses: places of arguments are those of what is inside.
  static func bare(_ expr: Expr) -> Expr {
    if case .paren(let paren) = expr { return bare(paren.expr) }
    return expr
  }
}

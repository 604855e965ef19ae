import PromQLSyntax

/// Makes operators of a plan.
struct Compiler {
  func vector(_ plan: Plan) throws(QueryError) -> any VectorOperator {
    switch plan {
    case .select(let selection):
      switch selection.edges {
      case .ordinary: return VectorSelection(selection)
      case .smoothed: return SmoothedSelection(selection)
      case .anchored: throw .execution("anchored modifier can only be used with range vectors")
      }
    case .sampleTimes(let selection): return VectorSelection(selection, yieldsTimes: true)
    case .overTime(let overTime):
      try refuseEdges(overTime.input, overTime.function.rawValue)
      return OverTime(overTime, input: try range(overTime.input), parameters: try scalars(overTime.parameters))
    case .absentOverTime(let input, let labels):
      try refuseEdges(input, "absent_over_time")
      return AbsenceOverTime(try range(input), labels: labels)
    case .absent(let inner, let labels): return Absence(try vector(inner), labels: labels)
    case .math(let math):
      return MathOperator(math.function, vector: try vector(math.vector), parameters: try scalars(math.parameters))
    case .toVector(let inner): return ScalarToVector(try scalar(inner))
    case .relabel(let inner, let relabeling): return RelabelOperator(relabeling, vector: try vector(inner))
    case .sort(let inner, let order, let range): return SortOperator(order, range: range, vector: try vector(inner))
    case .buckets(let buckets):
      return BucketOperator(buckets, vector: try vector(buckets.vector), parameters: try scalars(buckets.parameters))
    case .info(let info): return InfoOperator(info, vector: try vector(info.vector))
    case .nothing(let inner): return NothingOperator(try vector(inner))
    case .aggregate(let aggregate): return try self.aggregate(aggregate)
    case .negate(let inner): return Negation(try vector(inner))
    case .scalarSide(let side): return ScalarSide(side, vector: try vector(side.vector), scalar: try scalar(side.scalar))
    case .binary(let binary): return BinaryMatch(binary, left: try vector(binary.left), right: try vector(binary.right))
    case .set(let set): return SetOperator(set, left: try vector(set.left), right: try vector(set.right))
    case .once(let inner): return VectorOnce(try vector(inner))
    case .number, .text, .clock, .scalarMath, .toScalar, .scalarBinary, .window, .subquery:
      throw .internal("\(plan) is not an instant vector")
    }
  }

  private func aggregate(_ plan: AggregatePlan) throws(QueryError) -> any VectorOperator {
    let vector = try vector(plan.vector)
    switch plan.op {
    case .countValues: return ValueCounting(plan, vector: vector)
    case .topk, .bottomk, .limitk, .limitRatio:
      return Choice(plan, vector: vector, parameter: try scalar(plan.parameter ?? .number(0)))
    default:
      let parameter = try plan.parameter.map { (plan) throws(QueryError) in try scalar(plan) }
      return Aggregation(plan, vector: vector, parameter: parameter)
    }
  }

  func scalar(_ plan: Plan) throws(QueryError) -> any ScalarOperator {
    switch plan {
    case .number(let value): return NumberOperator(value)
    case .clock(let function): return ClockOperator(function)
    case .scalarMath(let function, let arguments):
      return ScalarJoin(function.rawValue, try scalar(arguments[0]), try scalar(arguments[1])) { function.apply($0, $1) }
    case .toScalar(let inner): return VectorToScalar(try vector(inner))
    case .negate(let inner): return ScalarNegation(try scalar(inner))
    case .scalarBinary(let op, let left, let right):
      return ScalarJoin(op.rawValue, try scalar(left), try scalar(right)) { op.scalar($0, $1) }
    case .once(let inner): return ScalarOnce(try scalar(inner))
    default: throw .internal("\(plan) is not a scalar")
    }
  }

  private func scalars(_ plans: [Plan]) throws(QueryError) -> [any ScalarOperator] {
    var operators: [any ScalarOperator] = []
    for plan in plans { operators.append(try scalar(plan)) }
    return operators
  }

  func range(_ plan: Plan) throws(QueryError) -> any RangeOperator {
    switch plan {
    case .window(let window): return WindowSelection(window)
    case .subquery(let subquery): return SubqueryWindows(subquery, inner: try vector(subquery.expr))
    default: throw .internal("\(plan) is not a range vector")
    }
  }

  private func refuseEdges(_ plan: Plan, _ function: String) throws(QueryError) {
    guard case .window(let window) = plan else { return }
    let smoothed = ["delta", "increase", "rate"]
    let allowed: [String]
    switch window.selection.edges {
    case .ordinary: return
    case .smoothed: allowed = smoothed
    case .anchored: allowed = ["changes", "delta", "increase", "rate", "resets"]
    }
    if allowed.contains(function) { return }
    throw .execution(
      "\(window.selection.edges) modifier can only be used with: \(allowed.joined(separator: ", ")) - not with \(function)")
  }
}

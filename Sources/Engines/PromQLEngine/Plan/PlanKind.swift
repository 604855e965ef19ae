import PromQLSyntax

/// The parts that plans are made of, by name: each operator, each function, each way of matching. Who claims something about all of them (a benchmark, a
/// fuzzer) asks here whether any was left out.
enum PlanKind: Hashable, Sendable {
  /// Parts of which there is one each.
  enum Single: String, Hashable, Sendable, CaseIterable {
    case number, text, select, offset, at, window, subquery, absent, scalar, vector, nothing, negate, once, info
    case sampleTimes = "timestamp of a selector"
    case smoothedSelector = "smoothed selector"
    case computedLength = "computed duration"
    case absentOverTime = "absent_over_time"
    case labelReplace = "label_replace"
    case labelJoin = "label_join"
    case sortByValue = "sort"
    case sortByLabel = "sort_by_label"
    case histogramQuantile = "histogram_quantile"
    case histogramQuantiles = "histogram_quantiles"
    case histogramFraction = "histogram_fraction"
    case returnsBool = "bool"
    case by, without, on, ignoring, fill
    case groupLeft = "group_left"
    case groupRight = "group_right"
  }

  case single(Single)
  case clock(ClockFunction)
  case scalarMath(ScalarMath)
  case overTime(OverTimeFunction)
  case anchored(OverTimeFunction)
  case smoothed(OverTimeFunction)
  case math(MathFunction)
  case aggregate(AggregateOperator)
  case betweenScalars(BinaryOperator)
  case besideScalar(BinaryOperator)
  case betweenVectors(BinaryOperator)

  static let all: [PlanKind] = {
    let arithmetic = BinaryOperator.allCases.filter { !$0.isSet }
    return Single.allCases.map(single) + ClockFunction.allCases.map(clock) + ScalarMath.allCases.map(scalarMath)
      + OverTimeFunction.allCases.map(overTime) + [.rate, .increase, .delta, .changes, .resets].map(anchored)
      + [.rate, .increase, .delta].map(smoothed) + MathFunction.allCases.map(math) + AggregateOperator.allCases.map(aggregate)
      + arithmetic.map(betweenScalars) + arithmetic.map(besideScalar) + BinaryOperator.allCases.map(betweenVectors)
  }()

  var name: String {
    switch self {
    case .single(let single): single.rawValue
    case .clock(let function): function.rawValue + "()"
    case .scalarMath(let function): function.rawValue
    case .overTime(let function): function.rawValue
    case .anchored(let function): function.rawValue + " anchored"
    case .smoothed(let function): function.rawValue + " smoothed"
    case .math(let function): function.rawValue
    case .aggregate(let op): "aggregation " + op.rawValue
    case .betweenScalars(let op): "scalar \(op.rawValue) scalar"
    case .besideScalar(let op): "vector \(op.rawValue) scalar"
    case .betweenVectors(let op): "vector \(op.rawValue) vector"
    }
  }
}

extension Plan {
  /// What the plan and everything beneath is made of.
  var kinds: Set<PlanKind> { children.reduce(into: Set(ownKinds)) { $0.formUnion($1.kinds) } }

  private var ownKinds: [PlanKind] {
    switch self {
    case .number: [.single(.number)]
    case .text: [.single(.text)]
    case .clock(let function): [.clock(function)]
    case .select(let selection):
      [.single(selection.edges == .smoothed ? .smoothedSelector : .select)] + selection.shift.kinds
    case .sampleTimes(let selection): [.single(.sampleTimes)] + selection.shift.kinds
    case .window(let plan): [.single(.window)] + plan.selection.shift.kinds + plan.length.kinds
    case .subquery(let plan): [.single(.subquery)] + plan.shift.kinds + plan.length.kinds + (plan.step?.kinds ?? [])
    case .overTime(let plan): [plan.kind]
    case .absentOverTime: [.single(.absentOverTime)]
    case .absent: [.single(.absent)]
    case .math(let plan): [.math(plan.function)]
    case .scalarMath(let function, _): [.scalarMath(function)]
    case .toScalar: [.single(.scalar)]
    case .toVector: [.single(.vector)]
    case .relabel(_, .replace): [.single(.labelReplace)]
    case .relabel(_, .join): [.single(.labelJoin)]
    case .sort(_, .byValue, _): [.single(.sortByValue)]
    case .sort(_, .byLabels, _): [.single(.sortByLabel)]
    case .buckets(let plan): [.single(plan.kindOfBuckets)]
    case .info: [.single(.info)]
    case .nothing: [.single(.nothing)]
    case .aggregate(let plan):
      [.aggregate(plan.op)] + (plan.without ? [.single(.without)] : plan.grouping.isEmpty ? [] : [.single(.by)])
    case .negate: [.single(.negate)]
    case .scalarBinary(let op, _, _): [.betweenScalars(op)]
    case .scalarSide(let plan): [.besideScalar(plan.op)] + (plan.returnsBool ? [.single(.returnsBool)] : [])
    case .binary(let plan):
      [.betweenVectors(plan.op)] + plan.matching.kinds + (plan.returnsBool ? [.single(.returnsBool)] : [])
    case .set(let plan): [.betweenVectors(plan.op)] + plan.matching.kinds
    case .once: [.single(.once)]
    }
  }
}

extension TimeShift {
  fileprivate var kinds: [PlanKind] {
    (offset == nil ? [] : [.single(.offset)]) + (at == nil ? [] : [.single(.at)]) + (offset?.kinds ?? [])
  }
}

extension Length {
  fileprivate var kinds: [PlanKind] {
    if case .computed = self { return [.single(.computedLength)] }
    return []
  }
}

extension OverTimePlan {
  fileprivate var kind: PlanKind {
    guard case .window(let window) = input else { return .overTime(function) }
    return switch window.selection.edges {
    case .ordinary: .overTime(function)
    case .anchored: .anchored(function)
    case .smoothed: .smoothed(function)
    }
  }
}

extension BucketPlan {
  fileprivate var kindOfBuckets: PlanKind.Single {
    switch kind {
    case .quantile: .histogramQuantile
    case .quantiles: .histogramQuantiles
    case .fraction: .histogramFraction
    }
  }
}

extension VectorMatching {
  fileprivate var kinds: [PlanKind] {
    var kinds: [PlanKind] = on ? [.single(.on)] : labels.isEmpty ? [] : [.single(.ignoring)]
    switch cardinality {
    case .manyToOne: kinds.append(.single(.groupLeft))
    case .oneToMany: kinds.append(.single(.groupRight))
    case .oneToOne, .manyToMany: break
    }
    if fillLeft != nil || fillRight != nil { kinds.append(.single(.fill)) }
    return kinds
  }
}

extension Engine {
  /// Names of everything that a query can consist of.
  package static var parts: Set<String> { Set(PlanKind.all.map(\.name)) }

  /// Names of everything that this query consists of once it is planned.
  package func parts(of expr: Expr) throws(QueryError) -> Set<String> {
    Set(try CompiledQuery(expr, source: expr.description, features: options.features).plan.kinds.map(\.name))
  }
}

import PromQLSyntax
import SeriesModel
import SourceText

/// What is to be computed, free of spelling: parentheses are gone, functions are kinds, defaults are filled in. Times are kept as they were written
/// (`@ end()`, `step()`), so one plan serves every evaluation.
indirect enum Plan: Hashable, Sendable {
  case number(Double)
  /// A string alone is a query, too.
  case text(String)
  /// `time()`, `start()` …
  case clock(ClockFunction)
  case select(Selection)
  /// `timestamp(selector)`: when the samples were taken.
  case sampleTimes(Selection)
  case window(WindowPlan)
  case subquery(SubqueryPlan)
  case overTime(OverTimePlan)
  /// `absent_over_time`.
  case absentOverTime(Plan, LabelSet)
  case absent(Plan, LabelSet)
  case math(MathPlan)
  case scalarMath(ScalarMath, [Plan])
  case toScalar(Plan)
  case toVector(Plan)
  case relabel(Plan, Relabeling)
  case sort(Plan, SortOrder, SourceRange)
  case buckets(BucketPlan)
  case info(InfoPlan)
  /// A function that only looks at native histograms: floats have no part in it.
  case nothing(Plan)
  case aggregate(AggregatePlan)
  case negate(Plan)
  case scalarBinary(BinaryOperator, Plan, Plan)
  case scalarSide(ScalarSidePlan)
  case binary(BinaryPlan)
  case set(SetPlan)
  /// The same at every step: evaluated at the first and repeated.
  case once(Plan)
}

/// Series and how their time is bent.
struct Selection: Hashable, Sendable {
  var matchers: [Matcher]
  var shift: TimeShift
  var edges: RangeEdges
  var range: SourceRange
}

/// `offset` and `@`.
struct TimeShift: Hashable, Sendable {
  var offset: Length?
  var at: AtModifier?
  static let none = TimeShift()
}

/// A length of time: known, or worked out from the query's times when it runs.
enum Length: Hashable, Sendable {
  case fixed(Int64)
  case computed(DurationExpr, mayBeNegative: Bool)
}

/// `selector[5m]`
struct WindowPlan: Hashable, Sendable {
  var selection: Selection
  var length: Length
  var range: SourceRange
}

/// `expr[1h:5m]`
struct SubqueryPlan: Hashable, Sendable {
  var expr: Plan
  var length: Length
  /// `nil`: the engine's default.
  var step: Length?
  var shift: TimeShift
  var range: SourceRange
}

struct OverTimePlan: Hashable, Sendable {
  var function: OverTimeFunction
  /// A window or a subquery.
  var input: Plan
  /// Scalars in the order of the function's arguments.
  var parameters: [Plan]
  /// Where the range and the first argument stand.
  var inputRange: SourceRange
  var firstRange: SourceRange
}

struct MathPlan: Hashable, Sendable {
  var function: MathFunction
  var vector: Plan
  var parameters: [Plan]
}

enum SortOrder: Hashable, Sendable {
  case byValue(descending: Bool)
  case byLabels([String], descending: Bool)
}

/// `histogram_quantile`, `histogram_quantiles`, `histogram_fraction` over classic buckets.
struct BucketPlan: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case quantile
    /// The label that tells the quantiles apart.
    case quantiles(String)
    case fraction
  }
  var kind: Kind
  var vector: Plan
  var parameters: [Plan]
  var parameterRanges: [SourceRange]
  var vectorRange: SourceRange
}

struct InfoPlan: Hashable, Sendable {
  var vector: Plan
  /// Conditions on the info series' labels, the name among them; empty without a second argument.
  var matchers: [Matcher]
  /// Where the first selector of `vector` looks: info series are looked up there.
  var shift: TimeShift
}

struct AggregatePlan: Hashable, Sendable {
  var op: AggregateOperator
  var vector: Plan
  var parameter: Plan?
  /// `count_values`' label.
  var label: String?
  var grouping: [String]
  var without: Bool
  var vectorRange: SourceRange
  var parameterRange: SourceRange
}

/// An operator between a vector and a scalar.
struct ScalarSidePlan: Hashable, Sendable {
  var op: BinaryOperator
  var vector: Plan
  var scalar: Plan
  var scalarIsLeft: Bool
  var returnsBool: Bool
}

struct BinaryPlan: Hashable, Sendable {
  var op: BinaryOperator
  var left: Plan
  var right: Plan
  var matching: VectorMatching
  var returnsBool: Bool
}

/// `and`, `or`, `unless`
struct SetPlan: Hashable, Sendable {
  var op: BinaryOperator
  var left: Plan
  var right: Plan
  var matching: VectorMatching
}

extension Plan {
  /// The plans directly beneath, in the order in which they are evaluated.
  var children: [Plan] {
    switch self {
    case .number, .text, .clock, .select, .sampleTimes, .window: []
    case .subquery(let plan): [plan.expr]
    case .overTime(let plan): [plan.input] + plan.parameters
    case .absentOverTime(let plan, _), .absent(let plan, _), .toScalar(let plan), .toVector(let plan), .relabel(let plan, _): [plan]
    case .sort(let plan, _, _), .nothing(let plan), .negate(let plan), .once(let plan): [plan]
    case .math(let plan): [plan.vector] + plan.parameters
    case .scalarMath(_, let arguments): arguments
    case .buckets(let plan): plan.parameters + [plan.vector]
    case .info(let plan): [plan.vector]
    case .aggregate(let plan): (plan.parameter.map { [$0] } ?? []) + [plan.vector]
    case .scalarBinary(_, let left, let right): [left, right]
    case .scalarSide(let plan): plan.scalarIsLeft ? [plan.scalar, plan.vector] : [plan.vector, plan.scalar]
    case .binary(let plan): [plan.left, plan.right]
    case .set(let plan): [plan.left, plan.right]
    }
  }

  /// The same with each plan directly beneath replaced.
  func mappingChildren(_ transform: (Plan) -> Plan) -> Plan {
    switch self {
    case .number, .text, .clock, .select, .sampleTimes, .window: return self
    case .subquery(var plan):
      plan.expr = transform(plan.expr)
      return .subquery(plan)
    case .overTime(var plan):
      plan.input = transform(plan.input)
      plan.parameters = plan.parameters.map(transform)
      return .overTime(plan)
    case .absentOverTime(let plan, let labels): return .absentOverTime(transform(plan), labels)
    case .absent(let plan, let labels): return .absent(transform(plan), labels)
    case .math(var plan):
      plan.vector = transform(plan.vector)
      plan.parameters = plan.parameters.map(transform)
      return .math(plan)
    case .scalarMath(let function, let arguments): return .scalarMath(function, arguments.map(transform))
    case .toScalar(let plan): return .toScalar(transform(plan))
    case .toVector(let plan): return .toVector(transform(plan))
    case .relabel(let plan, let relabeling): return .relabel(transform(plan), relabeling)
    case .sort(let plan, let order, let range): return .sort(transform(plan), order, range)
    case .buckets(var plan):
      plan.parameters = plan.parameters.map(transform)
      plan.vector = transform(plan.vector)
      return .buckets(plan)
    case .info(var plan):
      plan.vector = transform(plan.vector)
      return .info(plan)
    case .nothing(let plan): return .nothing(transform(plan))
    case .aggregate(var plan):
      plan.parameter = plan.parameter.map(transform)
      plan.vector = transform(plan.vector)
      return .aggregate(plan)
    case .negate(let plan): return .negate(transform(plan))
    case .scalarBinary(let op, let left, let right): return .scalarBinary(op, transform(left), transform(right))
    case .scalarSide(var plan):
      (plan.vector, plan.scalar) = (transform(plan.vector), transform(plan.scalar))
      return .scalarSide(plan)
    case .binary(var plan):
      (plan.left, plan.right) = (transform(plan.left), transform(plan.right))
      return .binary(plan)
    case .set(var plan):
      (plan.left, plan.right) = (transform(plan.left), transform(plan.right))
      return .set(plan)
    case .once(let plan): return .once(transform(plan))
    }
  }

  /// How the first selector within bends its time.
  var firstShift: TimeShift? {
    switch self {
    case .select(let selection), .sampleTimes(let selection): return selection.shift
    case .window(let window): return window.selection.shift
    default:
      for child in children { if let shift = child.firstShift { return shift } }
      return nil
    }
  }

  /// What the plan yields.
  var type: ValueType {
    switch self {
    case .number, .clock, .toScalar, .scalarMath, .scalarBinary: .scalar
    case .text: .string
    case .window, .subquery: .matrix
    case .negate(let plan), .once(let plan): plan.type
    default: .vector
    }
  }
}

import SeriesModel
import SourceText

/// A PromQL expression. A value that knows nothing of storage; every node carries its range in the query's UTF-8.
public indirect enum Expr: Hashable, Sendable {
  case number(NumberLiteral)
  case string(StringLiteral)
  case vector(VectorSelector)
  case matrix(MatrixSelector)
  case subquery(Subquery)
  case call(Call)
  case aggregate(Aggregate)
  case unary(Unary)
  case binary(Binary)
  case paren(Paren)

  public var range: SourceRange {
    switch self {
    case .number(let e): e.range
    case .string(let e): e.range
    case .vector(let e): e.range
    case .matrix(let e): e.range
    case .subquery(let e): e.range
    case .call(let e): e.range
    case .aggregate(let e): e.range
    case .unary(let e): e.range
    case .binary(let e): e.range
    case .paren(let e): e.range
    }
  }
}

/// What an expression yields.
public enum ValueType: String, Hashable, Sendable {
  case scalar
  case string
  case vector
  case matrix
  case none

  /// As error texts name it.
  public var documented: String {
    switch self {
    case .scalar: "scalar"
    case .string: "string"
    case .vector: "instant vector"
    case .matrix: "range vector"
    case .none: "none"
    }
  }
}

public struct NumberLiteral: Hashable, Sendable {
  public var value: Double
  /// Written as a duration (`1h30m`), which the printer keeps.
  public var isDuration: Bool
  public var range: SourceRange
  public init(_ value: Double, isDuration: Bool = false, range: SourceRange) {
    self.value = value
    self.isDuration = isDuration
    self.range = range
  }

  // By bits: `NaN` equals itself, and the zeros differ.
  public static func == (a: NumberLiteral, b: NumberLiteral) -> Bool {
    a.value.bitPattern == b.value.bitPattern && a.isDuration == b.isDuration && a.range == b.range
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(value.bitPattern)
    hasher.combine(isDuration)
    hasher.combine(range)
  }
}

public struct StringLiteral: Hashable, Sendable {
  public var value: String
  /// The bytes of a literal that is not UTF-8 (`"\xff"`); ``value`` has U+FFFD in their place.
  public var broken: [UInt8]?
  public var range: SourceRange

  public init(_ value: String, range: SourceRange) {
    self.value = value
    self.range = range
  }

  init(utf8: [UInt8], range: SourceRange) {
    if let value = String(validating: utf8, as: UTF8.self) {
      self.value = value
    } else {
      value = String(decoding: utf8, as: UTF8.self)
      broken = utf8
    }
    self.range = range
  }
}

/// A length of time in a selector: known when parsed, or an expression (behind a feature flag) that is worked out when the query starts.
public indirect enum DurationExpr: Hashable, Sendable {
  case literal(PromDuration, SourceRange)
  /// A bare number is seconds.
  case number(Double, SourceRange)
  case step(SourceRange)
  case range(SourceRange)
  case negative(DurationExpr, SourceRange)
  case paren(DurationExpr, SourceRange)
  case binary(DurationOperator, DurationExpr, DurationExpr, SourceRange)
  case minimum(DurationExpr, DurationExpr, SourceRange)
  case maximum(DurationExpr, DurationExpr, SourceRange)
}

public enum DurationOperator: String, Hashable, Sendable {
  case add = "+", subtract = "-", multiply = "*", divide = "/", modulo = "%", power = "^"
}

/// `@ 1609746000`, `@ start()`, `@ end()`.
public enum AtModifier: Hashable, Sendable {
  case timestamp(Timestamp)
  case start
  case end
}

/// `anchored` and `smoothed`, behind a feature flag.
public enum RangeEdges: Hashable, Sendable { case ordinary, anchored, smoothed }

public struct VectorSelector: Hashable, Sendable {
  /// The name before the braces. A quoted name within them is only a matcher; see ``metricName``.
  public var name: String?
  /// All conditions in the order of the reference: as written, and last the name that stands before the braces.
  public var matchers: [Matcher]
  /// As written; positive looks back. `nil` when there is none, or none but zero.
  public var offset: DurationExpr?
  public var at: AtModifier?
  public var edges: RangeEdges
  public var range: SourceRange

  public init(
    name: String?, matchers: [Matcher], offset: DurationExpr? = nil, at: AtModifier? = nil, edges: RangeEdges = .ordinary,
    range: SourceRange
  ) {
    self.name = name
    self.matchers = matchers
    self.offset = offset
    self.at = at
    self.edges = edges
    self.range = range
  }
}

extension VectorSelector {
  /// The one name that a series must have to be selected, wherever it is written.
  public var metricName: String? {
    name ?? matchers.first { $0.name == LabelName.metric && $0.kind == .equal && !$0.value.isEmpty }?.value
  }
}

/// `selector[5m]`. Offset, `@` and edges stand in the selector.
public struct MatrixSelector: Hashable, Sendable {
  public var selector: VectorSelector
  public var window: DurationExpr
  public var range: SourceRange
  public init(selector: VectorSelector, window: DurationExpr, range: SourceRange) {
    self.selector = selector
    self.window = window
    self.range = range
  }
}

/// `expr[1h:5m]`
public struct Subquery: Hashable, Sendable {
  public var expr: Expr
  public var window: DurationExpr
  /// `nil`: the default resolution.
  public var step: DurationExpr?
  public var offset: DurationExpr?
  public var at: AtModifier?
  public var range: SourceRange
  public init(
    expr: Expr, window: DurationExpr, step: DurationExpr?, offset: DurationExpr? = nil, at: AtModifier? = nil, range: SourceRange
  ) {
    self.expr = expr
    self.window = window
    self.step = step
    self.offset = offset
    self.at = at
    self.range = range
  }
}

public struct Call: Hashable, Sendable {
  public var function: String
  public var arguments: [Expr]
  public var range: SourceRange
  public init(function: String, arguments: [Expr], range: SourceRange) {
    self.function = function
    self.arguments = arguments
    self.range = range
  }
}

public enum AggregateOperator: String, Hashable, Sendable, CaseIterable {
  case sum, avg, count, min, max, group, stddev, stdvar, topk, bottomk, quantile, limitk
  case countValues = "count_values"
  case limitRatio = "limit_ratio"

  /// `topk(3, x)`: takes a parameter before the vector.
  public var takesParameter: Bool {
    switch self {
    case .topk, .bottomk, .quantile, .limitk, .countValues, .limitRatio: true
    default: false
    }
  }
}

public struct Aggregate: Hashable, Sendable {
  public var op: AggregateOperator
  public var expr: Expr
  public var parameter: Expr?
  /// `by` or `without` these labels.
  public var grouping: [String]
  public var without: Bool
  public var range: SourceRange
  public init(op: AggregateOperator, expr: Expr, parameter: Expr? = nil, grouping: [String], without: Bool, range: SourceRange) {
    self.op = op
    self.expr = expr
    self.parameter = parameter
    self.grouping = grouping
    self.without = without
    self.range = range
  }
}

public enum UnaryOperator: String, Hashable, Sendable { case plus = "+", minus = "-" }

public struct Unary: Hashable, Sendable {
  public var op: UnaryOperator
  public var expr: Expr
  public var range: SourceRange
  public init(op: UnaryOperator, expr: Expr, range: SourceRange) {
    self.op = op
    self.expr = expr
    self.range = range
  }
}

public enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
  case power = "^"
  case multiply = "*"
  case divide = "/"
  case modulo = "%"
  case atan2
  case add = "+"
  case subtract = "-"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case and
  case unless
  case or

  public var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
    default: false
    }
  }
  public var isSet: Bool { self == .and || self == .or || self == .unless }

  /// Higher binds tighter; `^` alone is right-associative.
  public var precedence: Int {
    switch self {
    case .power: 6
    case .multiply, .divide, .modulo, .atan2: 5
    case .add, .subtract: 4
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
    case .and, .unless: 2
    case .or: 1
    }
  }
}

public enum MatchCardinality: Hashable, Sendable { case oneToOne, manyToOne, oneToMany, manyToMany }

/// How the two sides of a binary operator find each other.
public struct VectorMatching: Hashable, Sendable {
  public var cardinality: MatchCardinality
  /// `on` these labels, or `ignoring` them.
  public var labels: [String]
  public var on: Bool
  /// Labels that `group_left`/`group_right` take from the "one" side.
  public var include: [String]
  /// `fill(…)`, behind a feature flag: what stands in for a missing side.
  public var fillLeft: Double?
  public var fillRight: Double?
  public init(
    cardinality: MatchCardinality = .oneToOne, labels: [String] = [], on: Bool = false, include: [String] = [],
    fillLeft: Double? = nil,
    fillRight: Double? = nil
  ) {
    self.cardinality = cardinality
    self.labels = labels
    self.on = on
    self.include = include
    self.fillLeft = fillLeft
    self.fillRight = fillRight
  }

  // By bits, as number literals.
  public static func == (a: VectorMatching, b: VectorMatching) -> Bool {
    a.cardinality == b.cardinality && a.on == b.on && a.labels == b.labels && a.include == b.include
      && a.fillLeft?.bitPattern == b.fillLeft?.bitPattern && a.fillRight?.bitPattern == b.fillRight?.bitPattern
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(cardinality)
    hasher.combine(on)
    hasher.combine(labels)
    hasher.combine(include)
    hasher.combine(fillLeft?.bitPattern)
    hasher.combine(fillRight?.bitPattern)
  }
}

public struct Binary: Hashable, Sendable {
  public var op: BinaryOperator
  public var lhs: Expr
  public var rhs: Expr
  public var returnBool: Bool
  /// Set when both sides are vectors; `manyToMany` for set operators.
  public var matching: VectorMatching?
  /// Where the operator stands.
  public var operatorRange: SourceRange
  public var range: SourceRange
  public init(
    op: BinaryOperator, lhs: Expr, rhs: Expr, returnBool: Bool = false, matching: VectorMatching? = nil, operatorRange: SourceRange,
    range: SourceRange
  ) {
    self.op = op
    self.lhs = lhs
    self.rhs = rhs
    self.returnBool = returnBool
    self.matching = matching
    self.operatorRange = operatorRange
    self.range = range
  }
}

public struct Paren: Hashable, Sendable {
  public var expr: Expr
  public var range: SourceRange
  public init(_ expr: Expr, range: SourceRange) {
    self.expr = expr
    self.range = range
  }
}

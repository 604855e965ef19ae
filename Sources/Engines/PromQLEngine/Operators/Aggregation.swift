import PromQLSyntax
import SeriesModel

/// `sum`, `avg`, `count`, `min`, `max`, `group`, `stddev`, `stdvar`: one value a group and step.
struct Aggregation: VectorOperator {
  let slot: Int
  let op: AggregateOperator
  let operand: any VectorOperator
  let key: GroupingKey

  func rows(_ run: Run) throws(QueryError) -> Rows {
    let rows = try run.rows(operand)
    let groups = try key.table(rows.series, run, slot: slot)
    switch op {
    case .sum: return try fold(rows, groups, run, SumFold())
    case .avg: return try fold(rows, groups, run, MeanFold())
    case .count: return try fold(rows, groups, run, CountFold())
    case .group: return try fold(rows, groups, run, PresenceFold())
    case .max: return try fold(rows, groups, run, ExtremeFold(isMaximum: true))
    case .min: return try fold(rows, groups, run, ExtremeFold(isMaximum: false))
    case .stddev: return try fold(rows, groups, run, VarianceFold(isDeviation: true))
    case .stdvar: return try fold(rows, groups, run, VarianceFold(isDeviation: false))
    default: preconditionFailure("\(op) does not fold")
    }
  }

  /// Row after row, each along its steps.
  private func fold<F: Fold>(_ rows: Rows, _ groups: Grouping, _ run: Run, _ empty: F) throws(QueryError) -> Rows {
    var out = try run.emptyRows(groups.output)
    let steps = rows.steps
    var state = [F](repeating: empty, count: groups.output.count * steps)
    var folds = state.mutableSpan
    let values = rows.values.span
    let group = groups.group.span
    for i in 0..<rows.count {
      let to = group[i] * steps
      let from = i * steps
      for k in 0..<steps {
        let value = values[from + k]
        if !value.isAbsent { folds[to + k].add(value) }
      }
    }
    for i in folds.indices where folds[i].hasValue { out.values[i] = folds[i].value }
    return out
  }

  var explanation: Explanation { Explanation(op.rawValue + key.suffix, [operand.explanation]) }
}

/// What becomes of the values of a group at a step.
protocol Fold {
  var hasValue: Bool { get }
  mutating func add(_ value: Double)
  var value: Double { get }
}

struct SumFold: Fold {
  private(set) var hasValue = false
  private var sum = KahanSum()
  @inline(__always) mutating func add(_ value: Double) {
    if hasValue {
      sum.add(value)
    } else {
      hasValue = true
      sum.sum = value
    }
  }
  var value: Double { sum.sum + sum.compensation }
}

struct MeanFold: Fold {
  private(set) var hasValue = false
  private var mean = RunningMean()
  mutating func add(_ value: Double) {
    hasValue = true
    mean.add(value)
  }
  var value: Double { mean.value }
}

struct CountFold: Fold {
  private(set) var value = 0.0
  var hasValue: Bool { value > 0 }
  mutating func add(_ value: Double) { self.value += 1 }
}

struct PresenceFold: Fold {
  private(set) var hasValue = false
  mutating func add(_ value: Double) { hasValue = true }
  var value: Double { 1 }
}

struct ExtremeFold: Fold {
  let isMaximum: Bool
  private(set) var hasValue = false
  private(set) var value = Double.nan
  init(isMaximum: Bool) { self.isMaximum = isMaximum }
  mutating func add(_ value: Double) {
    hasValue = true
    // A NaN gives way to anything.
    if self.value.isNaN || (isMaximum ? self.value < value : self.value > value) { self.value = value }
  }
}

/// - Source: Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics 4, 1962.
struct VarianceFold: Fold {
  let isDeviation: Bool
  private var count = 0.0
  private var mean = 0.0
  private var squares = 0.0
  init(isDeviation: Bool) { self.isDeviation = isDeviation }
  var hasValue: Bool { count > 0 }
  mutating func add(_ value: Double) {
    count += 1
    if count == 1 {
      mean = value
      squares = value.isFinite ? 0 : .nan
      return
    }
    let delta = value - mean
    mean += delta / count
    squares += delta * (value - mean)
  }
  var value: Double { isDeviation ? (squares / count).squareRoot() : squares / count }
}

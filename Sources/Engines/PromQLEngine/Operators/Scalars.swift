import PromQLSyntax
import SeriesModel

final class NumberOperator: ScalarOperator {
  private let value: Double
  let title: String
  var inputs: [any PlanOperator] { [] }

  init(_ value: Double) {
    self.value = value
    title = GoNumber.general(value)
  }

  func values(_ run: Evaluation, _ grid: StepGrid) -> ScalarRow { .constant(value) }
}

/// `time()` and the query's own times, in seconds.
final class ClockOperator: ScalarOperator {
  private let function: ClockFunction
  var title: String { "\(function.rawValue)()" }
  var inputs: [any PlanOperator] { [] }

  init(_ function: ClockFunction) { self.function = function }

  func values(_ run: Evaluation, _ grid: StepGrid) -> ScalarRow {
    switch function {
    case .time: .perStep((0..<grid.count).map { Double(grid.time($0)) / 1000 })
    case .start: .constant(Double(run.outer.start) / 1000)
    case .end: .constant(Double(run.outer.end) / 1000)
    case .step: .constant(Double(run.outerStep) / 1000)
    case .range: .constant(Double(run.outer.end - run.outer.start) / 1000)
    }
  }
}

/// An operator or function between scalars.
final class ScalarJoin: ScalarOperator {
  private let join: @Sendable (Double, Double) -> Double
  private let left: any ScalarOperator
  private let right: any ScalarOperator
  let title: String
  var inputs: [any PlanOperator] { [left, right] }

  init(
    _ title: String, _ left: any ScalarOperator, _ right: any ScalarOperator, _ join: @escaping @Sendable (Double, Double) -> Double
  ) {
    self.title = title
    self.left = left
    self.right = right
    self.join = join
  }

  func values(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> ScalarRow {
    let (a, b) = (try run.values(of: left, over: grid), try run.values(of: right, over: grid))
    return ScalarRow.combine(a, b, steps: grid.count, join)
  }
}

final class ScalarNegation: ScalarOperator {
  private let inner: any ScalarOperator
  var title: String { "negate" }
  var inputs: [any PlanOperator] { [inner] }

  init(_ inner: any ScalarOperator) { self.inner = inner }

  func values(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> ScalarRow {
    try run.values(of: inner, over: grid).map { -$0 }
  }
}

/// `scalar(vector)`: the value of the only series, else NaN.
final class VectorToScalar: ScalarOperator {
  private let vector: any VectorOperator
  var title: String { "scalar" }
  var inputs: [any PlanOperator] { [vector] }

  init(_ vector: any VectorOperator) { self.vector = vector }

  func values(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> ScalarRow {
    let rows = try run.rows(of: vector, over: grid)
    var values = [Double](repeating: .nan, count: grid.count)
    for step in 0..<grid.count {
      var found = 0
      for row in 0..<rows.count {
        let value = rows.values[row * grid.count + step]
        guard Cell.isPresent(value) else { continue }
        found += 1
        values[step] = found == 1 ? value : .nan
        if found > 1 { break }
      }
    }
    return .perStep(values)
  }
}

/// `vector(scalar)`: one series without labels.
final class ScalarToVector: VectorOperator {
  private let scalar: any ScalarOperator
  var title: String { "vector" }
  var inputs: [any PlanOperator] { [scalar] }

  init(_ scalar: any ScalarOperator) { self.scalar = scalar }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    let values = try run.values(of: scalar, over: grid)
    return Rows(.unlabeled, steps: grid.count, values: (0..<grid.count).map { values[$0] })
  }
}

/// A scalar that is the same at every step.
final class ScalarOnce: ScalarOperator {
  private let inner: any ScalarOperator
  var title: String { "once" }
  var inputs: [any PlanOperator] { [inner] }

  init(_ inner: any ScalarOperator) { self.inner = inner }

  func values(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> ScalarRow {
    if grid.count == 0 { return .perStep([]) }
    return .constant(try run.values(of: inner, over: grid.first)[0])
  }
}

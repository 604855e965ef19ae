/// A vector that is the same at every step: evaluated at the first and repeated.
final class VectorOnce: VectorOperator {
  private let inner: any VectorOperator
  var title: String { "once" }
  var inputs: [any PlanOperator] { [inner] }

  init(_ inner: any VectorOperator) { self.inner = inner }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    let rows = try run.rows(of: inner, over: grid.first)
    if grid.count <= 1 { return rows }
    try run.reserve(series: rows.count, steps: grid.count)
    var values: [Double] = []
    values.reserveCapacity(rows.count * grid.count)
    for value in rows.values { values.append(contentsOf: repeatElement(value, count: grid.count)) }
    return Rows(rows.set, steps: grid.count, values: values).compacted()
  }
}

/// Evaluates its input for what may go wrong in it, and yields nothing: floats have no part in functions of native histograms.
final class NothingOperator: VectorOperator {
  private let inner: any VectorOperator
  var title: String { "nothing" }
  var inputs: [any PlanOperator] { [inner] }

  init(_ inner: any VectorOperator) { self.inner = inner }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    _ = try run.rows(of: inner, over: grid)
    return Rows.none(steps: grid.count)
  }
}

/// `-vector`
final class Negation: VectorOperator {
  private let inner: any VectorOperator
  private let unnamed = Derived<SeriesSet>()
  var title: String { "negate" }
  var inputs: [any PlanOperator] { [inner] }

  init(_ inner: any VectorOperator) { self.inner = inner }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    var rows = try run.rows(of: inner, over: grid)
    for i in rows.values.indices where Cell.isPresent(rows.values[i]) { rows.values[i].negate() }
    let delayed = run.options.delaysNameRemoval
    let set = try unnamed.value(of: rows.set) { rows.set.droppingNames(delayed: delayed) }
    return delayed ? rows.replacing(set) : try rows.replacing(set).settlingDuplicates(run.options.edition)
  }
}

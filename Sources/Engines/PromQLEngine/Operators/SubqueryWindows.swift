import SeriesModel

/// `expr[1h:5m]`: evaluates the expression at all multiples of the resolution that some window holds, once, and yields what it gave as samples.
final class SubqueryWindows: RangeOperator {
  private let plan: SubqueryPlan
  private let inner: any VectorOperator

  let title: String
  var inputs: [any PlanOperator] { [inner] }

  /// Cells that are handed on at a time.
  private static let batch = 1 << 20

  init(_ plan: SubqueryPlan, inner: any VectorOperator) {
    self.plan = plan
    self.inner = inner
    title = Plan.subquery(plan).title
  }

  func read(
    _ run: Evaluation, _ grid: StepGrid, prepare: (SeriesSet, WindowSpan) throws(QueryError) -> Void,
    body: (Int, borrowing SampleColumns) throws(QueryError) -> Void
  ) throws(QueryError) {
    let windows = WindowSpan(length: try run.milliseconds(plan.length), shift: try run.resolve(plan.shift))
    let step =
      try plan.step.map { (length) throws(QueryError) in try run.milliseconds(length) } ?? run.options.subqueryStep.milliseconds
    let points = Self.points(from: windows.end(grid.start) - windows.length, through: windows.end(grid.end), step: max(1, step))
    let before = run.held
    let rows = try run.rows(of: inner, over: grid.count == 0 ? StepGrid(start: points.start, step: points.step, count: 0) : points)
    defer { run.release(to: before) }
    try prepare(rows.set, windows)
    var columns = SampleColumns()
    let batch = min(256, max(1, Self.batch / max(1, rows.steps)))
    columns.timestamps.reserveCapacity(min(batch, rows.count) * rows.steps)
    columns.values.reserveCapacity(min(batch, rows.count) * rows.steps)
    var row = 0
    while row < rows.count, rows.steps > 0 {
      try run.checkpoint()
      let start = row
      columns.reset()
      while row < min(start + batch, rows.count) {
        let cells = rows.values.span
        for i in 0..<rows.steps {
          let value = cells[row * rows.steps + i]
          if Cell.isPresent(value) { columns.append(points.time(i), value) }
        }
        columns.endRow()
        row += 1
      }
      try body(start, columns)
    }
  }

  /// The multiples of `step` after `start`, up to `end`.
  static func points(from start: Int64, through end: Int64, step: Int64) -> StepGrid {
    // Division is towards zero, so a negative start may land on the multiple above it.
    var first = step * (start / step)
    if first <= start { first += step }
    return StepGrid(from: first, through: end, step: step)
  }
}

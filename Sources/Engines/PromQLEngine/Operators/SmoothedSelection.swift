import SeriesModel

/// `selector smoothed`: at each step the value on the line between the samples around it.
final class SmoothedSelection: VectorOperator {
  private let selection: Selection
  private let series: SelectedSeries
  let title: String
  var inputs: [any PlanOperator] { [] }

  private static let batch = 256

  init(_ selection: Selection) {
    self.selection = selection
    series = SelectedSeries(selection.matchers)
    title = selection.description
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    let shift = try run.resolve(selection.shift)
    let span = TimeSpan(
      from: Timestamp(milliseconds: shift.reference(grid.start) - run.lookback + 1),
      through: Timestamp(milliseconds: shift.reference(grid.end) + run.lookback))
    let found = try series.find(run, in: span)
    try run.select(found.refs.count)
    if grid.count == 0 { return Rows.none(steps: 0) }
    var batched = try BatchedRows(run, series: found.refs.count, steps: grid.count)
    try found.read(run, in: span, most: Self.batch) { (batch, columns) throws(QueryError) in
      columns.dropStale()
      try batched.fill(batch) { (values, base) in
        for i in 0..<columns.rowCount {
          place(columns, i, grid, shift, run.lookback, into: &values, at: base + i * grid.count)
        }
      }
    }
    return Rows(batched.series(of: found.set), steps: grid.count, values: batched.values).compacted()
  }

  private func place(
    _ columns: borrowing SampleColumns, _ row: Int, _ grid: StepGrid, _ shift: ResolvedShift, _ lookback: Int64,
    into values: inout [Double], at base: Int
  ) {
    let range = columns.row(row)
    var next = range.lowerBound
    for step in 0..<grid.count {
      let time = shift.reference(grid.time(step))
      while next < range.upperBound, columns.timestamps[next] < time { next += 1 }
      let hasNext = next < range.upperBound && columns.timestamps[next] <= time + lookback
      let hasPrevious = next > range.lowerBound && columns.timestamps[next - 1] > time - lookback
      if hasNext, columns.timestamps[next] == time {
        values[base + step] = columns.values[next]
      } else if hasNext, hasPrevious {
        let (from, to) = (columns.timestamps[next - 1], columns.timestamps[next])
        let (a, b) = (columns.values[next - 1], columns.values[next])
        values[base + step] = a + (b - a) * Double(time - from) / Double(to - from)
      } else if hasPrevious {
        values[base + step] = columns.values[next - 1]
      }
    }
  }
}

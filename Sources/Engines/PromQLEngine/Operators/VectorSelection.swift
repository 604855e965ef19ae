import SeriesModel

/// An instant selector: at each step the newest sample within the lookback, unless the series has ended.
final class VectorSelection: VectorOperator {
  private let selection: Selection
  private let series: SelectedSeries
  /// Yields when the samples were taken, in seconds, instead of their values.
  private let yieldsTimes: Bool
  private let unnamed = Derived<SeriesSet>()

  let title: String
  var inputs: [any PlanOperator] { [] }

  /// Series that are read at a time.
  private static let batch = 1024

  init(_ selection: Selection, yieldsTimes: Bool = false) {
    self.selection = selection
    self.yieldsTimes = yieldsTimes
    series = SelectedSeries(selection.matchers)
    title = yieldsTimes ? "timestamp \(selection)" : selection.description
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    var shift = try run.resolve(selection.shift)
    var first = shift.reference(grid.start)
    var last = shift.reference(grid.end)
    var start = first - run.lookback + 1
    if yieldsTimes, let at = shift.at {
      // The reference forgets the offset here, but not that it has read no further than that.
      start = max(start, at - run.lookback + 1)
      last = min(at, first)
      first = last
      shift.offset = at - last
    }
    let span = TimeSpan(from: Timestamp(milliseconds: min(start, last)), through: Timestamp(milliseconds: last))
    if start > last { return Rows.none(steps: grid.count) }
    let found = try series.find(run, in: span)
    try run.select(found.refs.count)
    if grid.count == 0 { return Rows.none(steps: 0) }
    var batched = try BatchedRows(run, series: found.refs.count, steps: grid.count)
    var present = 0
    // One moment needs the newest sample only.
    try found.read(run, in: span, most: Self.batch, newestOnly: first == last) { (batch, columns) throws(QueryError) in
      let more = try batched.fill(batch) { (values, base) in
        if first == last, grid.count == 1 { return Self.placeLatest(columns, times: yieldsTimes, into: &values, from: base) }
        var present = 0
        for i in 0..<columns.rowCount {
          present += place(columns, i, grid, shift, run.lookback, into: &values, at: base + i * grid.count)
        }
        return present
      }
      present += more
      run.statistics.totalSamples += more
      try run.hold(0, passing: present)
    }
    var rows = Rows(batched.series(of: found.set), steps: grid.count, values: batched.values).compacted()
    if yieldsTimes {
      let delayed = run.options.delaysNameRemoval
      rows = rows.replacing(try unnamed.value(of: rows.set) { rows.set.droppingNames(delayed: delayed) })
      if !delayed { rows = try rows.mergingDuplicates() }
    }
    return rows
  }

  /// One step: the newest sample as it is; a staleness marker already means absent.
  private static func placeLatest(_ columns: borrowing SampleColumns, times: Bool, into values: inout [Double], from row: Int)
    -> Int
  {
    var present = 0
    let offsets = columns.offsets.span
    let samples = columns.values.span
    for i in 0..<offsets.count - 1 where offsets[i + 1] > offsets[i] {
      let last = offsets[i + 1] - 1
      let value = samples[last]
      guard Cell.isPresent(value) else { continue }
      values[row + i] = times ? Double(columns.timestamps[last]) / 1000 : value
      present += 1
    }
    return present
  }

  /// Walks a row once for all steps.
  private func place(
    _ columns: borrowing SampleColumns, _ row: Int, _ grid: StepGrid, _ shift: ResolvedShift, _ lookback: Int64,
    into values: inout [Double], at base: Int
  ) -> Int {
    let times = columns.timestamps.span
    let samples = columns.values.span
    let range = columns.row(row)
    var next = range.lowerBound
    var present = 0
    for step in 0..<grid.count {
      let reference = shift.reference(grid.time(step))
      while next < range.upperBound, times[next] <= reference { next += 1 }
      guard next > range.lowerBound, times[next - 1] > reference - lookback else { continue }
      let value = samples[next - 1]
      guard Cell.isPresent(value) else { continue }
      values[base + step] = yieldsTimes ? Double(times[next - 1]) / 1000 : value
      present += 1
    }
    return present
  }
}

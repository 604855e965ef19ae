import SeriesModel

/// `selector[5m]`: reads the samples that some window holds, batch by batch.
final class WindowSelection: RangeOperator {
  private let plan: WindowPlan
  private let series: SelectedSeries

  let title: String
  var inputs: [any PlanOperator] { [] }

  private static let batch = 256

  init(_ plan: WindowPlan) {
    self.plan = plan
    series = SelectedSeries(plan.selection.matchers)
    title = Plan.window(plan).title
  }

  func read(
    _ run: Evaluation, _ grid: StepGrid, prepare: (SeriesSet, WindowSpan) throws(QueryError) -> Void,
    body: (Int, borrowing SampleColumns) throws(QueryError) -> Void
  ) throws(QueryError) {
    let shift = try run.resolve(plan.selection.shift)
    var windows = WindowSpan(length: try run.milliseconds(plan.length), shift: shift)
    switch plan.selection.edges {
    case .ordinary: break
    case .anchored: windows.before = run.lookback
    case .smoothed: (windows.before, windows.behind) = (run.lookback, run.lookback)
    }
    let span = TimeSpan(
      from: Timestamp(milliseconds: windows.end(grid.start) - windows.length - windows.before + 1),
      through: Timestamp(milliseconds: windows.end(grid.end) + windows.behind))
    let found = try series.find(run, in: span)
    try run.select(found.refs.count)
    try prepare(found.set, windows)
    if grid.count == 0 || windows.length == 0 { return }
    var samples = 0
    try found.read(run, in: span, most: Self.batch) { (batch, columns) throws(QueryError) in
      columns.dropStale()
      samples += columns.timestamps.count
      try body(batch.lowerBound, columns)
    }
    run.trace?.note(self, series: found.refs.count, samples: samples)
  }
}

extension SampleColumns {
  /// Leaves staleness markers out; their rows close up.
  mutating func dropStale() {
    guard let first = values.firstIndex(where: Staleness.isMarker) else { return }
    var kept = first
    var row = 1
    for i in first..<values.count {
      while offsets[row] <= i {
        offsets[row] = min(offsets[row], kept)
        row += 1
      }
      if Staleness.isMarker(values[i]) { continue }
      timestamps[kept] = timestamps[i]
      values[kept] = values[i]
      kept += 1
    }
    while row < offsets.count {
      offsets[row] = kept
      row += 1
    }
    timestamps.removeLast(timestamps.count - kept)
    values.removeLast(values.count - kept)
  }
}

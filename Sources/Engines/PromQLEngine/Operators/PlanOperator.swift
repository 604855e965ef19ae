import SeriesModel

/// A part of a compiled query. It has no state but caches of what its inputs' series sets imply, so several threads may run it.
protocol PlanOperator: AnyObject, Sendable {
  var title: String { get }
  var inputs: [any PlanOperator] { get }
}

protocol VectorOperator: PlanOperator {
  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows
}

protocol ScalarOperator: PlanOperator {
  func values(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> ScalarRow
}

/// Something that yields samples in windows: `selector[5m]` or a subquery.
protocol RangeOperator: PlanOperator {
  /// Calls `body` with the series and their samples, batch by batch, and says before what the windows are.
  ///
  /// - Parameter prepare: gets the series set and the windows; once.
  /// - Parameter body: gets the number of the batch's first series and its samples, staleness markers left out; the columns may be looked at until it returns.
  func read(
    _ run: Evaluation, _ grid: StepGrid, prepare: (SeriesSet, WindowSpan) throws(QueryError) -> Void,
    body: (Int, borrowing SampleColumns) throws(QueryError) -> Void
  ) throws(QueryError)
}

/// The windows of all steps, in milliseconds: each is open at its start and closed at its end.
struct WindowSpan: Hashable, Sendable {
  var length: Int64
  var shift: ResolvedShift
  /// How many milliseconds before and behind the window are read too (`anchored`, `smoothed`).
  var before: Int64 = 0
  var behind: Int64 = 0

  func end(_ time: Int64) -> Int64 { shift.reference(time) }
}

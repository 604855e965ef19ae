import PromQLSyntax
import SeriesModel
import SourceText

/// One run of a compiled query: what it reads, its limits, and what it has found to remark. Used by one thread.
final class Evaluation {
  let view: any SeriesView
  let options: EngineOptions
  let lookback: Int64
  /// The query's own times, which `@ start()`, `step()` and so on mean wherever they stand. The end may lie behind the last step.
  let outer: TimeSpan
  /// Zero for an instant query.
  let outerStep: Int64
  /// Whether what operators learn is worth keeping.
  let isKept: Bool
  private let cancellation: Cancellation
  private let deadline: (clock: any TimeSource, end: Instant)?

  private(set) var remarks: Remarks
  var statistics = QueryStatistics()
  /// Reused by everything that reads samples.
  var columns = SampleColumns()
  /// What each operator yielded; only kept for `explain`.
  var trace: Trace?
  /// Samples that are in memory now.
  private(set) var currentSamples = 0

  init(
    on view: any SeriesView, options: EngineOptions, lookback: PromDuration?, span: TimeSpan, step: Int64, text: String,
    isKept: Bool,
    until cancellation: Cancellation, clock: (any TimeSource)?
  ) {
    self.view = view
    self.options = options
    self.lookback = (lookback ?? options.lookback).milliseconds
    outer = span
    outerStep = step
    self.isKept = isKept
    self.cancellation = cancellation
    deadline = clock.map { ($0, $0.monotonic() + options.timeout) }
    remarks = Remarks(text: text)
  }

  // MARK: Limits

  /// Ends the run when nobody waits for it or its time is up. Reads clocks: once per batch.
  func checkpoint() throws(QueryError) {
    if cancellation.isCanceled { throw .canceled("query was canceled in expression evaluation") }
    if cancellation.isOverdue { throw .timeout("query timed out in expression evaluation") }
    if let deadline, deadline.clock.monotonic() >= deadline.end { throw .timeout("query timed out in expression evaluation") }
  }

  /// Counts samples that stay in memory; refuses more than the limit, those that pass through among them.
  func hold(_ samples: Int, passing: Int = 0) throws(QueryError) {
    currentSamples += samples
    statistics.peakSamples = max(statistics.peakSamples, currentSamples + passing)
    if currentSamples + passing > options.maxSamples {
      throw .execution("query processing would load too many samples into memory in query execution")
    }
  }

  func release(to samples: Int) { currentSamples = samples }

  /// Refuses rows that would not fit.
  func reserve(series: Int, steps: Int) throws(QueryError) {
    let (cells, overflow) = series.multipliedReportingOverflow(by: steps)
    if overflow || cells > options.memoryLimit / MemoryLayout<Double>.size {
      throw .execution("query would need more than \(options.memoryLimit) bytes of memory in query execution")
    }
  }

  // MARK: Operators

  /// A vector operator's rows; every operator asks its inputs through this.
  func rows(of op: any VectorOperator, over grid: StepGrid) throws(QueryError) -> Rows {
    try checkpoint()
    // Without steps nothing is evaluated, and nothing can go wrong.
    if grid.count == 0 { return .none(steps: 0) }
    // Some make a row where nothing is selected.
    try reserve(series: 1, steps: grid.count)
    let before = currentSamples
    let rows = try op.rows(self, grid)
    let present = rows.presentCount
    // What the inputs hold is still there while the result comes to be.
    let inputs = currentSamples
    try hold(present)
    release(to: min(inputs, before) + present)
    trace?.note(op, series: rows.count, samples: present)
    return rows
  }

  func values(of op: any ScalarOperator, over grid: StepGrid) throws(QueryError) -> ScalarRow {
    try checkpoint()
    if grid.count == 0 { return .perStep([]) }
    // A scalar is a sample at each step.
    try hold(0, passing: grid.count)
    return try op.values(self, grid)
  }

  // MARK: Remarks

  func warn(_ text: String, at range: SourceRange) { remarks.add(.warning, text, at: range) }
  func inform(_ text: String, at range: SourceRange) { remarks.add(.info, text, at: range) }

  // MARK: Times

  func milliseconds(_ length: Length) throws(QueryError) -> Int64 {
    switch length {
    case .fixed(let milliseconds): return milliseconds
    case .computed(let expr, let mayBeNegative):
      return try DurationArithmetic(step: outerStep, range: (outer.end - outer.start).milliseconds).milliseconds(
        expr, mayBeNegative: mayBeNegative)
    }
  }

  private static let farthest: Int64 = 1 << 61

  func resolve(_ shift: TimeShift) throws(QueryError) -> ResolvedShift {
    let offset = try shift.offset.map { (length) throws(QueryError) in try milliseconds(length) } ?? 0
    switch shift.at {
    case nil: return ResolvedShift(offset: offset, at: nil)
    case .timestamp(let time):
      // Nothing lies so far out, and what is added to it stays within 64 bits.
      return ResolvedShift(offset: offset, at: max(-Self.farthest, min(Self.farthest, time.milliseconds)))
    case .start: return ResolvedShift(offset: offset, at: outer.start.milliseconds)
    case .end: return ResolvedShift(offset: offset, at: outer.end.milliseconds)
    }
  }
}

/// Where a selector looks at each step.
struct ResolvedShift: Hashable, Sendable {
  var offset: Int64
  var at: Int64?

  @inline(__always) func reference(_ time: Int64) -> Int64 { (at ?? time) - offset }
}

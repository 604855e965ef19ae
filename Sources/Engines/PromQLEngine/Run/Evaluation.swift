import PromQLSyntax
import SeriesModel
import SourceText
import Threading

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
  private let clock: (any TimeSource)?
  private let end: Instant?

  private(set) var remarks: Remarks
  var statistics = QueryStatistics()
  /// Reused by everything that reads samples.
  var columns = SampleColumns()
  /// What each operator yielded; only kept for `explain`.
  var trace: Trace?
  /// Rows of all operators, each of which may remember something of them.
  private(set) var rowsSeen = 0
  /// Of labels that the query has made.
  private(set) var labelBytes = 0
  /// What is in memory now.
  private(set) var held = Held()
  /// Of the memory that all queries share: as much as this one has needed at a time.
  let memory: ByteClaim

  struct Held: Hashable {
    var samples = 0
    var bytes = 0
  }

  init(
    on view: any SeriesView, options: EngineOptions, lookback: PromDuration?, span: TimeSpan, step: Int64, text: String,
    isKept: Bool, memory: ByteClaim, until cancellation: Cancellation, clock: (any TimeSource)?
  ) {
    self.view = view
    self.options = options
    self.lookback = (lookback ?? options.lookback).milliseconds
    outer = span
    outerStep = step
    self.isKept = isKept
    self.memory = memory
    self.cancellation = cancellation
    self.clock = clock
    end = clock.map { $0.monotonic() + options.timeout }
    remarks = Remarks(text: text)
  }

  // MARK: Limits

  /// Ends the run when nobody waits for it or its time is up. Reads clocks: once per batch.
  func checkpoint() throws(QueryError) {
    if cancellation.isCanceled { throw .canceled("query was canceled in expression evaluation") }
    if cancellation.isOverdue { throw .timeout("query timed out in expression evaluation") }
    if let clock, let end, clock.monotonic() >= end { throw .timeout("query timed out in expression evaluation") }
  }

  /// Counts samples that stay in memory; refuses more than the limit, those that pass through among them.
  func hold(_ samples: Int, passing: Int = 0) throws(QueryError) {
    held.samples += samples
    statistics.peakSamples = max(statistics.peakSamples, held.samples + passing)
    if held.samples + passing > options.maxSamples {
      throw .limit(.samples, "query processing would load too many samples into memory in query execution")
    }
  }

  func release(to held: Held) { self.held = held }

  /// Counts series that a selector has found; refuses more than a query may select.
  func select(_ series: Int) throws(QueryError) {
    statistics.seriesSelected += series
    if statistics.seriesSelected > options.maxSeries {
      throw .limit(.series, "query would select more than \(options.maxSeries) series in query execution")
    }
  }

  /// Refuses rows that would not fit.
  func reserve(series: Int, steps: Int) throws(QueryError) {
    let (bytes, overflow) = series.multipliedReportingOverflow(by: steps * MemoryLayout<Double>.size)
    try reserve(bytes: overflow ? .max : bytes)
  }

  /// Whether rows would fit into what this query may have.
  func hasRoom(series: Int, steps: Int) -> Bool {
    let (bytes, overflow) = series.multipliedReportingOverflow(by: steps * MemoryLayout<Double>.size)
    return !overflow && bytes <= options.memoryLimit - held.bytes - labelBytes
  }

  /// Counts labels that a query has made: they stay until its end.
  func keep(labels bytes: Int) throws(QueryError) {
    try reserve(bytes: bytes)
    labelBytes += bytes
  }

  /// Refuses bytes beyond what is held that would not fit, in what this query may have or in what all may.
  func reserve(bytes: Int) throws(QueryError) {
    guard bytes <= options.memoryLimit - held.bytes - labelBytes else {
      throw .limit(.memory, "query would need more than \(options.memoryLimit) bytes of memory in query execution")
    }
    guard memory.grow(to: held.bytes + labelBytes + bytes) else {
      let limit = options.sharedMemoryLimit
      throw .limit(.sharedMemory, "all queries together would need more than \(limit) bytes of memory in query execution")
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
    let before = held
    let began = trace == nil ? nil : clock?.monotonic()
    let rows = try op.rows(self, grid)
    rowsSeen += rows.count
    let own = Held(samples: rows.presentCount, bytes: rows.values.count * MemoryLayout<Double>.size)
    // What the inputs hold is still there while the result comes to be.
    let inputs = held
    try hold(own.samples)
    try reserve(bytes: own.bytes)
    release(
      to: Held(samples: min(inputs.samples, before.samples) + own.samples, bytes: min(inputs.bytes, before.bytes) + own.bytes))
    if trace != nil {
      let seconds = began.flatMap { began in clock.map { $0.monotonic() - began } } ?? 0
      trace!.note(op, series: rows.count, samples: own.samples, seconds: seconds)
    }
    return rows
  }

  func values(of op: any ScalarOperator, over grid: StepGrid) throws(QueryError) -> ScalarRow {
    try checkpoint()
    if grid.count == 0 { return .perStep([]) }
    // A scalar is a sample at each step.
    try hold(0, passing: grid.count)
    try reserve(series: 1, steps: grid.count)
    let before = held
    let row = try op.values(self, grid)
    // What it was made of is gone.
    release(to: Held(samples: held.samples, bytes: before.bytes + row.bytes))
    return row
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

import PromQLSyntax
import SeriesModel
import Synchronization
import Threading

/// Evaluates PromQL: an expression becomes a plan, passes improve it, operators work it out a row of steps at a time.
///
/// Instant queries are range queries of one step. Any thread may call; an evaluation runs on the thread that asked.
///
/// - Source: answers, texts of errors and annotations are those of Prometheus 3.5.
public final class Engine: Sendable {
  public let options: EngineOptions
  private let clock: (any TimeSource)?
  private let kept: PlanCache
  private let memory: ByteBudget

  /// - Parameter time: measures ``EngineOptions/timeout`` and the statistics' seconds; without it there is neither.
  public init(options: EngineOptions = EngineOptions(), time: (any TimeSource)? = nil) {
    self.options = options
    clock = time
    kept = PlanCache(limit: options.cachedPlans, series: options.cachedSeries, text: Self.keptText)
    memory = ByteBudget(limit: options.sharedMemoryLimit)
  }

  /// Bytes that queries hold now, their results in use among them.
  public var memoryInUse: Int { memory.used }

  // MARK: Prepared

  /// Compiles an expression that is evaluated often, always on views of one source: what its operators learn of series is kept until the view's generation
  /// changes.
  ///
  /// - Parameter text: the query as it was written; places of annotations are counted in it. Without it the expression's normal form is used, and
  ///   annotations have places only if the expression was written that way.
  public func prepare(_ expr: Expr, text: String? = nil) throws(QueryError) -> any PreparedQuery {
    let query = try CompiledQuery(expr, source: text ?? expr.description, features: options.features, isKept: true)
    return LocalQuery(self, query, normalForm: expr.description)
  }

  public func prepare(text: String) throws(QueryError) -> any PreparedQuery { try prepare(try parse(text), text: text) }

  // MARK: At once

  public func instant(
    _ expr: Expr, text: String? = nil, at time: Timestamp, on view: any SeriesView, until cancellation: Cancellation = .never,
    lookback: PromDuration? = nil
  ) throws(QueryError) -> QueryResult {
    try instant(try compile(expr, text), at: time, on: view, until: cancellation, lookback: lookback)
  }

  public func instant(
    text: String, at time: Timestamp, on view: any SeriesView, until cancellation: Cancellation = .never,
    lookback: PromDuration? = nil
  ) throws(QueryError) -> QueryResult {
    try instant(try parse(text), text: text, at: time, on: view, until: cancellation, lookback: lookback)
  }

  /// Always a matrix, sorted by labels; the steps are `start + k * step <= end`.
  public func range(
    _ expr: Expr, text: String? = nil, from start: Timestamp, through end: Timestamp, step: PromDuration, on view: any SeriesView,
    until cancellation: Cancellation = .never, lookback: PromDuration? = nil
  ) throws(QueryError) -> QueryResult {
    let query = try compile(expr, text)
    let grid = try Self.grid(start, end, step)
    let run = evaluation(
      query, from: start, through: end, step: step.milliseconds, on: view, until: cancellation, lookback: lookback)
    return try measure(run, query) { (run) throws(QueryError) in try query.range(run, over: grid) }
  }

  public func range(
    text: String, from start: Timestamp, through end: Timestamp, step: PromDuration, on view: any SeriesView,
    until cancellation: Cancellation = .never, lookback: PromDuration? = nil
  ) throws(QueryError) -> QueryResult {
    try range(
      try parse(text), text: text, from: start, through: end, step: step, on: view, until: cancellation, lookback: lookback)
  }

  // MARK: Explained

  /// Runs a query and tells its plan with how many series and samples each operator yielded.
  public func explain(
    _ expr: Expr, from start: Timestamp, through end: Timestamp, step: PromDuration, on view: any SeriesView,
    until cancellation: Cancellation = .never, lookback: PromDuration? = nil
  ) throws(QueryError) -> String {
    let query = try CompiledQuery(expr, source: expr.description, features: options.features)
    let grid = try Self.grid(start, end, step)
    let isInstant = start == end
    let run = evaluation(
      query, from: start, through: end, step: isInstant ? 0 : step.milliseconds, on: view, until: cancellation,
      lookback: lookback)
    run.trace = Trace()
    _ = isInstant ? try query.instant(run, at: start) : try query.range(run, over: grid)
    let statistics = run.statistics
    let head =
      "\(query.plan)\n\(grid.count) step\(grid.count == 1 ? "" : "s"), \(statistics.seriesSelected) series selected, \(statistics.totalSamples) samples read"
    return head + (query.root.asOperator.map { "\n" + run.trace!.text(of: $0) } ?? "")
  }

  // MARK: Within

  func instant(
    _ query: CompiledQuery, at time: Timestamp, on view: any SeriesView, until cancellation: Cancellation, lookback: PromDuration?
  ) throws(QueryError) -> QueryResult {
    let run = evaluation(query, from: time, through: time, step: 0, on: view, until: cancellation, lookback: lookback)
    return try measure(run, query) { (run) throws(QueryError) in try query.instant(run, at: time) }
  }

  func range(
    _ query: CompiledQuery, from start: Timestamp, through end: Timestamp, step: PromDuration, on view: any SeriesView,
    until cancellation: Cancellation = .never, lookback: PromDuration? = nil
  ) throws(QueryError) -> QueryResult {
    let grid = try Self.grid(start, end, step)
    let run = evaluation(
      query, from: start, through: end, step: step.milliseconds, on: view, until: cancellation, lookback: lookback)
    return try measure(run, query) { (run) throws(QueryError) in try query.range(run, over: grid) }
  }

  private func parse(_ text: String) throws(QueryError) -> Expr {
    do { return try Expr.parse(text, features: options.features) } catch { throw .badData(error.description) }
  }

  private func compile(_ expr: Expr, _ text: String?) throws(QueryError) -> CompiledQuery {
    let source = text ?? expr.description
    return try kept.query(expr, source) { () throws(QueryError) in
      try CompiledQuery(
        expr, source: source, features: options.features, isKept: options.cachedPlans > 0 && source.utf8.count <= Self.keptText)
    }
  }

  /// Longer queries are made anew each time: their trees are many times as large.
  private static let keptText = 16 << 10

  private static func grid(_ start: Timestamp, _ end: Timestamp, _ step: PromDuration) throws(QueryError) -> StepGrid {
    guard step.milliseconds > 0 else { throw .badData("zero or negative query resolution step widths are not accepted") }
    guard start <= end else { throw .badData("end timestamp must not be before start time") }
    return StepGrid(from: start.milliseconds, through: end.milliseconds, step: step.milliseconds)
  }

  private func evaluation(
    _ query: CompiledQuery, from start: Timestamp, through end: Timestamp, step: Int64, on view: any SeriesView,
    until cancellation: Cancellation, lookback: PromDuration?
  ) -> Evaluation {
    Evaluation(
      on: view, options: options, lookback: lookback, span: TimeSpan(from: start, through: end), step: step, text: query.source,
      isKept: query.isKept, memory: ByteClaim(of: memory), until: cancellation, clock: clock)
  }

  private func measure(
    _ run: Evaluation, _ query: CompiledQuery, _ body: (Evaluation) throws(QueryError) -> QueryValue
  ) throws(QueryError) -> QueryResult {
    let began = clock?.monotonic()
    // A query that fails remembers what it has found as well.
    defer {
      // A row's labels are some sixty bytes, unless the query has made longer ones.
      let weight = run.statistics.seriesSelected + run.rowsSeen + run.labelBytes / 64
      if query.isKept, query.seriesKept.load(ordering: .relaxed) < weight { query.seriesKept.store(weight, ordering: .relaxed) }
    }
    let value = try body(run)
    if let began, let clock { run.statistics.evaluationSeconds = clock.monotonic() - began }
    return QueryResult(value: value, annotations: run.remarks.all, statistics: run.statistics, memory: run.memory)
  }
}

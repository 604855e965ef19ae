import API
import Catalogue
import Instruments
import PromQLEngine
import SeriesModel
import Threading

/// Answers the API's queries by the engine, over the head: some at a time, the others in turn; and counts them.
final class QueryService: QueryBackend {
  let engine: Engine
  private let queue: QueryQueue
  private let source: any SeriesSource
  private let time: any TimeSource
  private let counts = BlockingLock(Counts())

  /// What happened since the last report, so that a query does not change the page.
  private struct Counts {
    var answered: [Answered: UInt64] = [:]
    var seconds: [Duration: UInt64] = [:]
    var samples = 0
  }

  private struct Answered: Hashable {
    var kind: String
    var result: String
  }

  private struct Duration: Hashable {
    var kind: String
    var seconds: Double
  }

  init(_ engine: Engine, queue: QueryQueue, source: any SeriesSource, time: any TimeSource) {
    self.engine = engine
    self.queue = queue
    self.source = source
    self.time = time
  }

  func instant(_ call: QueryCall, at time: Timestamp, until cancellation: Cancellation) throws(QueryError) -> QueryResult {
    try counted("instant", call, cancellation) { () throws(QueryError) in
      try engine.instant(
        call.expr, text: call.text, at: time, on: source.view(), until: cancellation, lookback: call.lookback)
    }
  }

  func range(
    _ call: QueryCall, from start: Timestamp, through end: Timestamp, step: PromDuration, until cancellation: Cancellation
  ) throws(QueryError) -> QueryResult {
    try counted("range", call, cancellation) { () throws(QueryError) in
      try engine.range(
        call.expr, text: call.text, from: start, through: end, step: step, on: source.view(), until: cancellation,
        lookback: call.lookback)
    }
  }

  func explain(
    _ call: QueryCall, from start: Timestamp, through end: Timestamp, step: PromDuration, until cancellation: Cancellation
  ) throws(QueryError) -> String? {
    try queue.run(for: call.client, until: cancellation) { () throws(QueryError) in
      try engine.explain(call.expr, from: start, through: end, step: step, on: source.view(), until: cancellation)
    }
  }

  // MARK: Counting

  /// Runs a query when it is its turn.
  private func counted(
    _ kind: String, _ call: QueryCall, _ cancellation: Cancellation, _ work: () throws(QueryError) -> QueryResult
  ) throws(QueryError) -> QueryResult {
    let begin = time.monotonic()
    var samples = 0
    var result = "success"
    defer {
      // Nine binary digits are kept (0.2 %), so that equal durations meet.
      let seconds = Double(bitPattern: (time.monotonic() - begin).bitPattern & ~((1 << 44) - 1))
      counts.withLock { counts in
        counts.samples += samples
        counts.answered[Answered(kind: kind, result: result), default: 0] += 1
        counts.seconds[Duration(kind: kind, seconds: seconds), default: 0] += 1
      }
    }
    do throws(QueryError) {
      let answer = try queue.run(for: call.client, until: cancellation, work)
      samples = answer.statistics.totalSamples
      return answer
    } catch {
      result = Self.result(of: error)
      throw error
    }
  }

  private static func result(of error: QueryError) -> String {
    switch error {
    case .timeout: "timeout"
    case .canceled: "canceled"
    case .badData, .execution, .internal: "error"
    }
  }

  func report(into update: inout RegistryUpdate, _ registry: Registry, at now: Timestamp) {
    let taken = counts.withLock { counts in
      defer { counts = Counts() }
      return counts
    }
    let active = queue.counts
    let (answered, seconds) = (
      registry.family(Families.tidemarkQueriesTotal), registry.family(Families.tidemarkQueryDurationSeconds)
    )
    for (key, count) in taken.answered { update.add(update.series(answered, [key.kind, key.result], created: now), Double(count)) }
    for (key, count) in taken.seconds {
      update.observe(update.series(seconds, [key.kind], created: now), key.seconds, count: count)
    }
    update.add(update.series(registry.family(Families.tidemarkQuerySamplesTotal), [], created: now), Double(taken.samples))
    update.set(
      update.series(registry.family(Families.tidemarkQueriesActive), [], created: now), Double(active.running + active.waiting))
  }
}

extension Configuration {
  var engineOptions: EngineOptions {
    EngineOptions(
      lookback: lookback, maxSamples: maxQuerySamples, maxSeries: maxQuerySeries, timeout: queryTimeout, features: syntax,
      delaysNameRemoval: features.contains(.delayedNameRemoval), readsTypeLabels: features.contains(.typeAndUnitLabels),
      memoryLimit: maxQueryBytes, cachedPlans: 512)
  }
}

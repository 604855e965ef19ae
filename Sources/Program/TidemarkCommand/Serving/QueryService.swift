import API
import Catalogue
import HTTPServer
import Instruments
import PromQLEngine
import SeriesModel
import Threading

/// Answers the API's queries by the engine, over the head, and counts them. How many run at a time is up to the lane that they come by.
final class QueryService: QueryBackend {
  let engine: Engine
  private let source: any SeriesSource
  private let time: any TimeSource
  private let counts = BlockingLock(Counts())

  /// What happened since the last report, so that a query does not change the page.
  private struct Counts {
    var answered: [Answered: UInt64] = [:]
    var seconds: [Duration: UInt64] = [:]
    var samples = 0
    var refused: [QueryLimit: UInt64] = [:]
  }

  private struct Answered: Hashable {
    var kind: String
    var result: String
  }

  private struct Duration: Hashable {
    var kind: String
    var seconds: Double
  }

  init(_ engine: Engine, source: any SeriesSource, time: any TimeSource) {
    self.engine = engine
    self.source = source
    self.time = time
  }

  func instant(_ call: QueryCall, at time: Timestamp, until cancellation: Cancellation) throws(QueryError) -> QueryResult {
    try counted("instant") { () throws(QueryError) in
      let result = try engine.instant(
        call.expr, text: call.text, at: time, on: source.view(), until: cancellation, lookback: call.lookback)
      return (result, result.statistics.totalSamples)
    }
  }

  func range(
    _ call: QueryCall, from start: Timestamp, through end: Timestamp, step: PromDuration, until cancellation: Cancellation
  ) throws(QueryError) -> QueryResult {
    try counted("range") { () throws(QueryError) in
      let result = try engine.range(
        call.expr, text: call.text, from: start, through: end, step: step, on: source.view(), until: cancellation,
        lookback: call.lookback)
      return (result, result.statistics.totalSamples)
    }
  }

  func explain(
    _ call: QueryCall, from start: Timestamp, through end: Timestamp, step: PromDuration, until cancellation: Cancellation
  ) throws(QueryError) -> String? {
    try counted(start == end ? "instant" : "range") { () throws(QueryError) in
      let text = try engine.explain(
        call.expr, from: start, through: end, step: step, on: source.view(), until: cancellation, lookback: call.lookback)
      return (text, 0)
    }
  }

  func refused(by limit: QueryLimit) { counts.withLock { $0.refused[limit, default: 0] += 1 } }

  // MARK: Counting

  /// - Parameter work: gives what it found, and how many samples it has read.
  private func counted<Found>(_ kind: String, _ work: () throws(QueryError) -> (Found, samples: Int)) throws(QueryError) -> Found {
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
      let (found, read) = try work()
      samples = read
      return found
    } catch {
      result = Self.result(of: error)
      if let limit = Self.limit(of: error) { refused(by: limit) }
      throw error
    }
  }

  private static func result(of error: QueryError) -> String {
    switch error {
    case .timeout: "timeout"
    case .canceled: "canceled"
    case .limit: "refused"
    case .badData, .execution, .internal: "error"
    }
  }

  private static func limit(of error: QueryError) -> QueryLimit? {
    switch error {
    case .limit(let limit, _): limit
    case .timeout: .time
    case .canceled, .badData, .execution, .internal: nil
    }
  }

  /// - Parameters:
  ///   - lane: where queries wait for their turn.
  ///   - refusals: how many that lane has refused since the last report.
  ///   - memory: bytes that queries hold, those of rules among them.
  func report(
    into update: inout RegistryUpdate, _ registry: Registry, at now: Timestamp, lane: LaneStatistics,
    refusals: [Lane.Refusal: Int], memory: Int
  ) {
    let taken = counts.withLock { counts in
      defer { counts = Counts() }
      return counts
    }
    let (answered, seconds) = (
      registry.family(Families.tidemarkQueriesTotal), registry.family(Families.tidemarkQueryDurationSeconds)
    )
    for (key, count) in taken.answered { update.add(update.series(answered, [key.kind, key.result], created: now), Double(count)) }
    for (key, count) in taken.seconds {
      update.observe(update.series(seconds, [key.kind], created: now), key.seconds, count: count)
    }
    update.add(update.series(registry.family(Families.tidemarkQuerySamplesTotal), [], created: now), Double(taken.samples))
    let refused = registry.family(Families.tidemarkQueriesRefusedTotal)
    let queued = refusals.map { ($0.key.limit, UInt64($0.value)) }
    for (limit, count) in taken.refused.merging(queued, uniquingKeysWith: +) {
      update.add(update.series(refused, [limit.rawValue], created: now), Double(count))
    }
    update.set(
      update.series(registry.family(Families.tidemarkQueriesActive), [], created: now), Double(lane.running + lane.waiting))
    update.set(update.series(registry.family(Families.tidemarkQueryMemoryBytes), [], created: now), Double(memory))
    update.set(update.series(registry.family(Families.tidemarkQueriesWaiting), [], created: now), Double(lane.waiting))
  }
}

extension Lane.Refusal {
  fileprivate var limit: QueryLimit {
    switch self {
    case .full: .waiting
    case .late: .time
    case .noRoom: .answers
    }
  }
}

extension Configuration {
  var engineOptions: EngineOptions {
    EngineOptions(
      lookback: lookback, maxSamples: maxQuerySamples, maxSeries: maxQuerySeries, timeout: queryTimeout, features: syntax,
      delaysNameRemoval: features.contains(.delayedNameRemoval), readsTypeLabels: features.contains(.typeAndUnitLabels),
      memoryLimit: min(maxQueryBytes, maxTotalQueryBytes), sharedMemoryLimit: maxTotalQueryBytes, cachedPlans: 512)
  }
}

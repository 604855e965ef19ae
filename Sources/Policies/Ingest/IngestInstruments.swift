import Catalogue
import Instruments
import Orchestration
import SeriesModel

/// What the event interface tells of itself.
struct IngestInstruments: Sendable {
  private let events, rejections, batches, identities, runs: FamilyHandle
  private let logBytes, logRecords, logCut, commit, checkpointTime, checkpointBytes: FamilyHandle
  private static let log = "events"

  init(_ registry: Registry) {
    events = registry.family(Families.tidemarkEventsTotal)
    rejections = registry.family(Families.tidemarkEventRejectionsTotal)
    batches = registry.family(Families.tidemarkEventBatchesTotal)
    identities = registry.family(Families.tidemarkEventIdentities)
    runs = registry.family(Families.tidemarkRunsTracked)
    logBytes = registry.family(Families.tidemarkLogBytesTotal)
    logRecords = registry.family(Families.tidemarkLogRecordsTotal)
    logCut = registry.family(Families.tidemarkLogCutBytesTotal)
    commit = registry.family(Families.tidemarkLogCommitDurationSeconds)
    checkpointTime = registry.family(Families.tidemarkCheckpointLastSuccessTimestampSeconds)
    checkpointBytes = registry.family(Families.tidemarkCheckpointBytes)
  }

  enum BatchResult: String { case accepted, partial, rejected, busy }

  /// Of one group of requests.
  struct Tally {
    var accepted: [EventType: Int] = [:]
    var duplicates: [EventType: Int] = [:]
    var refused: [EventType?: Int] = [:]
    var reasons: [Refusal.Reason: Int] = [:]
    var batches: [BatchResult: Int] = [:]
    var bytes = 0
    var records = 0
    var commitSeconds: Double?

    mutating func count(_ refusals: [Refusal]) {
      for refusal in refusals {
        refused[refusal.type, default: 0] += 1
        reasons[refusal.reason, default: 0] += 1
      }
    }

    /// A request's result, as its answer says it.
    mutating func count(batch good: Int, _ bad: Int) {
      batches[bad == 0 ? .accepted : good == 0 ? .rejected : .partial, default: 0] += 1
    }
  }

  func publish(_ tally: Tally, at now: Timestamp, to u: inout RegistryUpdate) {
    for (type, n) in tally.accepted { u.add(u.series(events, [type.name, "accepted"], created: now), Double(n)) }
    for (type, n) in tally.duplicates { u.add(u.series(events, [type.name, "duplicate"], created: now), Double(n)) }
    for (type, n) in tally.refused { u.add(u.series(events, [type?.name ?? unknownLabel, "rejected"], created: now), Double(n)) }
    for (reason, n) in tally.reasons { u.add(u.series(rejections, [reason.rawValue], created: now), Double(n)) }
    for (result, n) in tally.batches { u.add(u.series(batches, [result.rawValue], created: now), Double(n)) }
    if tally.records > 0 {
      u.add(u.series(logBytes, [Self.log], created: now), Double(tally.bytes))
      u.add(u.series(logRecords, [Self.log], created: now), Double(tally.records))
    }
    if let seconds = tally.commitSeconds { u.observe(u.series(commit, [Self.log], created: now), seconds) }
  }

  /// Everything that is known in advance exists at 0.
  func bear(at now: Timestamp, cutBytes: UInt64, in u: inout RegistryUpdate) {
    for type in EventType.allCases { u.bear(events, fixed: [type.name], created: now) }
    u.bear(events, fixed: [unknownLabel], created: now)
    for reason in Refusal.Reason.allCases { u.bear(rejections, fixed: [reason.rawValue], created: now) }
    for family in [logBytes, logRecords, logCut, commit] { u.bear(family, fixed: [Self.log], created: now) }
    u.add(u.series(logCut, [Self.log], created: now), Double(cutBytes))
  }

  func publish(identities n: Int, workflowRuns: Int, agentRuns: Int, at now: Timestamp, to u: inout RegistryUpdate) {
    u.set(u.series(identities, [], created: now), Double(n))
    u.set(u.series(runs, ["workflow"], created: now), Double(workflowRuns))
    u.set(u.series(runs, ["agent"], created: now), Double(agentRuns))
  }

  func publish(checkpointBytes n: Int, at now: Timestamp, to u: inout RegistryUpdate) {
    u.set(u.series(checkpointTime, [], created: now), now.seconds)
    u.set(u.series(checkpointBytes, [], created: now), Double(n))
  }
}

import DurableLog
import Instruments
import Orchestration
import SeriesModel
import Synchronization

/// Events in: checked, made durable, counted, and answered.
///
/// The way of a request: decode → check → log → count → answer. Requests that come while another is on its way wait and go together: one write of the log
/// and one update of the instruments for all of them. Nothing is shown before it is in the log, and what an answer acknowledges is in the log and counted.
///
/// ``Pump/run(through:)`` is called by a thread of its own; it lets waiting ends and lost runs be counted, writes rows and checkpoints.
package final class EventIngest: Sendable {
  package let configuration: IngestConfiguration
  /// Runs for lists and history; `nil` as long as the database cannot be opened.
  package var runs: RunStore? { upkeep.withLock { $0.store } }

  /// What keeps rows or checkpoints from being written, if anything does. Events count meanwhile; the log grows.
  package var problems: [String] { upkeep.withLock { [$0.storeProblem, $0.checkpointProblem].compactMap(\.self) } }

  private let time: any TimeSource
  private let registry: Registry
  private let log: DurableLog
  private let core: SerialLock<IngestCore>
  private let upkeep: SerialLock<Upkeep>
  private let instruments: IngestInstruments
  private let waiting = Mutex(Waiting())
  private let decoders = Mutex<[EventDecoder]>([])

  /// What the pump has to remember.
  struct Upkeep {
    var store: RunStore?
    var storeProblem: String?
    var flushAt = Timestamp.distantPast
    var checkpointAt = Timestamp.distantPast
    var checkpointed = LogPosition.start
    var checkpointProblem: String?
    var pruneAt = Timestamp.distantPast
    var isStopped = false
  }

  private struct Waiting {
    var requests: [EventRequest] = []
    var events = 0
  }

  /// Opens the log, restores the last checkpoint and replays what came after it. On return everything that was ever acknowledged is counted in `registry`,
  /// which has to be new.
  package init(_ configuration: IngestConfiguration, registry: Registry, time: any TimeSource) throws(IngestError) {
    self.configuration = configuration
    self.registry = registry
    self.time = time
    let instruments = IngestInstruments(registry)
    self.instruments = instruments
    do { log = try DurableLog(directory: configuration.directory + "/events", options: configuration.log) } catch {
      throw .log(error)
    }
    var core = IngestCore(configuration: configuration, registry: registry)
    try Recovery(log: log, checkpoint: CheckpointFile(path: Self.checkpointPath(configuration))).run(&core, now: time.now())
    var upkeep = Upkeep()
    upkeep.checkpointed = core.position
    let (cut, now) = (log.recovered.bytesCut, time.now())
    registry.update { u in instruments.bear(at: now, cutBytes: cut, in: &u) }
    self.core = SerialLock(core)
    upkeep.openStore(configuration)
    self.upkeep = SerialLock(upkeep)
  }

  static func checkpointPath(_ configuration: IngestConfiguration) -> String { configuration.directory + "/checkpoint" }

  /// Takes the events of one request.
  ///
  /// - Parameters:
  ///   - body: unpacked.
  ///   - now: when the request came.
  /// - Returns: 200 with what was accepted; 400 when nothing was good; 413, 415; 429 when too much waits, 503 when the log does not take it.
  package func accept(body: [UInt8], contentType: String?, now: Timestamp) -> IngestAnswer {
    do throws(RequestProblem) {
      let request = try decode(body, contentType, now)
      guard request.events.count > 0 else { return answerWithoutEvents(request) }
      try join(request)
      core.withLock { core in
        // Whoever comes first takes everybody along.
        if request.answer == nil { carry(takeWaiting(), &core) }
      }
      return request.answer!
    } catch {
      let result: IngestInstruments.BatchResult = error.status == 429 || error.status == 503 ? .busy : .rejected
      registry.update { u in instruments.publish(.init(batches: [result: 1]), at: now, to: &u) }
      return IngestAnswer(error)
    }
  }
}

// MARK: The way of a request

private extension EventIngest {
  func decode(_ body: [UInt8], _ contentType: String?, _ now: Timestamp) throws(RequestProblem) -> EventRequest {
    let limits = configuration.limits
    let format = try EventFormat(contentType: contentType)
    guard body.count <= limits.bodyBytes else {
      throw RequestProblem(
        status: 413, error: "body_bytes", message: "expected at most \(limits.bodyBytes) bytes, found \(body.count)")
    }
    var padded = body
    padded.append(contentsOf: repeatElement(0, count: EventReader.padding))
    let ranges = try BodySplitter(format: format, limits: limits).split(padded, count: body.count)
    let decoder = decoders.withLock { $0.popLast() } ?? EventDecoder(limits: limits)
    defer { decoders.withLock { $0.append(decoder) } }
    var events: [DecodedEvent] = []
    var refusals: [Refusal] = []
    events.reserveCapacity(ranges.count)
    for (index, range) in ranges.enumerated() {
      switch decoder.decode(padded, range, index: index, now: now) {
      case .success(let event): events.append(event)
      case .failure(let refusal): refusals.append(refusal)
      }
    }
    return EventRequest(events: events, refusals: refusals, receivedAt: now)
  }

  func answerWithoutEvents(_ request: EventRequest) -> IngestAnswer {
    var tally = IngestInstruments.Tally()
    tally.count(request.refusals)
    tally.count(batch: 0, request.refusals.count)
    registry.update { u in instruments.publish(tally, at: request.receivedAt, to: &u) }
    return IngestAnswer(accepted: 0, duplicates: 0, refusals: request.refusals)
  }

  func join(_ request: EventRequest) throws(RequestProblem) {
    let limit = configuration.limits.waitingEvents
    let joined = waiting.withLock { waiting in
      // A single request is never too many.
      guard waiting.events == 0 || waiting.events + request.events.count <= limit else { return false }
      waiting.requests.append(request)
      waiting.events += request.events.count
      return true
    }
    guard joined else {
      throw RequestProblem(
        status: 429, error: "waiting_events", message: "more than \(limit) events wait already; send these again later",
        retryAfter: 1)
    }
  }

  func takeWaiting() -> [EventRequest] {
    waiting.withLock { waiting in
      defer { waiting = Waiting() }
      return waiting.requests
    }
  }

  /// Carries a group of requests through check, log and count, and answers them.
  func carry(_ requests: [EventRequest], _ core: inout IngestCore) {
    let now = core.advance(to: requests.map(\.receivedAt).max() ?? time.now())
    core.beginGroup()
    var tally = IngestInstruments.Tally()
    var results: [GroupResult] = []
    var records: [[UInt8]] = []
    for request in requests {
      let result = check(request, &core)
      tally.count(result.refusals)
      if !result.entries.isEmpty { records.append(EventRecord.encode(result.entries, receivedAt: now)) }
      results.append(result)
    }
    let start = log.end
    do throws(LogError) {
      var end = start
      if !records.isEmpty {
        let began = time.monotonic()
        end = try log.append(records)
        tally.commitSeconds = time.monotonic() - began
        tally.records = records.count
        tally.bytes = records.reduce(0) { $0 + $1.count }
      }
      for result in results {
        core.apply(result.entries, from: start, to: end)
        tally.count(result)
      }
      core.publish { u in instruments.publish(tally, at: now, to: &u) }
      for (request, result) in zip(requests, results) {
        request.settle(IngestAnswer(accepted: result.entries.count, duplicates: result.duplicates.count, refusals: result.refusals))
      }
    } catch {
      core.publish { u in instruments.publish(.init(batches: [.busy: requests.count]), at: now, to: &u) }
      let problem = RequestProblem(
        status: 503, error: "event_log", message: "nothing of this request was taken: \(error)",
        retryAfter: error.retryMayHelp ? 5 : 60)
      for request in requests { request.settle(IngestAnswer(problem)) }
    }
  }

  func check(_ request: EventRequest, _ core: inout IngestCore) -> GroupResult {
    var result = GroupResult(refusals: request.refusals)
    result.entries.reserveCapacity(request.events.count)
    for event in request.events {
      switch core.check(event) {
      case .take(let entry): result.entries.append(entry)
      case .duplicate: result.duplicates.append(event.event.type)
      case .refuse(let refusal): result.refusals.append(refusal)
      }
    }
    result.refusals.sort { $0.index < $1.index }
    return result
  }
}

/// What became of one request's events.
struct GroupResult {
  var entries: [EventRecord.Entry] = []
  var duplicates: [EventType] = []
  var refusals: [Refusal]
}

private extension IngestInstruments.Tally {
  mutating func count(_ result: GroupResult) {
    for entry in result.entries { accepted[entry.event.type, default: 0] += 1 }
    for type in result.duplicates { duplicates[type, default: 0] += 1 }
    count(batch: result.entries.count + result.duplicates.count, result.refusals.count)
  }
}

/// A request that waits for the log.
final class EventRequest: Sendable {
  let events: [DecodedEvent]
  let refusals: [Refusal]
  let receivedAt: Timestamp
  private let settled = Mutex<IngestAnswer?>(nil)

  init(events: [DecodedEvent], refusals: [Refusal], receivedAt: Timestamp) {
    self.events = events
    self.refusals = refusals
    self.receivedAt = receivedAt
  }

  var answer: IngestAnswer? { settled.withLock { $0 } }
  func settle(_ answer: IngestAnswer) { settled.withLock { $0 = answer } }
}

// MARK: Upkeep

extension EventIngest: Pump {
  /// Lets time pass, writes rows every few seconds and a checkpoint every so many; says when to be called again.
  package func run(through now: Instant) -> Instant? {
    let wall = time.now()
    letTimePass(wall)
    let next = upkeep.withLock { upkeep -> Timestamp? in
      if upkeep.isStopped { return nil }
      if wall >= upkeep.flushAt {
        flush(&upkeep, wall)
        upkeep.flushAt = wall + configuration.flushInterval
      }
      if wall >= upkeep.checkpointAt {
        writeCheckpoint(&upkeep, wall)
        upkeep.checkpointAt = wall + configuration.checkpointInterval
      }
      return min(upkeep.flushAt, upkeep.checkpointAt, wall + configuration.policy.tick)
    }
    return next.map { now + max(.milliseconds(1), $0 - wall) }
  }

  /// Writes everything that is not written yet, and closes the log. Events that come later are answered with 503.
  package func shutdown() {
    let now = time.now()
    letTimePass(now)
    upkeep.withLock { upkeep in
      guard !upkeep.isStopped else { return }
      upkeep.isStopped = true
      flush(&upkeep, now)
      writeCheckpoint(&upkeep, now)
      core.withLock { _ in log.close() }
      try? upkeep.store?.close()
      upkeep.store = nil
    }
  }

  private func letTimePass(_ now: Timestamp) {
    core.withLock { core in
      let now = core.advance(to: now)
      let (identities, workflows, agents) = (core.seen.count, core.openRuns(.workflow), core.openRuns(.agent))
      core.publish { u in instruments.publish(identities: identities, workflowRuns: workflows, agentRuns: agents, at: now, to: &u) }
    }
  }

  /// A database that does not take rows delays the lists and nothing else.
  private func flush(_ upkeep: inout Upkeep, _ now: Timestamp) {
    upkeep.openStore(configuration)
    guard let store = upkeep.store else { return }
    let (rows, position) = core.withLock { ($0.takeRows(), $0.position) }
    do {
      if !rows.isEmpty { try store.write(rows, through: position) }
      upkeep.storeProblem = nil
    } catch {
      upkeep.storeProblem = "\(error)"
      core.withLock { $0.putBack(rows) }
      return
    }
    guard now >= upkeep.pruneAt else { return }
    let deleted = (try? store.deleteEnded(before: now - configuration.runRetention)) ?? 0
    upkeep.pruneAt = deleted > 0 ? now : now + .minutes(1)
  }

  private func writeCheckpoint(_ upkeep: inout Upkeep, _ now: Timestamp) {
    let (bytes, position, start) = core.withLock { core in
      // What time alone has changed since, time changes again after a restart.
      core.position == upkeep.checkpointed ? (nil, core.position, nil) : (core.checkpoint(), core.position, core.seen.start)
    }
    guard let bytes else { return }
    do {
      try CheckpointFile(path: Self.checkpointPath(configuration)).write(bytes)
      upkeep.checkpointed = position
      upkeep.checkpointProblem = nil
      try log.removeSegments(before: min(position, start ?? position))
      registry.update { u in instruments.publish(checkpointBytes: bytes.count, at: now, to: &u) }
    } catch {
      upkeep.checkpointProblem = "\(error)"
    }
  }
}

extension EventIngest.Upkeep {
  mutating func openStore(_ configuration: IngestConfiguration) {
    guard store == nil, !isStopped else { return }
    do {
      store = try RunStore(path: configuration.directory + "/runs.sqlite")
    } catch {
      storeProblem = "\(error)"
    }
  }
}

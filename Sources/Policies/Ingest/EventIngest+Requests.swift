import DurableLog
import Instruments
import Orchestration
import SeriesModel
import Synchronization

// MARK: The way of a request

extension EventIngest {
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
    let joined = waiting.withLock { $0.join(request, limit: limit) }
    guard joined else {
      throw RequestProblem(
        status: 429, error: "waiting_events", message: "more than \(limit) events wait already; send these again later",
        retryAfter: 1)
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
        shared.withLock { $0.logProblem = nil }
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
      shared.withLock { $0.logProblem = "no events are taken: \(error)" }
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

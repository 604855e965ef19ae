import Orchestration
import SeriesModel
import Threading

/// A request that waits for the log.
final class EventRequest: Sendable {
  let events: [DecodedEvent]
  let refusals: [Refusal]
  let receivedAt: Timestamp
  private let settled = BlockingLock<IngestAnswer?>(nil)

  init(events: [DecodedEvent], refusals: [Refusal], receivedAt: Timestamp) {
    self.events = events
    self.refusals = refusals
    self.receivedAt = receivedAt
  }

  var answer: IngestAnswer? { settled.withLock { $0 } }
  func settle(_ answer: IngestAnswer) { settled.withLock { $0 = answer } }
}

/// Requests that wait to be taken along.
struct WaitingRequests: Sendable {
  private var requests: [EventRequest] = []
  private var events = 0

  /// Whether there was room. A single request is never too many.
  mutating func join(_ request: EventRequest, limit: Int) -> Bool {
    guard events == 0 || events + request.events.count <= limit else { return false }
    requests.append(request)
    events += request.events.count
    return true
  }

  /// The oldest requests, with `limit` events or a few more.
  mutating func take(limit: Int) -> [EventRequest] {
    var (count, taken) = (0, 0)
    while count < requests.count, taken < limit {
      taken += requests[count].events.count
      count += 1
    }
    events -= taken
    defer { requests.removeFirst(count) }
    return Array(requests.prefix(count))
  }
}

import SeriesModel
import Threading

/// A request that is here whole, until a worker has answered it or its time in the queue is over.
final class WaitingRequest: Sendable {
  let lane: Lane
  let client: String
  private let ticket: Pipeline.Ticket
  private let body: [UInt8]
  private let arrived: Instant
  private let completion: Completion
  private let core: ServerCore
  /// When its patience ends; found out once.
  private let end = BlockingLock<End>(.unknown)

  /// Answers up to this size are not worth refusing.
  private static let smallAnswer = 64 << 10

  private enum End { case unknown, never, at(Instant) }

  init(_ ticket: Pipeline.Ticket, body: [UInt8], lane: Lane, arrived: Instant, completion: Completion, core: ServerCore) {
    self.lane = lane
    self.client = ticket.head.peer
    self.ticket = ticket
    self.body = body
    self.arrived = arrived
    self.completion = completion
    self.core = core
  }

  /// Runs the handler and answers, unless nobody waits for it any more.
  func run() {
    if isOver(at: core.time.monotonic()) { return abandon() }
    var response = core.pipeline.answer(ticket, body: body, arrived: arrived, client: completion.client)
    if lane.boundsAnswers, case .bytes(let bytes) = response.body, bytes.count > Self.smallAnswer {
      guard let claim = core.responseBytes.claim(bytes.count) else { return refuse(.noRoom) }
      response.body = .shared(SharedBytes(bytes, claim: claim))
    }
    completion.answer(response)
  }

  func refuse(_ refusal: Lane.Refusal) {
    core.refused(refusal, lane: lane.name)
    completion.answer(core.pipeline.finish(lane.refusal(refusal), for: ticket))
  }

  /// Whether its turn needs not come any more.
  func isOver(at now: Instant) -> Bool {
    if completion.client.isGone { return true }
    guard let patience = lane.patience else { return false }
    let end = end.withLock { end in
      if case .unknown = end {
        let limit = core.pipeline.outline(ticket, body: body, arrived: arrived, client: completion.client).flatMap(patience)
        end = limit.map { .at(arrived + $0) } ?? .never
      }
      return end
    }
    if case .at(let end) = end { return now >= end }
    return false
  }

  /// Answers what was taken out of the queue.
  func abandon() {
    if completion.client.isGone {
      core.left(lane: lane.name)
      completion.answer(.busy("the client has gone"))
    } else {
      refuse(.late)
    }
  }
}

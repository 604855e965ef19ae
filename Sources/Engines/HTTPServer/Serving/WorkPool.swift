import SeriesModel
import Threading

/// Threads that run handlers which may wait.
final class WorkPool: Sendable {
  private struct State {
    var queue: FairQueue<WaitingRequest>
    var stopping = false
  }

  private let state: Monitor<State>
  private let threads: [WorkThread]
  private let laneWidth: Int
  private let lanePlaces: Int

  /// - Parameters:
  ///   - laneWidth: threads that a lane may hold unless it says itself; one thread always stays free of any single lane.
  ///   - capacity: requests that may wait; more are refused.
  init(threads count: Int, laneWidth: Int? = nil, capacity: Int) {
    let state = Monitor(State(queue: FairQueue(capacity: capacity)))
    self.state = state
    self.laneWidth = max(1, min(laneWidth ?? .max, count - 1))
    lanePlaces = max(1, capacity / 2)
    threads = (0..<count).compactMap { number in WorkThread("http-work-\(number)") { Self.work(state) } }
    precondition(!threads.isEmpty, "no thread of \(count) could be started")
  }

  /// `false`: full, or stopping.
  func submit(_ request: WaitingRequest) -> Bool {
    let lane = request.lane
    let bounds = FairQueue<WaitingRequest>.Bounds(
      width: max(1, min(lane.width ?? laneWidth, max(1, threads.count - 1))), places: lane.places ?? lanePlaces)
    let accepted = state.withLock { !$0.stopping && $0.queue.push(request, lane: lane.name, bounds, client: request.client) }
    if accepted { state.notifyOne() }
    return accepted
  }

  var waiting: Int { state.withLock { $0.queue.count } }

  func load(of lane: String) -> (running: Int, waiting: Int) { state.withLock { $0.queue.load(of: lane) } }

  /// Answers those whose turn needs not come any more.
  func sweep(at now: Instant) {
    // Asked outside the lock: the first time it costs as much as reading the request.
    let over = Set(state.withLock { $0.queue.waiting }.filter { $0.isOver(at: now) }.map(ObjectIdentifier.init))
    if over.isEmpty { return }
    for request in state.withLock({ $0.queue.remove { over.contains(ObjectIdentifier($0)) } }) { request.abandon() }
  }

  /// Does what is queued, then ends the threads. Without `joining` it does not wait for work that hangs.
  func stop(joining: Bool) {
    state.withLock { $0.stopping = true }
    state.notifyAll()
    if joining { for thread in threads { thread.join() } }
  }

  private static func work(_ state: Monitor<State>) {
    enum Turn { case work(WaitingRequest, lane: String), end }
    var done: String?
    while true {
      let turn: Turn = state.wait { state in
        // A thread that frees a place in its lane takes the next work itself, so nobody else needs to be woken for it.
        if let lane = done.take() { state.queue.finished(lane: lane) }
        if let next = state.queue.pop() { return .work(next.work, lane: next.lane) }
        return state.stopping ? .end : nil
      }
      guard case .work(let request, let lane) = turn else { return }
      request.run()
      done = lane
    }
  }
}

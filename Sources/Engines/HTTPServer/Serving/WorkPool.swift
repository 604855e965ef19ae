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
  ///   - lanePlaces: requests of a lane that may wait unless it says itself.
  ///   - capacity: requests that may wait; more are refused.
  init(threads count: Int, laneWidth: Int? = nil, lanePlaces: Int? = nil, capacity: Int) {
    let state = Monitor(State(queue: FairQueue(capacity: capacity)))
    self.state = state
    self.laneWidth = max(1, min(laneWidth ?? .max, count - 1))
    self.lanePlaces = lanePlaces ?? max(1, capacity / 2)
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

  /// Does what is queued, then ends the threads. Without `joining` it forgets what is queued, and does not wait for work that hangs.
  func stop(joining: Bool) {
    state.withLock { state in
      state.stopping = true
      if !joining { _ = state.queue.remove { _ in true } }
    }
    state.notifyAll()
    if joining { for thread in threads { thread.join() } }
  }

  private static func work(_ state: Monitor<State>) {
    typealias Turn = (work: WaitingRequest, lane: String, client: String)
    var done: Turn?
    while true {
      let turn: Turn?? = state.wait { state in
        // A thread that frees a place in its lane takes the next work itself, so nobody else needs to be woken for it.
        if let done = done.take() { state.queue.finished(lane: done.lane, client: done.client) }
        if let next = state.queue.pop() { return .some(next) }
        return state.stopping ? .some(nil) : nil
      }
      guard let turn = turn ?? nil else { return }
      turn.work.run()
      done = turn
    }
  }
}

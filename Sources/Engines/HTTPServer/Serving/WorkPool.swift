import Threading

/// Named threads that do what handlers may wait for.
final class WorkPool: Sendable {
  private struct State {
    var queue: FairQueue<@Sendable () -> Void>
    var stopping = false
  }

  private let state: Monitor<State>
  private let threads: [WorkThread]

  /// - Parameter capacity: pieces of work that may wait; more are refused.
  init(threads count: Int, laneWidth: Int? = nil, capacity: Int) {
    // One thread stays free of any single lane.
    let state = Monitor(State(queue: FairQueue(capacity: capacity, width: max(1, min(laneWidth ?? .max, count - 1)))))
    self.state = state
    threads = (0..<count).compactMap { number in WorkThread("http-work-\(number)") { Self.work(state) } }
    precondition(!threads.isEmpty, "no thread of \(count) could be started")
  }

  /// `false`: full, or stopping.
  func submit(lane: String, _ work: @escaping @Sendable () -> Void) -> Bool {
    let accepted = state.withLock { !$0.stopping && $0.queue.push(work, lane: lane) }
    if accepted { state.notifyOne() }
    return accepted
  }

  var waiting: Int { state.withLock { $0.queue.count } }

  /// Does what is queued, then ends the threads. Without `joining` it does not wait for work that hangs.
  func stop(joining: Bool) {
    state.withLock { $0.stopping = true }
    state.notifyAll()
    if joining { for thread in threads { thread.join() } }
  }

  private static func work(_ state: Monitor<State>) {
    enum Turn { case work(@Sendable () -> Void, lane: String), end }
    var done: String?
    while true {
      let turn: Turn = state.wait { state in
        // A thread that frees a place in its lane takes the next work itself, so nobody else needs to be woken for it.
        if let lane = done.take() { state.queue.finished(lane: lane) }
        if let next = state.queue.pop() { return .work(next.work, lane: next.lane) }
        return state.stopping ? .end : nil
      }
      guard case .work(let work, let lane) = turn else { return }
      work()
      done = lane
    }
  }
}

import Threading

/// Threads that send: a few for each lane, started when there is work and ended when there is none.
///
/// A receiver that hangs so holds up its own lane alone. What waits in it finds out by its deadline that it is too late.
package final class NotifierPool: NotifierExecutor {
  private struct Lane {
    var waiting: [@Sendable () -> Void] = []
    var threads = 0
  }

  private struct State {
    var lanes: [Int: Lane] = [:]
    var threads = 0
    var isStopped = false
  }

  private let threadsPerLane: Int
  private let state = Monitor(State())

  package init(threadsPerLane: Int = 16) {
    precondition(threadsPerLane > 0, "\(threadsPerLane) threads send nothing")
    self.threadsPerLane = threadsPerLane
  }

  package func execute(lane: Int, _ job: @escaping @Sendable () -> Void) {
    let startsThread = state.withLock { state in
      if state.isStopped { return false }
      state.lanes[lane, default: Lane()].waiting.append(job)
      guard state.lanes[lane]!.threads < threadsPerLane else { return false }
      state.lanes[lane]!.threads += 1
      state.threads += 1
      return true
    }
    guard startsThread, WorkThread("notify-send", { [self] in work(lane) }) == nil else { return }
    // The system has no more threads: the lane's next job tries again.
    state.withLock { state in
      state.lanes[lane]!.threads -= 1
      state.threads -= 1
    }
    state.notifyAll()
  }

  /// Takes no more jobs, forgets those that wait, and waits until none runs; at most `seconds`.
  ///
  /// - Returns: whether none runs.
  @discardableResult
  package func stop(seconds: Double) -> Bool {
    state.withLock { state in
      state.isStopped = true
      for lane in state.lanes.keys { state.lanes[lane]!.waiting = [] }
    }
    return state.wait(seconds: seconds) { $0.threads == 0 ? true : nil } ?? false
  }

  private func work(_ lane: Int) {
    while let job = next(lane) { job() }
    state.notifyAll()
  }

  /// `nil` ends the thread.
  private func next(_ lane: Int) -> (@Sendable () -> Void)? {
    state.withLock { state in
      if !state.lanes[lane]!.waiting.isEmpty { return state.lanes[lane]!.waiting.removeFirst() }
      state.lanes[lane]!.threads -= 1
      state.threads -= 1
      return nil
    }
  }
}

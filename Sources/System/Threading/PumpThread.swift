/// A thread that takes turns: when the last turn asked for the next one, and whenever it is woken.
package final class PumpThread: Sendable {
  private struct State {
    var isWoken = false
    var isStopping = false
    var isRunning = false
  }

  private let name: String
  private let turn: @Sendable () -> Double
  private let state = Monitor(State())

  /// - Parameter turn: does what is due, and says in how many seconds it wants to be called again.
  package init(_ name: String, turn: @escaping @Sendable () -> Double) {
    self.name = name
    self.turn = turn
  }

  /// Begins with a turn. Once.
  ///
  /// - Returns: whether the system had a thread for it.
  package func start() -> Bool {
    state.withLock { $0.isRunning = true }
    let hasBegun = WorkThread(name, { [self] in work() }) != nil
    if !hasBegun { state.withLock { $0.isRunning = false } }
    return hasBegun
  }

  /// There is something to do.
  package func wake() { state.change { $0.isWoken = true } }

  /// Returns when the turn under way has ended; there is none after it.
  package func stop() {
    state.change { $0.isStopping = true }
    state.wait { $0.isRunning ? nil : () }
  }

  private func work() {
    while !state.withLock({ $0.isStopping }) {
      let seconds = turn()
      // Whoever wakes it while the turn is under way is seen here.
      _ = state.wait(seconds: seconds) { state -> Bool? in
        guard state.isWoken || state.isStopping else { return nil }
        state.isWoken = false
        return true
      }
    }
    state.change { $0.isRunning = false }
  }
}

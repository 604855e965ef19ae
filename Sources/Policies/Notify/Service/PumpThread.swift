import SeriesModel

/// A thread that runs a pump whenever it wants to be run.
final class PumpThread: Sendable {
  private struct State {
    var isWoken = false
    var isStopping = false
    var hasEnded = false
  }

  private let pump: any Pump
  private let clock: any TimeSource
  private let state = Monitor(State())

  init(_ pump: any Pump, clock: any TimeSource) {
    self.pump = pump
    self.clock = clock
  }

  /// - Returns: whether the system had a thread for it.
  func start() -> Bool { WorkThread.start { [self] in work() } }

  /// The pump has something to do.
  func wake() {
    state.withLock { $0.isWoken = true }
    state.notifyAll()
  }

  /// Waits until the turn under way has ended. Call it only after a successful ``start()``.
  func stop() {
    state.withLock { $0.isStopping = true }
    state.notifyAll()
    state.wait { $0.hasEnded ? () : nil }
  }

  private func work() {
    while !state.withLock({ $0.isStopping }) {
      let next = pump.run(through: clock.monotonic())
      // Whatever comes after this line is seen by the wait.
      let seconds = next.map { max(0, $0 - clock.monotonic()) } ?? 3600
      _ = state.wait(seconds: seconds) { state -> Bool? in
        guard state.isWoken || state.isStopping else { return nil }
        state.isWoken = false
        return true
      }
    }
    state.withLock { $0.hasEnded = true }
    state.notifyAll()
  }
}

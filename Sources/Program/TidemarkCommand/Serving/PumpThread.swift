import Foundation
import SeriesModel

/// A thread that calls a pump whenever it wants to be called, until it is stopped.
///
/// The condition guards `isStopped`; the thread's reference is only kept for its name.
final class PumpThread: Sendable {
  private let state = PumpThreadState()

  init(_ name: String, _ pump: any Pump, time: any TimeSource) {
    let state = state
    let thread = Thread {
      while !state.isStopped {
        let next = pump.run(through: time.monotonic())
        let seconds = next.map { max(0, $0 - time.monotonic()) } ?? 1
        state.wait(seconds: min(seconds, 60))
      }
      state.ended()
    }
    thread.name = name
    thread.start()
  }

  /// Returns when the pump's last call has ended.
  func stop() { state.stop() }
}

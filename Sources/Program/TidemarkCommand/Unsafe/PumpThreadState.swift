import Foundation

/// What a pump's thread and its owner tell each other.
// Invariant: every stored variable is read and written with `condition` locked.
final class PumpThreadState: @unchecked Sendable {
  private let condition = NSCondition()
  private var stopped = false
  private var finished = false

  var isStopped: Bool { condition.withLock { stopped } }

  func wait(seconds: Double) {
    condition.withLock {
      guard !stopped, seconds > 0 else { return }
      _ = condition.wait(until: Date(timeIntervalSinceNow: seconds))
    }
  }

  func ended() {
    condition.withLock {
      finished = true
      condition.broadcast()
    }
  }

  func stop() {
    condition.withLock {
      stopped = true
      condition.broadcast()
      while !finished { condition.wait() }
    }
  }
}

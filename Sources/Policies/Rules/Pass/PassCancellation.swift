import PromQLEngine
import SeriesModel
import Threading

/// Ends a pass early: its query and those that would follow. Each query has its time limit.
final class PassCancellation: Sendable {
  private struct State {
    var isCanceled = false
    var running: Cancellation?
  }

  let time: any TimeSource
  private let limit: PromDuration
  private let state = BlockingLock(State())

  init(time: any TimeSource, queryTimeout: PromDuration) {
    self.time = time
    limit = queryTimeout
  }

  var isCanceled: Bool { state.withLock { $0.isCanceled } }

  func cancel() {
    state.withLock {
      $0.isCanceled = true
      $0.running?.cancel()
    }
  }

  /// For the next query.
  func query() -> Cancellation {
    let next = Cancellation(deadline: time.monotonic() + limit, by: time)
    state.withLock {
      if $0.isCanceled { next.cancel() }
      $0.running = next
    }
    return next
  }
}

import SeriesModel
import Threading

/// The clock of a program that begins with a history: it shows what it is told until the history has ended, and another's time from then on.
///
/// Monotonic readings are always the other's, so threads wait as long as ever.
package final class HistoryTime: TimeSource {
  private let told: BlockingLock<Timestamp?>
  private let next: any TimeSource

  /// - Parameter start: what it shows at first; `nil`: the other's time, until ``set(_:)`` is called.
  package init(_ start: Timestamp? = nil, then next: any TimeSource) {
    told = BlockingLock(start)
    self.next = next
  }

  package func now() -> Timestamp { told.withLock(\.self) ?? next.now() }
  package func monotonic() -> Instant { next.monotonic() }

  /// It stands still at `time` until it is told something else.
  package func set(_ time: Timestamp) { told.withLock { $0 = time } }

  /// From now on it is the other's time.
  package func end() { told.withLock { $0 = nil } }
}

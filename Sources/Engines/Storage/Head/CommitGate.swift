import Threading

/// Numbers the batches, and knows which of them living views see.
final class CommitGate: Sendable {
  private struct State: Sendable {
    /// The last complete batch.
    var committed: UInt64 = 0
    /// Living views by the batch they carry.
    var views: [UInt64: Int] = [:]
  }

  private let state = BlockingLock(State())

  /// The number of the next batch, and the least number that a living view or the next one carries. Only one batch is under way at a time.
  func begin() -> (batch: UInt64, oldestView: UInt64) {
    state.withLock { ($0.committed + 1, min($0.committed, $0.views.keys.min() ?? .max)) }
  }

  /// From here on views see the batch. `publish` runs in the same instant: no view is made meanwhile.
  func commit(_ batch: UInt64, publish: () -> Void) {
    state.withLock {
      publish()
      $0.committed = batch
    }
  }

  func enter() -> UInt64 {
    state.withLock {
      $0.views[$0.committed, default: 0] += 1
      return $0.committed
    }
  }

  func leave(_ batch: UInt64) {
    state.withLock {
      if $0.views[batch] == 1 { $0.views[batch] = nil } else { $0.views[batch]! -= 1 }
    }
  }
}

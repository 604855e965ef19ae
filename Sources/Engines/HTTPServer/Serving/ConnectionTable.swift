import SeriesModel
import Synchronization
import Threading

/// All open connections. Descriptors are shut down only under the lock that closing a connection takes, so none is hit after its reuse.
final class ConnectionTable: Sendable {
  private let records = BlockingLock<[ObjectIdentifier: ConnectionRecord]>([:])
  let reaped = Atomic<Int>(0)
  let limit: Int

  init(limit: Int) { self.limit = limit }

  var count: Int { records.withLock { $0.count } }

  func insert(_ record: ConnectionRecord) { records.withLock { $0[ObjectIdentifier(record)] = record } }
  func remove(_ record: ConnectionRecord) { _ = records.withLock { $0.removeValue(forKey: ObjectIdentifier(record)) } }

  /// Cuts what is overdue and tells workers whose clients have gone.
  func sweep(at now: Instant, under patience: ConnectionPatience) {
    let all = records.withLock { Array($0.values) }
    // The places are divided among the server's threads, and one may be full before the others.
    let pressed = all.count * 4 > limit * 3
    for record in all {
      if record.isOverdue(at: now, under: patience, pressed: pressed)
        || record.isStalled(at: now, for: patience.transferTime.seconds)
      {
        cut(record)
      }
      if record.phase == .working, let client = record.client.withLock({ $0 }), Socket.hasHungUp(record.descriptor) {
        client.leave()
      }
    }
  }

  /// Ends connections that have no request in hand.
  func cutIdle() {
    for record in records.withLock({ Array($0.values) }) where [.fresh, .idle].contains(record.phase) {
      cut(record, counted: false)
    }
  }

  func cutAll() {
    for record in records.withLock({ Array($0.values) }) { cut(record, counted: false) }
  }

  private func cut(_ record: ConnectionRecord, counted: Bool = true) {
    records.withLock { records in
      guard records[ObjectIdentifier(record)] != nil, !record.cut.exchange(true, ordering: .relaxed) else { return }
      if counted { reaped.add(1, ordering: .relaxed) }
      Socket.shutDown(record.descriptor)
    }
  }
}

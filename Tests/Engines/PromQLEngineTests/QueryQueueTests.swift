import Foundation
@testable import PromQLEngine
import SeriesModel
import Synchronization
import Testing

/// Threads of their own: those of a pool would wait for each other.
private final class Threads: Sendable {
  private let group = DispatchGroup()

  func start(_ body: @escaping @Sendable () -> Void) {
    group.enter()
    Thread.detachNewThread {
      body()
      self.group.leave()
    }
  }

  func join() { #expect(group.wait(timeout: .now() + 20) == .success) }
}

@Suite(.serialized) struct QueryQueueTests {
  /// Keeps the queue's only place until it is told.
  private func occupy(_ queue: QueryQueue, while body: () throws -> Void) rethrows {
    let (entered, leave) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let threads = Threads()
    threads.start {
      try? queue.run(for: "first") { () throws(QueryError) in
        entered.signal()
        leave.wait()
      }
    }
    #expect(entered.wait(timeout: .now() + 20) == .success)
    defer {
      leave.signal()
      threads.join()
    }
    try body()
  }

  private func waitUntil(_ holds: () -> Bool) {
    for _ in 0..<2000 where !holds() { usleep(1000) }
    #expect(holds())
  }

  @Test func `so many run at a time and no more`() {
    let queue = QueryQueue(width: 3, capacity: 100)
    let most = Mutex((now: 0, most: 0))
    let threads = Threads()
    for i in 0..<24 {
      threads.start {
        try? queue.run(for: "\(i % 4)") { () throws(QueryError) in
          most.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
          }
          usleep(1000)
          most.withLock { $0.now -= 1 }
        }
      }
    }
    threads.join()
    #expect(most.withLock { $0.most } <= 3)
    #expect(queue.counts == QueryQueue.Counts(running: 0, waiting: 0, admitted: 24, refused: 0))
  }

  @Test func `clients take turns, however much one asks`() {
    let queue = QueryQueue(width: 1, capacity: 100)
    let order = Mutex<[String]>([])
    let all = Threads()
    occupy(queue) {
      for (i, client) in ["greedy", "greedy", "greedy", "greedy", "modest", "modest"].enumerated() {
        all.start {
          try? queue.run(for: client) { () throws(QueryError) in order.withLock { $0.append(client) } }
        }
        waitUntil { queue.counts.waiting == i + 1 }
      }
    }
    all.join()
    #expect(order.withLock { $0 } == ["greedy", "modest", "greedy", "modest", "greedy", "greedy"])
  }

  @Test func `who is canceled, or late, leaves the line`() {
    let queue = QueryQueue(width: 1, capacity: 100)
    let time = ManualTime()
    let (canceled, late) = (Cancellation(), Cancellation(deadline: time.monotonic() + .seconds(1), by: time))
    let errors = Mutex<Set<QueryError>>([])
    let all = Threads()
    occupy(queue) {
      for (i, cancellation) in [canceled, late].enumerated() {
        all.start {
          do throws(QueryError) {
            try queue.run(until: cancellation) { () throws(QueryError) in }
          } catch {
            _ = errors.withLock { $0.insert(error) }
          }
        }
        waitUntil { queue.counts.waiting == i + 1 }
      }
      canceled.cancel()
      waitUntil { queue.counts.waiting == 1 }
      time.advance(by: .seconds(2))
      waitUntil { queue.counts.waiting == 0 }
      all.join()
    }
    #expect(
      errors.withLock { $0 } == [.canceled("query was canceled in query queue"), .timeout("query timed out in query queue")])
  }

  @Test func `a line that is too long is refused`() {
    let queue = QueryQueue(width: 1, capacity: 2)
    let all = Threads()
    occupy(queue) {
      all.start { try? queue.run(for: "a") { () throws(QueryError) in } }
      waitUntil { queue.counts.waiting == 1 }
      // Half of the line is one client's most.
      #expect(throws: QueryError.execution("too many queries wait already: query.max-waiting is 2")) {
        try queue.run(for: "a") { () throws(QueryError) in }
      }
    }
    all.join()
    #expect(queue.counts.refused == 1)
  }

  @Test func `a query that fails gives its place back`() {
    let queue = QueryQueue(width: 1)
    for _ in 0..<3 {
      #expect(throws: QueryError.execution("no")) { try queue.run { () throws(QueryError) in throw .execution("no") } }
    }
    #expect(queue.counts.running == 0)
  }
}

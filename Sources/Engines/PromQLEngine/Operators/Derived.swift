import Threading

/// Keeps what was last derived from a series set (or two): grouping tables, join maps, output label sets. Rules ask with the same set in every pass.
final class Derived<Value: Sendable>: Sendable {
  private struct Entry: Sendable {
    var first: SeriesSet
    var second: SeriesSet?
    var value: Value
  }
  private let entry = BlockingLock<Entry?>(nil)

  func value(of first: SeriesSet, _ second: SeriesSet? = nil, make: () throws(QueryError) -> Value) throws(QueryError) -> Value {
    if let kept = entry.withLock({ $0 }), kept.first === first, kept.second === second { return kept.value }
    // Made outside the lock: two threads may both make it, and either is right.
    let value = try make()
    entry.withLock { $0 = Entry(first: first, second: second, value: value) }
    return value
  }
}

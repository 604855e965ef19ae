import SeriesModel

/// What is to happen when, soonest first; of equal times what was added first.
///
/// - Complexity: O(log n) to add and to take.
struct DeadlineQueue<Element: Sendable>: Sendable {
  private struct Entry: Sendable {
    var at: Instant
    var order: UInt64
    var element: Element

    static func < (a: Entry, b: Entry) -> Bool { a.at < b.at || a.at == b.at && a.order < b.order }
  }

  /// A binary heap.
  private var entries: [Entry] = []
  private var added: UInt64 = 0

  var count: Int { entries.count }
  var first: (at: Instant, element: Element)? { entries.first.map { ($0.at, $0.element) } }

  mutating func add(_ element: Element, at time: Instant) {
    entries.append(Entry(at: time, order: added, element: element))
    added += 1
    var i = entries.count - 1
    while i > 0, entries[i] < entries[(i - 1) / 2] {
      entries.swapAt(i, (i - 1) / 2)
      i = (i - 1) / 2
    }
  }

  mutating func removeFirst() {
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    var i = 0
    while true {
      var least = i
      for child in [2 * i + 1, 2 * i + 2] where child < entries.count && entries[child] < entries[least] { least = child }
      if least == i { return }
      entries.swapAt(i, least)
      i = least
    }
  }
}

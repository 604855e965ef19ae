/// What will happen in an orchestration.
enum Occurrence: Hashable, Sendable {
  /// A workflow's next run starts.
  case start(workflow: Int)
  /// A run whose last attempt failed starts again.
  case restart(run: Int)
  /// A run's agent has finished, or its next one may begin.
  case advance(run: Int)
  /// Somebody decides on a run.
  case decide(run: Int)
  /// An agent makes way for another.
  case replaceAgent
  /// A queue loses a message.
  case loseMessage
  case report(Report)
}

/// What is told at fixed intervals.
enum Report: Hashable, Sendable {
  case queueCounts(lane: Int)
  case queueSample(lane: Int)
  case tierSample(tier: Int)
  case taskCounts
}

/// Occurrences by time; those of one millisecond in the order in which they were added. A binary heap.
struct Agenda: Sendable {
  private struct Entry: Sendable {
    var time: Int64
    var order: UInt64
    var what: Occurrence

    static func < (a: Entry, b: Entry) -> Bool { a.time != b.time ? a.time < b.time : a.order < b.order }
  }

  private var heap: [Entry] = []
  private var added: UInt64 = 0

  mutating func add(_ what: Occurrence, at time: Int64) {
    heap.append(Entry(time: time, order: added, what: what))
    added += 1
    rise(heap.count - 1)
  }

  /// The next occurrence not after `limit`.
  mutating func next(through limit: Int64) -> (time: Int64, what: Occurrence)? {
    guard let first = heap.first, first.time <= limit else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink(0)
    }
    return (first.time, first.what)
  }

  /// Gives occurrences another time; `nil`: that of before.
  mutating func move(_ time: (Occurrence) -> Int64?) {
    for i in heap.indices { heap[i].time = time(heap[i].what) ?? heap[i].time }
    for i in heap.indices.reversed() { sink(i) }
  }

  private mutating func rise(_ start: Int) {
    var i = start
    let entry = heap[i]
    while i > 0 {
      let parent = (i - 1) / 2
      guard entry < heap[parent] else { break }
      heap[i] = heap[parent]
      i = parent
    }
    heap[i] = entry
  }

  private mutating func sink(_ start: Int) {
    var i = start
    let entry = heap[i]
    while true {
      var child = 2 * i + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < entry else { break }
      heap[i] = heap[child]
      i = child
    }
    heap[i] = entry
  }
}

import SeriesModel

/// A head as it stood when the view was made: all batches complete by then, nothing of later ones.
///
/// What grows too old meanwhile is missing from it; a series that was removed has an empty row.
final class HeadView: SeriesView {
  let generation: UInt64
  private let head: Head
  private let batch: UInt64

  init(_ head: Head) {
    self.head = head
    batch = head.gate.enter()
    generation = head.index.read { $0.generation }
  }

  deinit { head.gate.leave(batch) }

  func select(_ matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> SeriesSelection {
    try head.index.read { (index: LabelIndex) throws(SourceError) -> SeriesSelection in
      let found = head.order.sort(try places(matchers, span, limit, index), in: index)
      return SeriesSelection(refs: found.map { index.refs[Int($0)] }, labels: found.map { index.labels[Int($0)] })
    }
  }

  /// Places rise with arrival; only where one has been given out again it is looked at twice.
  func selectByArrival(_ matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> SeriesSelection {
    try head.index.read { (index: LabelIndex) throws(SourceError) -> SeriesSelection in
      let found = try places(matchers, span, limit, index)
      return SeriesSelection(refs: found.map { index.refs[Int($0)] }, labels: found.map { index.labels[Int($0)] })
    }.sortedByArrival()
  }

  func read(_ series: Span<SeriesRef>, in span: TimeSpan, into columns: inout SampleColumns) throws(SourceError) {
    for i in series.indices {
      let snapshot = head.shelves.with(series[i]) { $0.snapshot(at: batch) }
      snapshot?.append(from: span.start.milliseconds, through: span.end.milliseconds, to: &columns)
      columns.endRow()
    }
  }

  func readLatest(_ series: Span<SeriesRef>, in span: TimeSpan, into columns: inout SampleColumns) throws(SourceError) {
    let (start, end) = (span.start.milliseconds, span.end.milliseconds)
    for i in series.indices {
      // Fast path: the newest sample of the series is the one that is wanted, and stands outside of the chunk's bits.
      let newest = head.shelves.with(series[i]) { $0.newest(at: batch) } ?? nil
      if let newest, newest.time <= end {
        if newest.time >= start { columns.append(newest.time, newest.value) }
      } else if let snapshot = head.shelves.with(series[i], { $0.snapshot(at: batch) }) {
        let first = columns.timestamps.count
        snapshot.append(from: start, through: end, to: &columns)
        columns.keepLast(from: first)
      }
      columns.endRow()
    }
  }

  /// The head keeps no summaries: its chunks are short, and an open one changes with every sample.
  func summarize(_ series: Span<SeriesRef>, in span: TimeSpan, into summaries: inout [SeriesSummary]) throws(SourceError) -> Bool {
    false
  }

  func labelValues(_ name: String, where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String] {
    try head.index.read { (index: LabelIndex) throws(SourceError) -> [String] in
      var values: Set<ExactText> = []
      for place in try places(matchers, span, .max, index) {
        if let value = index.labels[Int(place)][name] { values.insert(ExactText(value)) }
      }
      return Self.sorted(values, limit)
    }
  }

  func labelNames(where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String] {
    try head.index.read { (index: LabelIndex) throws(SourceError) -> [String] in
      var names: Set<ExactText> = []
      for place in try places(matchers, span, .max, index) {
        let set = index.labels[Int(place)]
        set.forEachRange { name, _ in names.insert(ExactText(set.text(name))) }
      }
      return Self.sorted(names, limit)
    }
  }

  private func places(_ matchers: [Matcher], _ span: TimeSpan, _ limit: Int, _ index: LabelIndex) throws(SourceError) -> [UInt32] {
    let found = index.places(matchers).filter { index.born[Int($0)] <= generation }
    // All of time: a series that has no sample yet may get one.
    let alive = span == .all ? found : head.shelves.overlapping(found, span.start.milliseconds, span.end.milliseconds)
    guard alive.count <= limit else { throw .tooManySeries(limit: limit) }
    return alive
  }

  private static func sorted(_ texts: Set<ExactText>, _ limit: Int) -> [String] {
    Array(texts.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(limit))
  }
}

extension SampleColumns {
  /// Of the samples from `first` on, leaves only the last.
  fileprivate mutating func keepLast(from first: Int) {
    let surplus = timestamps.count - first - 1
    if surplus <= 0 { return }
    timestamps[first] = timestamps[first + surplus]
    values[first] = values[first + surplus]
    timestamps.removeLast(surplus)
    values.removeLast(surplus)
  }
}

extension SeriesShelves {
  /// Those of the places whose series may have samples in the span; neighbours under one turn of their lock.
  func overlapping(_ places: [UInt32], _ start: Int64, _ end: Int64) -> [UInt32] {
    var kept: [UInt32] = []
    kept.reserveCapacity(places.count)
    var i = 0
    while i < places.count {
      let number = Self.shelf(places[i])
      var next = i + 1
      while next < places.count, next - i < 256, Self.shelf(places[next]) == number { next += 1 }
      kept += shelf(of: places[i]).series.withLock { series in
        places[i..<next].filter { series[Self.index($0)].overlaps(start, end) }
      }
      i = next
    }
    return kept
  }
}

import SeriesModel

/// What a rule of a pass reads: the source as it was when the pass began, and what earlier rules of the pass wrote.
///
/// - The generation is the source's as long as no rule added a series; references of the source's series stay good.
/// - A view does not change: the next rule gets another one.
final class OverlayView: SeriesView {
  private let source: any SeriesView
  private let overlay: PassOverlay

  init(_ source: any SeriesView, _ overlay: PassOverlay) {
    self.source = source
    self.overlay = overlay
  }

  var generation: UInt64 { overlay.generation }

  func select(_ matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> SeriesSelection {
    let found = try source.select(matchers, in: span, limit: limit)
    let own = span.contains(overlay.time) ? overlay.matching(matchers) : []
    if own.isEmpty { return found }
    var all = SeriesSelection()
    var next = 0
    for i in own {
      let labels = overlay.entries[i].labels
      while next < found.count, found.labels[next] < labels { all.append(found, next); next += 1 }
      // The source has samples of it in the span, too.
      if next < found.count, found.labels[next] == labels { continue }
      all.refs.append(overlay.reference(of: i))
      all.labels.append(labels)
    }
    while next < found.count { all.append(found, next); next += 1 }
    guard all.count <= limit else { throw .tooManySeries(limit: limit) }
    return all
  }

  func read(_ series: Span<SeriesRef>, in span: TimeSpan, into columns: inout SampleColumns) throws(SourceError) {
    guard span.contains(overlay.time), touches(series) else { return try source.read(series, in: span, into: &columns) }
    var read = SampleColumns()
    try source.read(sourced(series).span, in: span, into: &read)
    var row = 0
    for i in series.indices {
      let isOwn = OverlayNumbers.index(of: series[i]) != nil
      append(isOwn ? 0..<0 : read.row(row), of: read, overlay.entry(of: series[i])?.value, to: &columns)
      if !isOwn { row += 1 }
    }
  }

  func readLatest(_ series: Span<SeriesRef>, in span: TimeSpan, into columns: inout SampleColumns) throws(SourceError) {
    guard span.contains(overlay.time), touches(series) else { return try source.readLatest(series, in: span, into: &columns) }
    var read = SampleColumns()
    try source.readLatest(sourced(series).span, in: span, into: &read)
    var row = 0
    for i in series.indices {
      let isOwn = OverlayNumbers.index(of: series[i]) != nil
      let last = isOwn ? nil : read.row(row).last
      if !isOwn { row += 1 }
      if let last, read.timestamps[last] >= overlay.time.milliseconds {
        columns.append(read.timestamps[last], read.values[last])
      } else if let value = overlay.entry(of: series[i])?.value {
        columns.append(overlay.time.milliseconds, value)
      } else if let last {
        columns.append(read.timestamps[last], read.values[last])
      }
      columns.endRow()
    }
  }

  func summarize(_ series: Span<SeriesRef>, in span: TimeSpan, into summaries: inout [SeriesSummary]) throws(SourceError) -> Bool {
    if span.contains(overlay.time), touches(series) { return false }
    return try source.summarize(series, in: span, into: &summaries)
  }

  func labelValues(_ name: String, where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String] {
    let own = span.contains(overlay.time) ? overlay.matching(matchers).compactMap { overlay.entries[$0].labels[name] } : []
    if own.isEmpty { return try source.labelValues(name, where: matchers, in: span, limit: limit) }
    return Self.sorted(try source.labelValues(name, where: matchers, in: span, limit: .max) + own, limit)
  }

  func labelNames(where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String] {
    let own =
      span.contains(overlay.time) ? overlay.matching(matchers).flatMap { overlay.entries[$0].labels.labels.map(\.name) } : []
    if own.isEmpty { return try source.labelNames(where: matchers, in: span, limit: limit) }
    return Self.sorted(try source.labelNames(where: matchers, in: span, limit: .max) + own, limit)
  }
}

extension OverlayView {
  private func touches(_ series: Span<SeriesRef>) -> Bool {
    if overlay.entries.isEmpty { return false }
    for i in series.indices where overlay.entry(of: series[i]) != nil { return true }
    return false
  }

  /// Those that the source gave out.
  private func sourced(_ series: Span<SeriesRef>) -> [SeriesRef] {
    var refs: [SeriesRef] = []
    refs.reserveCapacity(series.count)
    for i in series.indices where OverlayNumbers.index(of: series[i]) == nil { refs.append(series[i]) }
    return refs
  }

  /// Appends a row of the source with the pass' sample in its place; a sample that the source has at that time stays.
  private func append(_ row: Range<Int>, of read: SampleColumns, _ value: Double?, to columns: inout SampleColumns) {
    let time = overlay.time.milliseconds
    var value = value
    for i in row {
      if let own = value, read.timestamps[i] >= time {
        if read.timestamps[i] > time { columns.append(time, own) }
        value = nil
      }
      columns.append(read.timestamps[i], read.values[i])
    }
    if let value { columns.append(time, value) }
    columns.endRow()
  }

  private static func sorted(_ texts: [String], _ limit: Int) -> [String] {
    Array(Set(texts).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(limit))
  }
}

extension SeriesSelection {
  fileprivate mutating func append(_ other: SeriesSelection, _ i: Int) {
    refs.append(other.refs[i])
    labels.append(other.labels[i])
  }
}

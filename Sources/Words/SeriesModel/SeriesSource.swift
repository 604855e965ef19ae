/// A series' number in the source that gave it out. Stable while the source lives.
@frozen
public struct SeriesRef: Hashable, Comparable, Sendable {
  public var raw: UInt64
  @inlinable public init(_ raw: UInt64) { self.raw = raw }
  @inlinable public static func < (a: SeriesRef, b: SeriesRef) -> Bool { a.raw < b.raw }
}

/// Series that satisfy some matchers, sorted by label set. Both arrays have the same length.
public struct SeriesSelection: Sendable {
  public var refs: [SeriesRef]
  public var labels: [LabelSet]
  public init(refs: [SeriesRef] = [], labels: [LabelSet] = []) {
    self.refs = refs
    self.labels = labels
  }
  public var count: Int { refs.count }
}

/// Samples of several series as two long columns: row `i` is `offsets[i]..<offsets[i + 1]`, oldest first, staleness markers included.
///
/// The caller keeps one and reuses it; `reset` keeps the memory.
public struct SampleColumns: Sendable {
  public var timestamps: [Int64] = []
  public var values: [Double] = []
  /// One more than there are rows.
  public var offsets: [Int] = [0]

  public init() {}

  public var rowCount: Int { offsets.count - 1 }
  @inlinable public func row(_ i: Int) -> Range<Int> { offsets[i]..<offsets[i + 1] }

  public mutating func reset() {
    timestamps.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
  }

  @inlinable public mutating func append(_ timestamp: Int64, _ value: Double) {
    timestamps.append(timestamp)
    values.append(value)
  }

  /// Ends the row that the last appended samples make up.
  public mutating func endRow() { offsets.append(timestamps.count) }
}

/// What a range function over a long window needs of a series without its samples; see the storage's per-chunk summaries.
public struct SeriesSummary: Hashable, Sendable {
  public var count: Int
  public var first: Sample
  public var last: Sample
  public var sum: Double
  public var minimum: Double
  public var maximum: Double
  /// What counter resets took away, summed.
  public var resetCorrection: Double
  public var changes: Int

  public init(
    count: Int, first: Sample, last: Sample, sum: Double, minimum: Double, maximum: Double, resetCorrection: Double, changes: Int
  ) {
    self.count = count
    self.first = first
    self.last = last
    self.sum = sum
    self.minimum = minimum
    self.maximum = maximum
    self.resetCorrection = resetCorrection
    self.changes = changes
  }
}

public enum SourceError: Error, Hashable, Sendable {
  /// More series matched than the caller allows.
  case tooManySeries(limit: Int)
  /// The data could not be read; the text names file and offset or URL.
  case unreadable(String, retryMayHelp: Bool)
}

/// Something that holds series: the head, a directory of blocks, an overlay over both.
public protocol SeriesSource: Sendable {
  /// A consistent view; one per query or rule pass.
  func view() -> any SeriesView
}

public protocol SeriesView: AnyObject, Sendable {
  /// Changes when the set of series does; equal generations select equal series of ``TimeSpan/all``.
  var generation: UInt64 { get }

  /// The series that satisfy all matchers and may have samples in `span`. Throws ``SourceError/tooManySeries(limit:)`` beyond `limit`.
  func select(_ matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> SeriesSelection

  /// The same in rising order of references: as the source got to know them. Cheaper where a source has no sorted index.
  func selectByArrival(_ matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> SeriesSelection

  /// Appends one row per series, in the order given, with its samples in `span` (both ends included), oldest first.
  func read(_ series: Span<SeriesRef>, in span: TimeSpan, into columns: inout SampleColumns) throws(SourceError)

  /// Appends one row per series, in the order given: its newest sample in `span`, or nothing. A staleness marker counts as a sample.
  func readLatest(_ series: Span<SeriesRef>, in span: TimeSpan, into columns: inout SampleColumns) throws(SourceError)

  /// Appends one summary per series over `span`. `false`: there are none, decode instead.
  func summarize(_ series: Span<SeriesRef>, in span: TimeSpan, into summaries: inout [SeriesSummary]) throws(SourceError) -> Bool

  /// Sorted values of a label over the series that satisfy `matchers`.
  func labelValues(_ name: String, where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String]

  /// Sorted names of labels over the series that satisfy `matchers`.
  func labelNames(where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String]
}

extension SeriesSelection {
  /// The same series in rising order of their references.
  public func sortedByArrival() -> SeriesSelection {
    if zip(refs, refs.dropFirst()).allSatisfy({ $0 < $1 }) { return self }
    let order = refs.indices.sorted { refs[$0] < refs[$1] }
    return SeriesSelection(refs: order.map { refs[$0] }, labels: order.map { labels[$0] })
  }
}

extension SeriesView {
  public func selectByArrival(_ matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> SeriesSelection {
    try select(matchers, in: span, limit: limit).sortedByArrival()
  }

  /// Reads all samples of the span and keeps the newest of each row. A source that can do with less has its own.
  public func readLatest(_ series: Span<SeriesRef>, in span: TimeSpan, into columns: inout SampleColumns) throws(SourceError) {
    var all = SampleColumns()
    try read(series, in: span, into: &all)
    for i in 0..<all.rowCount {
      if let last = all.row(i).last { columns.append(all.timestamps[last], all.values[last]) }
      columns.endRow()
    }
  }
}

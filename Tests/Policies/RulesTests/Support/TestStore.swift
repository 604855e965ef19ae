import SeriesModel
import Synchronization

/// Series in memory, as source and sink: views are copies, samples must come in order, readers see whole batches.
final class TestStore: SeriesSource, SampleSink {
  struct Series: Sendable {
    var labels: LabelSet
    var samples: [Sample] = []
  }

  struct State: Sendable {
    var series: [Series] = []
    var byLabels: [LabelSet: Int] = [:]
    var generation: UInt64 = 0
    /// What the next appends and look-ups answer.
    var failure: SinkError?
    var dropped: Set<SeriesRef> = []
    var appends = 0
  }

  let state = Mutex(State())

  func view() -> any SeriesView { state.withLock { TestView($0) } }

  func reference(for labels: LabelSet) throws(SinkError) -> SeriesRef {
    try state.withLock { state throws(SinkError) in
      if let failure = state.failure { throw failure }
      if let i = state.byLabels[labels] {
        state.dropped.remove(SeriesRef(UInt64(i)))
        return SeriesRef(UInt64(i))
      }
      state.byLabels[labels] = state.series.count
      state.series.append(Series(labels: labels))
      state.generation += 1
      return SeriesRef(UInt64(state.series.count - 1))
    }
  }

  func append(_ batch: borrowing SampleBatch) throws(SinkError) -> AppendReport { try append(batch) {} }

  func append(_ batch: borrowing SampleBatch, whenVisible publish: () -> Void) throws(SinkError) -> AppendReport {
    let (refs, times, values) = (batch.refs, batch.timestamps, batch.values)
    return try state.withLock { state throws(SinkError) in
      if let failure = state.failure { throw failure }
      state.appends += 1
      var refused: [(index: Int, why: SampleRefusal)] = []
      for i in refs.indices {
        if let why = state.append(refs[i], Sample(Timestamp(milliseconds: times[i]), values[i])) { refused.append((i, why)) }
      }
      publish()
      return AppendReport(appended: refs.count - refused.count, refused: refused)
    }
  }

  /// The samples of a series as `1m:1 2m:stale`, by minutes.
  func samples(_ labels: LabelSet) -> String {
    state.withLock { state in
      guard let i = state.byLabels[labels] else { return "none" }
      return state.series[i].samples.map {
        let minutes = Double($0.timestamp.milliseconds) / 60_000
        let time = minutes == minutes.rounded() ? "\(Int(minutes))m" : "\($0.timestamp.milliseconds / 1000)s"
        let value = Staleness.isMarker($0.value) ? "stale" : $0.value == $0.value.rounded() ? "\(Int($0.value))" : "\($0.value)"
        return time + ":" + value
      }.joined(separator: " ")
    }
  }

  /// Drops everything, as a head in memory does when the process ends.
  func forget() { state.withLock { $0 = State() } }
}

extension TestStore.State {
  mutating func append(_ ref: SeriesRef, _ sample: Sample) -> SampleRefusal? {
    guard !dropped.contains(ref) else { return .unknownSeries }
    let i = Int(ref.raw)
    if let last = series[i].samples.last, last.timestamp >= sample.timestamp {
      return last.timestamp == sample.timestamp ? .duplicate : .outOfOrder
    }
    series[i].samples.append(sample)
    return nil
  }
}

/// The series as they were.
final class TestView: SeriesView {
  private let state: TestStore.State
  init(_ state: TestStore.State) { self.state = state }

  var generation: UInt64 { state.generation }

  func select(_ matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> SeriesSelection {
    var found: [(ref: SeriesRef, labels: LabelSet)] = []
    for (i, series) in state.series.enumerated() where matchers.allSatisfy({ $0.matches(series.labels) }) {
      guard series.samples.contains(where: { span.contains($0.timestamp) }) else { continue }
      found.append((SeriesRef(UInt64(i)), series.labels))
    }
    found.sort { $0.labels < $1.labels }
    guard found.count <= limit else { throw .tooManySeries(limit: limit) }
    return SeriesSelection(refs: found.map(\.ref), labels: found.map(\.labels))
  }

  func read(_ series: Span<SeriesRef>, in span: TimeSpan, into columns: inout SampleColumns) throws(SourceError) {
    for i in series.indices {
      for sample in state.series[Int(series[i].raw)].samples where span.contains(sample.timestamp) {
        columns.append(sample.timestamp.milliseconds, sample.value)
      }
      columns.endRow()
    }
  }

  func summarize(_ series: Span<SeriesRef>, in span: TimeSpan, into summaries: inout [SeriesSummary]) throws(SourceError) -> Bool {
    false
  }

  func labelValues(_ name: String, where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String] {
    Array(Set(try select(matchers, in: span, limit: .max).labels.compactMap { $0[name] }).sorted().prefix(limit))
  }

  func labelNames(where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String] {
    Array(Set(try select(matchers, in: span, limit: .max).labels.flatMap { $0.labels.map(\.name) }).sorted().prefix(limit))
  }
}

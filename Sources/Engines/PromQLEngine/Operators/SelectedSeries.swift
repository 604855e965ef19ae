import SeriesModel
import Threading

/// The series of one selector.
///
/// A query that is kept looks for them without regard to time, and again only when the view's generation changes: a series that was silent for long, or has no
/// sample yet, may get one without that.
final class SelectedSeries: Sendable {
  struct Found: Sendable {
    var refs: [SeriesRef]
    var set: SeriesSet
  }
  private struct Entry: Sendable {
    var generation: UInt64
    var found: Found
  }

  let matchers: [Matcher]
  private let entry = BlockingLock<Entry?>(nil)

  init(_ matchers: [Matcher]) { self.matchers = matchers }

  func find(_ run: Evaluation, in span: TimeSpan) throws(QueryError) -> Found {
    guard run.isKept else { return try select(run, in: span) }
    let generation = run.view.generation
    if let kept = entry.withLock({ $0 }), kept.generation == generation { return kept.found }
    let found: Found
    do throws(QueryError) { found = try select(run, in: .all) } catch {
      // Of all times there are too many, in this one there may not be.
      guard case .limit(.series, _) = error else { throw error }
      return try select(run, in: span)
    }
    entry.withLock { $0 = Entry(generation: generation, found: found) }
    return found
  }

  private func select(_ run: Evaluation, in span: TimeSpan) throws(QueryError) -> Found {
    let selection: SeriesSelection
    do {
      // The reference's head has series in the order of their arrival, and it shows: in the order of instant results, in which of equal values `topk`
      // takes, in what `limitk` takes, and in which duplicates an error names.
      selection = try run.view.selectByArrival(matchers, in: span, limit: run.options.maxSeries)
    } catch {
      throw QueryError(error)
    }
    return Found(refs: selection.refs, set: SeriesSet(unique: selection.labels))
  }
}

extension SelectedSeries.Found {
  /// Reads the samples of all series, some series at a time, and looks at the clock before each time.
  ///
  /// - Parameters:
  ///   - most: series to read at a time when they have few samples.
  ///   - newestOnly: whether the newest sample of each series is enough.
  ///   - body: gets which of the series they are, and their samples, which it may change.
  func read(
    _ run: Evaluation, in span: TimeSpan, most: Int, newestOnly: Bool = false,
    _ body: (Range<Int>, inout SampleColumns) throws(QueryError) -> Void
  ) throws(QueryError) {
    var columns = run.columns
    run.columns = SampleColumns()
    defer { run.columns = columns }
    var pace = ReadingPace(most: most)
    var start = 0
    while start < refs.count {
      try run.checkpoint()
      let batch = start..<min(start + pace.series, refs.count)
      columns.reset()
      do {
        if newestOnly {
          try run.view.readLatest(refs.span.extracting(batch), in: span, into: &columns)
        } else {
          try run.view.read(refs.span.extracting(batch), in: span, into: &columns)
        }
      } catch {
        throw QueryError(error)
      }
      pace.note(series: batch.count, samples: columns.timestamps.count)
      try body(batch, &columns)
      start = batch.upperBound
    }
  }
}

extension QueryError {
  init(_ error: SourceError) {
    switch error {
    case .tooManySeries(let limit): self = .limit(.series, "query would select more than \(limit) series in query execution")
    case .unreadable(let text, _): self = .internal("expanding series: \(text)")
    }
  }
}

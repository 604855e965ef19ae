import SeriesModel
import Synchronization

/// The series of one selector, found again only when the view's generation changes.
final class SelectedSeries: Sendable {
  struct Found: Sendable {
    var refs: [SeriesRef]
    var set: SeriesSet
  }
  private struct Entry: Sendable {
    var view: ObjectIdentifier?
    var generation: UInt64
    var span: TimeSpan
    var found: Found
  }

  let matchers: [Matcher]
  private let entry = Mutex<Entry?>(nil)

  /// A kept selection covers this much more than was asked for, so that an advancing clock finds it again.
  private static let slack: Int64 = 3_600_000

  init(_ matchers: [Matcher]) { self.matchers = matchers }

  func find(_ run: Evaluation, in span: TimeSpan) throws(QueryError) -> Found {
    let generation = run.view.generation
    if let kept = entry.withLock({ $0 }), kept.generation == generation, kept.span.start <= span.start, span.end <= kept.span.end,
      span.start.milliseconds - kept.span.start.milliseconds <= 2 * Self.slack
    {
      return kept.found
    }
    let wide = TimeSpan(
      from: Timestamp(milliseconds: max(span.start.milliseconds - Self.slack, Timestamp.distantPast.milliseconds)),
      through: .distantFuture)
    let selection: SeriesSelection
    do {
      selection = try run.view.select(matchers, in: wide, limit: run.options.maxSeries)
    } catch {
      throw QueryError(error)
    }
    let found = Found(refs: selection.refs, set: SeriesSet(unique: selection.labels))
    entry.withLock { $0 = Entry(generation: generation, span: wide, found: found) }
    return found
  }
}

extension QueryError {
  init(_ error: SourceError) {
    switch error {
    case .tooManySeries(let limit): self = .execution("query would select more than \(limit) series in query execution")
    case .unreadable(let text, _): self = .internal("expanding series: \(text)")
    }
  }
}

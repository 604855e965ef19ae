import SeriesModel
import Synchronization

/// The series of one selector, found again only when the view's generation changes.
///
/// All that the source has, whenever they had samples: a generation says which series there are, and not when one that was silent has samples again.
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
  private let entry = Mutex<Entry?>(nil)

  init(_ matchers: [Matcher]) { self.matchers = matchers }

  func find(_ run: Evaluation) throws(QueryError) -> Found {
    let generation = run.view.generation
    if let kept = entry.withLock({ $0 }), kept.generation == generation { return kept.found }
    let selection: SeriesSelection
    do {
      selection = try run.view.select(matchers, in: .all, limit: run.options.maxSeries)
    } catch {
      throw QueryError(error)
    }
    let found = Self.inOrderOfArrival(selection)
    entry.withLock { $0 = Entry(generation: generation, found: found) }
    return found
  }

  /// Series in the order in which the source got to know them. The reference's head has them so, and it shows: in the order of instant results, in which of
  /// equal values `topk` takes, in what `limitk` takes, and in which duplicates an error names.
  private static func inOrderOfArrival(_ selection: SeriesSelection) -> Found {
    let refs = selection.refs
    if zip(refs, refs.dropFirst()).allSatisfy({ $0 < $1 }) { return Found(refs: refs, set: SeriesSet(unique: selection.labels)) }
    let order = refs.indices.sorted { refs[$0] < refs[$1] }
    return Found(refs: order.map { refs[$0] }, set: SeriesSet(unique: order.map { selection.labels[$0] }))
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

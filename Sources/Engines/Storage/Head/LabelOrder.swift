import SeriesModel
import Threading

/// The places of a head's series in the order of their label sets, kept from one selection to the next.
///
/// Comparing label sets is what makes a big selection slow; with a standing order it is a walk.
final class LabelOrder: Sendable {
  private struct Standing: Sendable {
    var generation: UInt64 = .max
    var places: [UInt32] = []
    var tenures: [SeriesRef] = []
  }

  private let standing = BlockingLock(Standing())

  /// Brings places in the order of their label sets.
  func sort(_ places: [UInt32], in index: LabelIndex) -> [UInt32] {
    // Few: comparing them costs less than walking over all.
    if places.count * 8 < index.count || places.count < 64 {
      return places.sorted { index.labels[Int($0)] < index.labels[Int($1)] }
    }
    var wanted = PlaceSet(capacity: index.labels.count)
    for place in places { wanted.insert(place) }
    return order(of: index).filter { wanted.contains($0) }
  }

  private func order(of index: LabelIndex) -> [UInt32] {
    standing.withLock { standing in
      if standing.generation == index.generation { return standing.places }
      // A view of an older state cannot come: the index is read under its lock.
      var kept: [UInt32] = []
      var seen = PlaceSet(capacity: index.labels.count)
      for (place, ref) in zip(standing.places, standing.tenures)
      where index.refs[Int(place)] == ref && !index.labels[Int(place)].isEmpty {
        kept.append(place)
        seen.insert(place)
      }
      let fresh = index.everyPlace.filter { !seen.contains($0) }.sorted { index.labels[Int($0)] < index.labels[Int($1)] }
      standing.places = Self.merge(kept, fresh, index)
      standing.tenures = standing.places.map { index.refs[Int($0)] }
      standing.generation = index.generation
      return standing.places
    }
  }

  private static func merge(_ a: [UInt32], _ b: [UInt32], _ index: LabelIndex) -> [UInt32] {
    if a.isEmpty { return b }
    if b.isEmpty { return a }
    var merged: [UInt32] = []
    merged.reserveCapacity(a.count + b.count)
    var i = 0
    for place in b {
      // Where it belongs among the old ones, by halving, so that a few new series cost a few comparisons.
      var low = i
      var high = a.count
      while low < high {
        let middle = (low + high) / 2
        if index.labels[Int(a[middle])] < index.labels[Int(place)] { low = middle + 1 } else { high = middle }
      }
      merged.append(contentsOf: a[i..<low])
      merged.append(place)
      i = low
    }
    merged.append(contentsOf: a[i...])
    return merged
  }
}

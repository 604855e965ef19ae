import SeriesModel

/// The label sets of some rows, worked out once and handed from operator to operator. Its identity is what caches of derived tables go by: a selector
/// yields the same set as long as its view's generation stands, and so do all operators above it.
final class SeriesSet: Sendable {
  let labels: [LabelSet]
  /// Whether a row's metric name goes at the end of the query; empty: no row's. Only used where name removal is delayed.
  let dropsName: [Bool]
  /// Whether two rows have one label set.
  let hasDuplicates: Bool

  static let empty = SeriesSet(unique: [])
  /// One row without labels.
  static let unlabeled = SeriesSet(unique: [.empty])

  var count: Int { labels.count }

  init(_ labels: [LabelSet], dropsName: [Bool] = []) {
    self.labels = labels
    self.dropsName = dropsName
    hasDuplicates = LabelSetTable.hasDuplicates(labels)
  }

  /// From label sets that are known to differ.
  init(unique labels: [LabelSet], dropsName: [Bool] = []) {
    self.labels = labels
    self.dropsName = dropsName
    hasDuplicates = false
  }

  func drops(_ row: Int) -> Bool { dropsName.isEmpty ? false : dropsName[row] }

  /// Some of the rows, in the order given.
  func picking(_ rows: [Int]) -> SeriesSet {
    let labels = rows.map { self.labels[$0] }
    let drops = dropsName.isEmpty ? [] : rows.map { dropsName[$0] }
    return hasDuplicates ? SeriesSet(labels, dropsName: drops) : SeriesSet(unique: labels, dropsName: drops)
  }

  /// The same rows as a function that drops the metric name leaves them: at once, or marked for the end.
  func droppingNames(delayed: Bool) -> SeriesSet {
    if delayed {
      let all = [Bool](repeating: true, count: count)
      return hasDuplicates ? SeriesSet(labels, dropsName: all) : SeriesSet(unique: labels, dropsName: all)
    }
    let dropper = LabelProjection.droppingMetadata
    return SeriesSet(labels.map { dropper.apply($0) })
  }
}

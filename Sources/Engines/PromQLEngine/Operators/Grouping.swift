import SeriesModel

/// Which group each series belongs to, and the groups' label sets. Computed once per series set.
struct Grouping: Sendable {
  /// By row.
  let groups: [Int32]
  let set: SeriesSet

  var count: Int { self.set.count }

  init(_ input: SeriesSet, by names: [String], without: Bool) {
    if !without, names.isEmpty {
      groups = [Int32](repeating: 0, count: input.count)
      set = SeriesSet(unique: input.count == 0 ? [] : [.empty])
      return
    }
    let projection: LabelProjection = without ? .removing(names + [LabelName.metric]) : .keeping(names)
    var table = LabelSetTable()
    var key: [UInt8] = []
    groups = input.labels.map { labels in
      projection.project(labels, into: &key)
      return Int32(table.number(of: key))
    }
    set = SeriesSet(unique: table.sets)
  }

  /// The same groups, each marked to lose its name if a row of it is.
  func marking(_ input: SeriesSet) -> SeriesSet {
    if input.dropsName.isEmpty { return set }
    var drops = [Bool](repeating: false, count: count)
    for (row, group) in groups.enumerated() where input.dropsName[row] { drops[Int(group)] = true }
    return SeriesSet(unique: set.labels, dropsName: drops)
  }
}

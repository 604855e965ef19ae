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
    var groups: [Int32] = []
    groups.reserveCapacity(input.count)
    for labels in input.labels { groups.append(Int32(projection.number(of: labels, in: &table, &key))) }
    self.groups = groups
    set = SeriesSet(unique: table.sets)
  }

  /// The groups of a single step in the order in which their first values come up; `nil`: as they are numbered.
  ///
  /// The reference only sees series that are there.
  func order(of values: [Double]) -> [Int]? {
    var isSeen = [Bool](repeating: false, count: count)
    var order: [Int] = []
    var isRising = true
    for (row, group) in groups.enumerated() where Cell.isPresent(values[row]) && !isSeen[Int(group)] {
      isSeen[Int(group)] = true
      if let last = order.last, last > group { isRising = false }
      order.append(Int(group))
    }
    return isRising ? nil : order
  }

  /// The same groups, each marked to lose its name if a row of it is.
  func marking(_ input: SeriesSet) -> SeriesSet {
    if input.dropsName.isEmpty { return set }
    var drops = [Bool](repeating: false, count: count)
    for (row, group) in groups.enumerated() where input.dropsName[row] { drops[Int(group)] = true }
    return SeriesSet(unique: set.labels, dropsName: drops)
  }
}

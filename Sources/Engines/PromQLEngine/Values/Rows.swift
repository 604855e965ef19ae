import SeriesModel

/// What a vector expression yields: for each series one contiguous row with a cell per step.
struct Rows: Sendable {
  let set: SeriesSet
  let steps: Int
  /// Row `i` is `values[i * steps..<(i + 1) * steps]`.
  var values: [Double]

  init(_ set: SeriesSet, steps: Int, values: [Double]) {
    self.set = set
    self.steps = steps
    self.values = values
  }

  /// Rows in which nothing is.
  init(absent set: SeriesSet, steps: Int) {
    self.init(set, steps: steps, values: [Double](repeating: Cell.absent, count: set.count * steps))
  }

  static func none(steps: Int) -> Rows { Rows(.empty, steps: steps, values: []) }

  var count: Int { self.set.count }

  func replacing(_ set: SeriesSet) -> Rows { Rows(set, steps: steps, values: values) }

  /// How many cells hold a value.
  var presentCount: Int { presentCount(in: values.indices) }

  func presentCount(in range: Range<Int>) -> Int {
    var present = 0
    let cells = values.span
    for i in range where Cell.isPresent(cells[i]) { present += 1 }
    return present
  }

  func isEmpty(_ row: Int) -> Bool {
    let cells = values.span
    for i in row * steps..<(row + 1) * steps where Cell.isPresent(cells[i]) { return false }
    return true
  }

  /// Whether any row holds a value at a step.
  func isPresent(at step: Int) -> Bool {
    let cells = values.span
    var cell = step
    while cell < cells.count {
      if Cell.isPresent(cells[cell]) { return true }
      cell += steps
    }
    return false
  }

  /// Some of the rows, in the order given.
  func picking(_ rows: [Int]) -> Rows {
    if steps == 1 { return Rows(set.picking(rows), steps: 1, values: rows.map { values[$0] }) }
    var picked: [Double] = []
    picked.reserveCapacity(rows.count * steps)
    for row in rows { picked.append(contentsOf: values[row * steps..<(row + 1) * steps]) }
    return Rows(set.picking(rows), steps: steps, values: picked)
  }

  /// Without the rows in which nothing is. Rows of one step keep them, so that their set stays the one that tables are cached for.
  func compacted() -> Rows {
    guard steps != 1 else { return self }
    let full = (0..<count).filter { !isEmpty($0) }
    return full.count == count ? self : picking(full)
  }

  // MARK: Equal label sets

  static let sameLabelSet = "vector cannot contain metrics with the same labelset"

  /// Refuses two rows with one label set when something is in both, at whatever steps.
  func refusingDuplicates() throws(QueryError) -> Rows {
    guard set.hasDuplicates else { return self }
    var table = LabelSetTable(capacity: count)
    var seen = 0
    for row in 0..<count where !isEmpty(row) {
      if table.number(of: set.labels[row]) != seen { throw .execution(Self.sameLabelSet) }
      seen += 1
    }
    return self
  }

  /// How an edition of the reference treats rows with one label set in functions that work on whole series.
  func settlingDuplicates(_ edition: Edition) throws(QueryError) -> Rows {
    edition == .newest ? try mergingDuplicates() : try refusingDuplicates()
  }

  /// Makes one row of those with one label set; refuses two values at one step.
  func mergingDuplicates() throws(QueryError) -> Rows {
    guard set.hasDuplicates else { return self }
    var table = LabelSetTable(capacity: count)
    // A single step has its rows in the order in which values come up.
    var targets = [Int](repeating: 0, count: count)
    if steps == 1 { for row in 0..<count where Cell.isPresent(values[row]) { _ = table.number(of: set.labels[row]) } }
    for row in 0..<count { targets[row] = table.number(of: set.labels[row]) }
    var drops = set.dropsName.isEmpty ? [] : [Bool](repeating: false, count: table.count)
    // Whether a series loses its name is decided by the first step at which it is there, as in the reference.
    var firstStep = [Int](repeating: .max, count: table.count)
    var merged = [Double](repeating: Cell.absent, count: table.count * steps)
    for row in 0..<count {
      let target = targets[row]
      for step in 0..<steps {
        let value = values[row * steps + step]
        guard Cell.isPresent(value) else { continue }
        if Cell.isPresent(merged[target * steps + step]) { throw .execution(Self.sameLabelSet) }
        merged[target * steps + step] = value
        guard step < firstStep[target] else { continue }
        firstStep[target] = step
        if !drops.isEmpty { drops[target] = set.dropsName[row] }
      }
    }
    return Rows(SeriesSet(unique: table.sets, dropsName: drops), steps: steps, values: merged)
  }
}

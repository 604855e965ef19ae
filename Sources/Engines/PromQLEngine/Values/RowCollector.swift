import SeriesModel

/// Collects rows whose label sets are only known cell by cell.
struct RowCollector {
  private var table = LabelSetTable()
  private var values: [Double] = []
  private var drops: [Bool] = []
  private let steps: Int

  init(steps: Int) { self.steps = steps }

  /// Puts a value in; two at one step under one label set are refused.
  mutating func put(_ value: Double, _ labels: LabelSet, dropsName: Bool = false, step: Int) throws(QueryError) {
    let row = table.number(of: labels)
    if row * steps == values.count {
      values.append(contentsOf: repeatElement(Cell.absent, count: steps))
      drops.append(dropsName)
    }
    if Cell.isPresent(values[row * steps + step]) { throw .execution(Rows.sameLabelSet) }
    values[row * steps + step] = value
  }

  func rows() -> Rows {
    let marked = drops.contains(true) ? drops : []
    return Rows(SeriesSet(unique: table.sets, dropsName: marked), steps: steps, values: values)
  }
}

import SeriesModel

/// Collects rows whose label sets are only known cell by cell. Who meets the same label sets at many steps asks for their numbers once.
struct RowCollector {
  private var table = LabelSetTable()
  /// The row of each number; -1: nothing was put there yet.
  private var rowOfNumber: [Int32] = []
  private var numberOfRow: [Int] = []
  private var values: [Double] = []
  private var drops: [Bool] = []
  private let steps: Int
  private let run: Evaluation

  init(steps: Int, in run: Evaluation) {
    self.steps = steps
    self.run = run
  }

  /// A number for a label set: equal ones have one.
  mutating func number(of labels: LabelSet) -> Int {
    let number = table.number(of: labels)
    if number == rowOfNumber.count { rowOfNumber.append(-1) }
    return number
  }

  /// Puts a value in; two at one step under one label set are refused.
  mutating func put(_ value: Double, _ number: Int, dropsName: Bool = false, step: Int) throws(QueryError) {
    var row = Int(rowOfNumber[number])
    if row < 0 {
      row = numberOfRow.count
      rowOfNumber[number] = Int32(row)
      numberOfRow.append(number)
      // An array that grows is there twice as large.
      if values.count + steps > values.capacity {
        try run.reserve(bytes: 2 * (values.count + steps) * MemoryLayout<Double>.size)
      }
      values.append(contentsOf: repeatElement(Cell.absent, count: steps))
      drops.append(dropsName)
    }
    let cell = row * steps + step
    if Cell.isPresent(values[cell]) { throw .execution(Rows.sameLabelSet) }
    values[cell] = value
  }

  func rows() -> Rows {
    let marked = drops.contains(true) ? drops : []
    return Rows(SeriesSet(unique: numberOfRow.map { table.sets[$0] }, dropsName: marked), steps: steps, values: values)
  }
}

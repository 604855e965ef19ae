/// The rows of a selector, which are read some at a time. Where all of them would not fit into memory only those are kept in which something is: a selector
/// that is kept knows all series of its time, and most of them may be silent now.
struct BatchedRows {
  private(set) var values: [Double]
  private let steps: Int
  private let isSparse: Bool
  /// Of the series: those that are kept.
  private var kept: [Int] = []
  private let run: Evaluation

  init(_ run: Evaluation, series: Int, steps: Int) throws(QueryError) {
    self.run = run
    self.steps = steps
    isSparse = steps > 1 && !run.hasRoom(series: series, steps: steps)
    if !isSparse { try run.reserve(series: series, steps: steps) }
    values = isSparse ? [] : [Double](repeating: Cell.absent, count: series * steps)
  }

  /// Calls `place` with the cells and where those of the batch begin, which hold nothing yet.
  mutating func fill<Result>(
    _ batch: Range<Int>, _ place: (inout [Double], Int) throws(QueryError) -> Result
  ) throws(QueryError) -> Result {
    guard isSparse else { return try place(&values, batch.lowerBound * steps) }
    let base = values.count
    let needed = base + batch.count * steps
    // An array that grows is there twice as large.
    if needed > values.capacity { try run.reserve(bytes: 2 * needed * MemoryLayout<Double>.size) }
    values.append(contentsOf: repeatElement(Cell.absent, count: batch.count * steps))
    let result = try place(&values, base)
    var end = base
    for (number, row) in batch.enumerated() {
      let start = base + number * steps
      guard (start..<start + steps).contains(where: { Cell.isPresent(values[$0]) }) else { continue }
      if start > end { for step in 0..<steps { values[end + step] = values[start + step] } }
      kept.append(row)
      end += steps
    }
    values.removeLast(values.count - end)
    return result
  }

  /// The rows' series among all.
  func series(of all: SeriesSet) -> SeriesSet { isSparse ? all.picking(kept) : all }
}

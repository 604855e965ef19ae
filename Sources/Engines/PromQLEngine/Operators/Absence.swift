import SeriesModel

/// `absent`: one series where the vector has none.
final class Absence: VectorOperator {
  private let vector: any VectorOperator
  private let set: SeriesSet
  var title: String { "absent" }
  var inputs: [any PlanOperator] { [vector] }

  init(_ vector: any VectorOperator, labels: LabelSet) {
    self.vector = vector
    set = SeriesSet(unique: [labels])
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    let rows = try run.rows(of: vector, over: grid)
    try run.hold(0, passing: grid.count)
    var output = [Double](repeating: 1, count: grid.count)
    for row in 0..<rows.count {
      for step in 0..<grid.count where Cell.isPresent(rows.values[row * grid.count + step]) { output[step] = Cell.absent }
    }
    return Rows(set, steps: grid.count, values: output).compacted()
  }
}

/// `absent_over_time`: one series where no window has a sample.
final class AbsenceOverTime: VectorOperator {
  private let input: any RangeOperator
  private let set: SeriesSet
  var title: String { "absent_over_time" }
  var inputs: [any PlanOperator] { [input] }

  init(_ input: any RangeOperator, labels: LabelSet) {
    self.input = input
    set = SeriesSet(unique: [labels])
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    try run.hold(0, passing: grid.count)
    var output = [Double](repeating: 1, count: grid.count)
    var walk: WindowWalk?
    var scratch: [Double] = []
    try input.read(run, grid) { (_, windows) throws(QueryError) in
      walk = WindowWalk(grid: grid, windows: windows, in: run)
    } body: { (_, columns) throws(QueryError) in
      try run.reserve(series: columns.rowCount, steps: grid.count)
      scratch = [Double](repeating: Cell.absent, count: columns.rowCount * grid.count)
      var kernel = PickOverTime(what: .one)
      try walk!.walk(&kernel, columns, into: &scratch, at: 0)
      for (cell, value) in scratch.enumerated() where Cell.isPresent(value) { output[cell % grid.count] = Cell.absent }
      try run.hold(0, passing: walk!.widest)
    }
    run.statistics.totalSamples += walk?.looked ?? 0
    return Rows(set, steps: grid.count, values: output).compacted()
  }
}

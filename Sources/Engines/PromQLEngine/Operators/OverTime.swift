import PromQLSyntax
import SeriesModel

/// A function over windows of samples: one value per series and step.
final class OverTime: VectorOperator {
  private let plan: OverTimePlan
  private let input: any RangeOperator
  private let parameters: [any ScalarOperator]
  private let named = Derived<SeriesSet>()

  var title: String { plan.function.rawValue }
  var inputs: [any PlanOperator] { [input] + parameters }

  init(_ plan: OverTimePlan, input: any RangeOperator, parameters: [any ScalarOperator]) {
    self.plan = plan
    self.input = input
    self.parameters = parameters
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    var scalars: [ScalarRow] = []
    for parameter in parameters { scalars.append(try run.values(of: parameter, over: grid)) }
    var source = SeriesSet.empty
    var walk: WindowWalk?
    var batched: BatchedRows?
    try input.read(run, grid) { (set, windows) throws(QueryError) in
      source = set
      batched = try BatchedRows(run, series: set.count, steps: grid.count)
      walk = WindowWalk(grid: grid, windows: windows, in: run)
    } body: { (first, columns) throws(QueryError) in
      try batched!.fill(first..<first + columns.rowCount) { (values, base) throws(QueryError) in
        try walk!.run(plan.function, scalars, columns, into: &values, at: base)
      }
      try run.hold(0, passing: walk!.yielded + walk!.widest)
    }
    source = batched?.series(of: source) ?? source
    let values = batched?.values ?? []
    if let walk {
      run.statistics.totalSamples += walk.looked
      remark(run, source, values, grid, scalars)
    }
    let delayed = run.options.delaysNameRemoval
    let keepsName = plan.function.keepsName
    let set = try named.value(of: source) {
      keepsName ? (run.options.edition == .newest ? source : source.keepingNames()) : source.droppingNames(delayed: delayed)
    }
    let rows = Rows(set, steps: grid.count, values: values).compacted()
    return delayed ? rows : try rows.refusingDuplicates()
  }

  // MARK: Remarks

  private func remark(_ run: Evaluation, _ set: SeriesSet, _ values: [Double], _ grid: StepGrid, _ scalars: [ScalarRow]) {
    if plan.function == .quantile, values.contains(where: Cell.isPresent) {
      // Mostly the quantile is one, and so is the remark.
      var last: UInt64?
      for step in 0..<grid.count {
        let q = scalars[0][step]
        guard q.isNaN || q < 0 || q > 1, last != q.bitPattern else { continue }
        if stride(from: step, to: values.count, by: grid.count).contains(where: { Cell.isPresent(values[$0]) }) {
          last = q.bitPattern
          run.warn(RemarkText.invalidQuantile(q), at: plan.firstRange)
        }
      }
    }
    guard plan.function.expectsCounter else { return }
    var last: String?
    for row in 0..<set.count {
      guard let name = set.labels[row].metricName, !name.isEmpty else { continue }
      let type = run.options.readsTypeLabels ? set.labels[row]["__type__"] ?? "" : nil
      let key = type.map { "\(name)\u{0}\($0)" } ?? name
      if key == last { continue }
      let looksRight =
        type.map { $0 == "counter" || $0 == "histogram" && run.options.edition == .newest }
        ?? Self.suffixes.contains { name.hasSuffix($0) }
      if looksRight {
        last = key
        continue
      }
      let cells = row * grid.count..<(row + 1) * grid.count
      guard cells.contains(where: { Cell.isPresent(values[$0]) }) else { continue }
      last = key
      let text = type.map { RemarkText.notCounter(name, type: $0, run.options.edition) } ?? RemarkText.notCounter(name)
      run.inform(text, at: plan.inputRange)
    }
  }

  private static let suffixes = ["_total", "_sum", "_count", "_bucket"]
}

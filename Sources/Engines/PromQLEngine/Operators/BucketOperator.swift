import PromQLSyntax
import SeriesModel
import TextCoding

/// `histogram_quantile`, `histogram_quantiles`, `histogram_fraction` over classic buckets.
final class BucketOperator: VectorOperator {
  /// The histograms among some series: computed once per series set.
  private struct Histograms: Sendable {
    /// For each histogram its rows by rising bound.
    var members: [[(row: Int, bound: Double)]] = []
    var names: [String] = []
    var set: SeriesSet = .empty
    /// Rows whose bound cannot be read.
    var malformed: [Int] = []
  }

  /// What a remark calls a histogram. Where names go at once, 3.5 still knows it at the first step at which the histogram is there, and later releases never.
  private struct Naming {
    private let name: String
    private let later: String
    private var isFirst = true
    private var told: Set<String> = []

    init(_ name: String, _ options: EngineOptions) {
      later = options.delaysNameRemoval ? name : ""
      self.name = options.edition == .v3_5 ? name : later
    }

    /// The name to be told at the next step, each once.
    mutating func next(_ wasForced: Bool) -> String? {
      let shown = isFirst ? name : later
      isFirst = false
      return wasForced && told.insert(shown).inserted ? shown : nil
    }
  }

  private let plan: BucketPlan
  private let vector: any VectorOperator
  private let parameters: [any ScalarOperator]
  private let found = Derived<Histograms>()

  let title: String
  var inputs: [any PlanOperator] { parameters + [vector] }

  init(_ plan: BucketPlan, vector: any VectorOperator, parameters: [any ScalarOperator]) {
    self.plan = plan
    self.vector = vector
    self.parameters = parameters
    title = Plan.buckets(plan).title
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    var scalars: [ScalarRow] = []
    for parameter in parameters { scalars.append(try run.values(of: parameter, over: grid)) }
    let input = try run.rows(of: vector, over: grid)
    let delayed = run.options.delaysNameRemoval
    let histograms = try found.value(of: input.set) { find(input.set, delayed: delayed) }
    warn(run, input, histograms, scalars, grid)
    switch plan.kind {
    case .fraction:
      return try finish(
        try compute(run, input, histograms, grid) { buckets, step, _ in
          buckets.fraction(from: scalars[0][step], to: scalars[1][step], run.options.edition)
        }, histograms.set, grid, delayed)
    case .quantile:
      return try finish(
        try compute(run, input, histograms, grid) { buckets, step, forced in
          buckets.quantile(scalars[0][step], wasForced: &forced)
        }, histograms.set, grid, delayed)
    case .quantiles(let label):
      var collector = RowCollector(steps: grid.count, in: run)
      for q in scalars {
        let values = try compute(run, input, histograms, grid) { buckets, step, forced in
          buckets.quantile(q[step], wasForced: &forced)
        }
        try collect(values, q, label, histograms.set, into: &collector, grid, delayed)
      }
      return collector.rows()
    }
  }

  /// Names what `histogram_quantiles` found of one quantile.
  private func collect(
    _ values: [Double], _ q: ScalarRow, _ label: String, _ set: SeriesSet, into collector: inout RowCollector, _ grid: StepGrid,
    _ delayed: Bool
  ) throws(QueryError) {
    struct Naming: Hashable {
      var row: Int
      var bits: UInt64
    }
    var numbers: [Naming: Int] = [:]
    for row in 0..<set.count {
      // Mostly the quantile is one.
      var last: (bits: UInt64, number: Int)?
      for step in 0..<grid.count {
        let value = values[row * grid.count + step]
        guard Cell.isPresent(value) else { continue }
        let bits = q[step].bitPattern
        if last?.bits != bits {
          let naming = Naming(row: row, bits: bits)
          let number =
            numbers[naming] ?? collector.number(of: set.labels[row].setting(label, Self.openMetrics(q[step])))
          numbers[naming] = number
          last = (bits, number)
        }
        try collector.put(value, last!.number, dropsName: delayed, step: step)
      }
    }
  }

  private func finish(_ values: [Double], _ set: SeriesSet, _ grid: StepGrid, _ delayed: Bool) throws(QueryError) -> Rows {
    let rows = Rows(set, steps: grid.count, values: values).compacted()
    return delayed ? rows : try rows.mergingDuplicates()
  }

  private func compute(
    _ run: Evaluation, _ input: Rows, _ histograms: Histograms, _ grid: StepGrid,
    _ value: (inout Buckets, Int, inout Bool) -> Double
  ) throws(QueryError) -> [Double] {
    try run.reserve(series: histograms.members.count, steps: grid.count)
    var output = [Double](repeating: Cell.absent, count: histograms.members.count * grid.count)
    var buckets = Buckets()
    for (i, members) in histograms.members.enumerated() {
      try run.checkpoint()
      var named = Naming(histograms.names[i], run.options)
      for step in 0..<grid.count {
        buckets.reset()
        for (row, bound) in members {
          let count = input.values[row * grid.count + step]
          if Cell.isPresent(count) { buckets.append(bound, count) }
        }
        if buckets.isEmpty { continue }
        var wasForced = false
        output[i * grid.count + step] = value(&buckets, step, &wasForced)
        if let name = named.next(wasForced) {
          run.inform(RemarkText.forcedMonotonicity(metric: name, run.options.edition), at: plan.vectorRange)
        }
      }
    }
    return output
  }

  private func warn(_ run: Evaluation, _ input: Rows, _ histograms: Histograms, _ scalars: [ScalarRow], _ grid: StepGrid) {
    if plan.kind != .fraction {
      for (scalar, range) in zip(scalars, plan.parameterRanges) {
        // Mostly the quantile is one, and so is the remark.
        var last: UInt64?
        for step in 0..<grid.count where scalar[step].isNaN || scalar[step] < 0 || scalar[step] > 1 {
          if last == scalar[step].bitPattern { continue }
          last = scalar[step].bitPattern
          run.warn(RemarkText.invalidQuantile(scalar[step]), at: range)
        }
      }
    }
    for row in histograms.malformed where !input.isEmpty(row) {
      let labels = input.set.labels[row]
      let text = RemarkText.badBucket(labels[LabelName.bucket] ?? "", metric: labels.metricName ?? "", run.options.edition)
      run.warn(text, at: plan.vectorRange)
    }
  }

  private func find(_ input: SeriesSet, delayed: Bool) -> Histograms {
    var histograms = Histograms()
    let withoutBound = LabelProjection.removing([LabelName.bucket])
    var table = LabelSetTable()
    var key: [UInt8] = []
    for row in 0..<input.count {
      guard let bound = input.labels[row][LabelName.bucket].flatMap(GoFloat.parse) else {
        histograms.malformed.append(row)
        continue
      }
      let histogram = withoutBound.number(of: input.labels[row], in: &table, &key)
      if histogram == histograms.members.count { histograms.members.append([]) }
      histograms.members[histogram].append((row, bound))
    }
    for i in histograms.members.indices { histograms.members[i].sort { ($0.bound, $0.row) < ($1.bound, $1.row) } }
    histograms.names = table.sets.map { $0.metricName ?? "" }
    histograms.set = SeriesSet(unique: table.sets).droppingNames(delayed: delayed)
    return histograms
  }

  /// `0.5`, `1.0`: with a point even where the number is whole.
  static func openMetrics(_ value: Double) -> String {
    let text = NumberText.general(value)
    return text.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") } || !value.isFinite ? text : text + ".0"
  }
}

import PromQLSyntax
import SeriesModel
import SourceText
import TextCoding

/// `histogram_quantile(q, v)`, `histogram_quantiles(v, label, q…)`, `histogram_fraction(lower, upper, v)` over classic histograms.
struct HistogramFunction: VectorOperator {
  enum Kind: Sendable {
    case quantile
    /// Each quantile's rows carry it in this label.
    case quantiles(label: String)
    case fraction
  }

  let slot: Int
  let namesSlot: Int
  let kind: Kind
  let name: String
  let operand: any VectorOperator
  let parameters: [any ScalarOperator]
  /// Where the parameters stand, and the buckets.
  let parameterRanges: [SourceRange]
  let range: SourceRange

  func rows(_ run: Run) throws(QueryError) -> Rows {
    var parameters: [[Double]] = []
    for parameter in self.parameters { parameters.append(try run.values(parameter)) }
    remarkQuantiles(parameters, run)
    let rows = try run.rows(operand)
    let table = try run.table(
      slot, fits: { (known: BucketTable) in known.input === rows.series },
      make: { BucketTable(rows.series, keepsNames: run.options.delayedNameRemoval) })
    remarkBounds(rows, table, run)
    let out: Rows
    switch kind {
    case .quantiles(let label): out = try quantiles(rows, table, parameters, label, run)
    case .quantile:
      out = try each(rows, table, run) { buckets, k in buckets.quantile(parameters[0][k]) }
    case .fraction:
      out = try each(rows, table, run) { buckets, k in (buckets.fraction(from: parameters[0][k], to: parameters[1][k]), false) }
    }
    return try run.dropNames(out, slot: namesSlot)
  }

  /// One row a histogram.
  private func each(_ rows: Rows, _ table: BucketTable, _ run: Run, _ body: (inout Buckets, Int) -> (Double, Bool)) throws(QueryError)
    -> Rows
  {
    var out = try run.emptyRows(table.output)
    var buckets = Buckets()
    for (g, members) in table.histograms.enumerated() {
      for k in 0..<rows.steps {
        buckets.removeAll()
        for (row, bound) in members {
          let count = rows.values[row * rows.steps + k]
          if !count.isAbsent { buckets.add(bound, count) }
        }
        if buckets.isEmpty { continue }
        let (value, wasForced) = body(&buckets, k)
        out.values[g * rows.steps + k] = value
        if wasForced { remarkMonotonicity(table.output.labels[g], run) }
      }
    }
    return out
  }

  private func quantiles(_ rows: Rows, _ table: BucketTable, _ parameters: [[Double]], _ label: String, _ run: Run) throws(QueryError)
    -> Rows
  {
    var labels: [LabelSet] = []
    var values: [Double] = []
    var places: [LabelSet: Int] = [:]
    for quantile in parameters {
      // A quantile that changes from step to step changes its label too.
      for q in Set(quantile.map(\.bitPattern)).map(Double.init(bitPattern:)).sorted() {
        let one = try each(rows, table, run) { buckets, k in
          quantile[k].bitPattern == q.bitPattern ? buckets.quantile(q) : (.absent, false)
        }
        for g in 0..<one.count {
          let set = table.output.labels[g].setting(label, Self.labelText(q))
          let cells = one.values[g * one.steps..<(g + 1) * one.steps]
          guard let known = places[set] else {
            places[set] = labels.count
            labels.append(set)
            values += cells
            continue
          }
          for (k, value) in cells.enumerated() where !value.isAbsent {
            guard values[known * one.steps + k].isAbsent else { throw .execution(ExecutionText.sameLabels) }
            values[known * one.steps + k] = value
          }
        }
      }
    }
    return Rows(SeriesSet(labels), steps: rows.steps, values: values)
  }

  /// A quantile as OpenMetrics writes it: `1.0`.
  private static func labelText(_ q: Double) -> String {
    let text = NumberText.general(q)
    return text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: "-") } ? text + ".0" : text
  }

  // MARK: Remarks

  private func remarkQuantiles(_ parameters: [[Double]], _ run: Run) {
    if case .fraction = kind { return }
    for (values, range) in zip(parameters, parameterRanges) {
      var said: Set<UInt64> = []
      for q in values where !Quantile.isValid(q) && said.insert(q.bitPattern).inserted {
        run.remarks.invalidQuantile(q, at: range)
      }
    }
  }

  private func remarkBounds(_ rows: Rows, _ table: BucketTable, _ run: Run) {
    for i in table.unbounded where rows.values[i * rows.steps..<(i + 1) * rows.steps].contains(where: { !$0.isAbsent }) {
      let labels = rows.series.labels[i]
      let found = LabelSet.quote(labels[LabelName.bucket] ?? "")
      let text = "bucket label \"le\" is missing or has a malformed value of \(found)"
      run.remarks.add(.warning, text + Self.named(labels.metricName), at: range)
    }
  }

  private func remarkMonotonicity(_ labels: LabelSet, _ run: Run) {
    let page = "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile"
    let text = "input to histogram_quantile needed to be fixed for monotonicity (see \(page))"
    run.remarks.add(.info, text + Self.named(labels.metricName), at: range)
  }

  private static func named(_ metric: String?) -> String { metric.map { " for metric name \(LabelSet.quote($0))" } ?? "" }

  var explanation: Explanation { Explanation(name, parameters.map(\.explanation) + [operand.explanation]) }
}

/// Which rows are the buckets of which histogram.
private final class BucketTable: Sendable {
  let input: SeriesSet
  let output: SeriesSet
  /// The rows of each histogram with their upper bounds.
  let histograms: [[(row: Int, bound: Double)]]
  /// Rows whose bound is missing or no number.
  let unbounded: [Int]

  init(_ input: SeriesSet, keepsNames: Bool) {
    self.input = input
    let gone = keepsNames ? [LabelName.bucket] : [LabelName.bucket, LabelName.metric]
    var places: [LabelSet: Int] = [:]
    var labels: [LabelSet] = []
    var histograms: [[(row: Int, bound: Double)]] = []
    var unbounded: [Int] = []
    for i in 0..<input.count {
      guard let text = input.labels[i][LabelName.bucket], let bound = Double(text) else {
        unbounded.append(i)
        continue
      }
      let key = input.labels[i].removing(gone)
      let place = places[key] ?? labels.count
      if place == labels.count {
        places[key] = place
        labels.append(key)
        histograms.append([])
      }
      histograms[place].append((i, bound))
    }
    output = SeriesSet(labels)
    self.histograms = histograms
    self.unbounded = unbounded
  }
}

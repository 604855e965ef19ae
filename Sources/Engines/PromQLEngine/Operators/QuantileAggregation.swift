import PromQLSyntax
import SeriesModel
import SourceText
import TextCoding

/// `quantile(q, v)`
struct QuantileAggregation: VectorOperator {
  let slot: Int
  let operand: any VectorOperator
  let parameter: any ScalarOperator
  let key: GroupingKey
  /// Where the parameter stands.
  let range: SourceRange

  func rows(_ run: Run) throws(QueryError) -> Rows {
    let quantiles = try run.values(parameter)
    let rows = try run.rows(operand)
    let groups = try key.table(rows.series, run, slot: slot)
    var out = try run.emptyRows(groups.output)
    var values: [Double] = []
    var wrong: [Double] = []
    for (g, members) in groups.members.enumerated() {
      for k in 0..<rows.steps {
        values.removeAll(keepingCapacity: true)
        for i in members where !rows.values[i * rows.steps + k].isAbsent { values.append(rows.values[i * rows.steps + k]) }
        if values.isEmpty { continue }
        let q = quantiles[k]
        if !Quantile.isValid(q), wrong.last?.bitPattern != q.bitPattern {
          wrong.append(q)
          run.remarks.invalidQuantile(q, at: range)
        }
        out.values[g * rows.steps + k] = Quantile.of(q, &values)
      }
    }
    return out
  }

  var explanation: Explanation { Explanation("quantile" + key.suffix, [parameter.explanation, operand.explanation]) }
}

/// `count_values("label", v)`: how many series of a group have each value.
struct CountValues: VectorOperator {
  let slot: Int
  let operand: any VectorOperator
  let label: String
  let key: GroupingKey

  func rows(_ run: Run) throws(QueryError) -> Rows {
    let rows = try run.rows(operand)
    let groups = try GroupingKey(labels: key.labels + (key.without ? [label] : []), without: key.without)
      .table(rows.series, run, slot: slot)
    // A label of that name gives way, also where it groups.
    var places: [Bucket: Int] = [:]
    var labels: [LabelSet] = []
    var counts: [Double] = []
    for i in 0..<rows.count {
      for k in 0..<rows.steps {
        let value = rows.values[i * rows.steps + k]
        if value.isAbsent { continue }
        let bucket = Bucket(group: groups.group[i], bits: value.isNaN ? Double.nan.bitPattern : value.bitPattern)
        let place: Int
        if let known = places[bucket] {
          place = known
        } else {
          place = labels.count
          places[bucket] = place
          labels.append(groups.output.labels[groups.group[i]].setting(label, NumberText.fixed(value)))
          try run.holdBriefly(labels.count * rows.steps)
          counts += [Double](repeating: .absent, count: rows.steps)
        }
        let cell = place * rows.steps + k
        counts[cell] = counts[cell].isAbsent ? 1 : counts[cell] + 1
      }
    }
    let counted = Rows(SeriesSet(labels), steps: rows.steps, values: counts)
    return CountValues.merged(counted)
  }

  private struct Bucket: Hashable {
    var group: Int
    var bits: UInt64
  }

  /// Groups that differ only in the label that gave way are one.
  private static func merged(_ rows: Rows) -> Rows {
    var places: [LabelSet: Int] = [:]
    var labels: [LabelSet] = []
    var target: [Int] = []
    for set in rows.series.labels {
      let place = places[set] ?? labels.count
      if place == labels.count {
        places[set] = place
        labels.append(set)
      }
      target.append(place)
    }
    if labels.count == rows.count { return rows }
    var out = Rows(SeriesSet(labels), steps: rows.steps)
    for i in 0..<rows.count {
      for k in 0..<rows.steps where !rows.values[i * rows.steps + k].isAbsent {
        let cell = target[i] * rows.steps + k
        out.values[cell] = (out.values[cell].isAbsent ? 0 : out.values[cell]) + rows.values[i * rows.steps + k]
      }
    }
    return out
  }

  var explanation: Explanation { Explanation("count_values \(label)" + key.suffix, [operand.explanation]) }
}

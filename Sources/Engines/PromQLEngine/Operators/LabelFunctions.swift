import PromQLSyntax
import SeriesModel

/// `label_replace(v, dst, replacement, src, regex)`
struct LabelReplace: VectorOperator {
  let slot: Int
  let operand: any VectorOperator
  let destination: String
  let replacement: String
  let source: String
  let pattern: RegularExpression

  func rows(_ run: Run) throws(QueryError) -> Rows {
    let rows = try run.rows(operand)
    let input = rows.series
    return try run.relabel(rows, slot: slot) { i, labels in
      let value = labels[source] ?? ""
      guard let match = pattern.firstMatch(in: value) else { return (labels, input.losesName(i)) }
      let changed = labels.setting(destination, pattern.expand(template: replacement, match: match, in: value))
      return (changed, destination == LabelName.metric ? false : input.losesName(i))
    }
  }

  var explanation: Explanation { Explanation("label_replace \(destination)", [operand.explanation]) }
}

/// `label_join(v, dst, separator, src…)`
struct LabelJoin: VectorOperator {
  let slot: Int
  let operand: any VectorOperator
  let destination: String
  let separator: String
  let sources: [String]

  func rows(_ run: Run) throws(QueryError) -> Rows {
    let rows = try run.rows(operand)
    let input = rows.series
    return try run.relabel(rows, slot: slot) { i, labels in
      let joined = sources.map { labels[$0] ?? "" }.joined(separator: separator)
      return (labels.setting(destination, joined), destination == LabelName.metric ? false : input.losesName(i))
    }
  }

  var explanation: Explanation { Explanation("label_join \(destination)", [operand.explanation]) }
}

/// `sort`, `sort_desc`, `sort_by_label`, `sort_by_label_desc`: the order of an instant result. Range results are sorted by labels whatever is said.
struct Sort: VectorOperator {
  enum Key: Sendable {
    case value
    /// Label by label in natural order, then the whole label set.
    case labels([String])
  }

  let name: String
  let operand: any VectorOperator
  let key: Key
  let isDescending: Bool

  func rows(_ run: Run) throws(QueryError) -> Rows {
    var rows = try run.rows(operand)
    guard run.isInstant, rows.steps == 1 else { return rows }
    let present = (rows.order ?? Array(0..<rows.count)).filter { !rows.values[$0].isAbsent }
    switch key {
    case .value: rows.order = Sort.byValue(present, rows.values, isDescending: isDescending)
    case .labels(let names):
      let labels = rows.series.labels
      rows.order = present.sorted { a, b in
        let (a, b) = isDescending ? (labels[b], labels[a]) : (labels[a], labels[b])
        for name in names {
          let (x, y) = (a[name] ?? "", b[name] ?? "")
          if x != y { return NaturalOrder.precedes(x, y) }
        }
        return a < b
      }
    }
    return rows
  }

  /// Indices in the order of their values, NaN last; equal values keep their places.
  static func byValue(_ indices: [Int], _ values: [Double], isDescending: Bool) -> [Int] {
    indices.enumerated().sorted { x, y in
      let (a, b) = (values[x.element], values[y.element])
      if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? x.offset < y.offset : b.isNaN }
      if a == b { return x.offset < y.offset }
      return isDescending ? a > b : a < b
    }.map(\.element)
  }

  var explanation: Explanation { Explanation(name, [operand.explanation]) }
}

import SeriesModel
import SourceText

/// `sort`, `sort_desc`, `sort_by_label`: the order of an instant vector. Over several steps there is none: results are ordered by labels.
final class SortOperator: VectorOperator {
  private let order: SortOrder
  private let range: SourceRange
  private let vector: any VectorOperator
  var title: String { "sort" }
  var inputs: [any PlanOperator] { [vector] }

  init(_ order: SortOrder, range: SourceRange, vector: any VectorOperator) {
    self.order = order
    self.range = range
    self.vector = vector
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    let rows = try run.rows(of: vector, over: grid)
    guard grid.count == 1 else {
      if run.options.edition == .newest { run.warn(RemarkText.sortWithoutEffect, at: range) }
      return rows
    }
    let present = (0..<rows.count).filter { Cell.isPresent(rows.values[$0]) }
    switch order {
    case .byValue(let descending):
      return rows.picking(Self.byValue(present, rows.values, descending: descending))
    case .byLabels(let names, let descending):
      let labels = rows.set.labels
      // Each row's values, one behind the other.
      var keys: [String] = []
      keys.reserveCapacity(labels.count * names.count)
      for labels in labels {
        for name in names { keys.append(labels[name] ?? "") }
      }
      let sorted = present.sorted { a, b in
        for i in names.indices {
          let (x, y) = (keys[a * names.count + i], keys[b * names.count + i])
          if x != y { return NaturalOrder.precedes(x, y) }
        }
        return labels[a] < labels[b]
      }
      return rows.picking(descending ? sorted.reversed() : sorted)
    }
  }

  /// NaN comes last both ways. Equal values keep the order of the reference's reversed sort: as they came, NaN the other way round.
  private static func byValue(_ rows: [Int], _ values: [Double], descending: Bool) -> [Int] {
    rows.enumerated().sorted { a, b in
      let (x, y) = (values[a.element], values[b.element])
      if x.isNaN || y.isNaN { return x.isNaN && y.isNaN ? a.offset > b.offset : y.isNaN }
      if x == y { return a.offset < b.offset }
      return descending ? x > y : x < y
    }.map(\.element)
  }
}

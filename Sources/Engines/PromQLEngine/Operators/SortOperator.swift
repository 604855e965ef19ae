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
      return rows.picking(Self.byLabels(present, labels, names, descending: descending))
    }
  }

  /// Up to a dozen rows are sorted by insertion, as the reference does: with an order that contradicts itself the way decides the outcome.
  private static func byLabels(_ rows: [Int], _ labels: [LabelSet], _ names: [String], descending: Bool) -> [Int] {
    guard rows.count <= 12 else {
      let sorted = rows.sorted { precedes(labels[$0], labels[$1], names, NaturalOrder.strictlyPrecedes) }
      return descending ? sorted.reversed() : sorted
    }
    var sorted = rows
    for i in sorted.indices.dropFirst() {
      for j in stride(from: i, to: 0, by: -1) {
        let (a, b) = (labels[sorted[j]], labels[sorted[j - 1]])
        guard descending ? follows(a, b, names) : precedes(a, b, names, NaturalOrder.precedes) else { break }
        sorted.swapAt(j, j - 1)
      }
    }
    return sorted
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

  private static func precedes(_ a: LabelSet, _ b: LabelSet, _ names: [String], _ order: (String, String) -> Bool) -> Bool {
    for name in names {
      let (x, y) = (a[name] ?? "", b[name] ?? "")
      if x != y { return order(x, y) }
    }
    return a < b
  }

  /// Not simply the other way round: what neither precedes the other does follow it.
  private static func follows(_ a: LabelSet, _ b: LabelSet, _ names: [String]) -> Bool {
    for name in names {
      let (x, y) = (a[name] ?? "", b[name] ?? "")
      if x != y { return !NaturalOrder.precedes(x, y) }
    }
    return b < a
  }
}

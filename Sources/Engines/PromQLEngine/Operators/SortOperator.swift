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
    let keys = SortKeys(labels, names)
    guard rows.count <= 12 else {
      let sorted = rows.sorted { keys.precedes($0, $1, NaturalOrder.strictlyPrecedes) }
      return descending ? sorted.reversed() : sorted
    }
    var sorted = rows
    for i in sorted.indices.dropFirst() {
      for j in stride(from: i, to: 0, by: -1) {
        let (a, b) = (sorted[j], sorted[j - 1])
        guard descending ? keys.follows(a, b) : keys.precedes(a, b, NaturalOrder.precedes) else { break }
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
}

/// What rows are sorted by: their values of some labels, taken out once, and all their labels where those are equal.
private struct SortKeys {
  /// Each row's values, one behind the other.
  private var values: [String] = []
  private let count: Int
  private let labels: [LabelSet]

  init(_ labels: [LabelSet], _ names: [String]) {
    self.labels = labels
    count = names.count
    values.reserveCapacity(labels.count * names.count)
    for labels in labels {
      for name in names { values.append(labels[name] ?? "") }
    }
  }

  func precedes(_ a: Int, _ b: Int, _ order: (String, String) -> Bool) -> Bool {
    guard let (x, y) = difference(a, b) else { return labels[a] < labels[b] }
    return order(x, y)
  }

  /// Not simply the other way round: what neither precedes the other does follow it.
  func follows(_ a: Int, _ b: Int) -> Bool {
    guard let (x, y) = difference(a, b) else { return labels[b] < labels[a] }
    return !NaturalOrder.precedes(x, y)
  }

  /// The first values that differ.
  private func difference(_ a: Int, _ b: Int) -> (String, String)? {
    for i in 0..<count {
      let (x, y) = (values[a * count + i], values[b * count + i])
      if !x.utf8.elementsEqual(y.utf8) { return (x, y) }
    }
    return nil
  }
}

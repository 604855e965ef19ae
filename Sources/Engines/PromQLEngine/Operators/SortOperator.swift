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
      return rows.picking(try Self.byLabels(present, labels, names, descending: descending, run))
    }
  }

  /// The natural order contradicts itself where a label is missing; what neither precedes the other follows it, so that falling is not rising reversed.
  private static func byLabels(_ rows: [Int], _ labels: [LabelSet], _ names: [String], descending: Bool, _ run: Evaluation)
    throws(QueryError) -> [Int]
  {
    // A name that comes again decides nothing.
    var seen: Set<ExactText> = []
    let names = names.filter { seen.insert(ExactText($0)).inserted }
    try run.reserve(bytes: labels.count * names.count * MemoryLayout<String>.size)
    let keys = SortKeys(labels, names)
    var (compared, isOver) = (0, false)
    let sorted = PatternSort.sorted(rows) { a, b in
      compared += names.count
      if compared >= 1 << 16 {
        compared = 0
        // What comes out then is no order, but nobody gets it.
        isOver = isOver || (try? run.checkpoint()) == nil
      }
      if isOver { return false }
      if let (x, y) = keys.difference(a, b) { return NaturalOrder.precedes(x, y) != descending }
      return descending ? labels[b] < labels[a] : labels[a] < labels[b]
    }
    if isOver { try run.checkpoint() }
    return sorted
  }

  /// NaN comes last both ways. Where all are NaN, each comes before the other: the reference sorts the other way and reverses that.
  private static func byValue(_ rows: [Int], _ values: [Double], descending: Bool) -> [Int] {
    PatternSort.sorted(rows) { ReferenceOrder.isBefore(values[$0], values[$1], descending: descending) }
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

  /// The first values that differ.
  func difference(_ a: Int, _ b: Int) -> (String, String)? {
    for i in 0..<count {
      let (x, y) = (values[a * count + i], values[b * count + i])
      if !x.utf8.elementsEqual(y.utf8) { return (x, y) }
    }
    return nil
  }
}

enum ReferenceOrder {
  /// The order of `sort` and `topk`: NaN last, and before itself.
  static func isBefore(_ a: Double, _ b: Double, descending: Bool) -> Bool { b.isNaN || (descending ? a > b : a < b) }
}

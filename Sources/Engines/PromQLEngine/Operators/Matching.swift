import PromQLSyntax
import SeriesModel

/// Match groups of both sides: rows with equal numbers have equal matching labels. Computed once per pair of series sets.
struct Matching: Sendable {
  /// By row.
  let left: [Int32]
  let right: [Int32]
  let count: Int

  init(_ left: SeriesSet, _ right: SeriesSet, _ matching: VectorMatching) {
    let projection = Self.projection(matching)
    var table = LabelSetTable()
    var key: [UInt8] = []
    func number(_ set: SeriesSet) -> [Int32] {
      set.labels.map { Int32(projection.number(of: $0, in: &table, &key)) }
    }
    self.left = number(left)
    self.right = number(right)
    count = table.count
  }

  static func projection(_ matching: VectorMatching) -> LabelProjection {
    matching.on ? .keeping(matching.labels) : .removing(matching.labels + [LabelName.metric])
  }

  /// The row of each group, -1 where there is none; `nil` when a group has several.
  func onlyRows(_ groups: [Int32]) -> [Int32]? {
    var rows = [Int32](repeating: -1, count: count)
    for (row, group) in groups.enumerated() {
      if rows[Int(group)] >= 0 { return nil }
      rows[Int(group)] = Int32(row)
    }
    return rows
  }
}

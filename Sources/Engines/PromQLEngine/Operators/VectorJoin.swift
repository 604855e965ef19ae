import PromQLSyntax
import SeriesModel

/// Arithmetic or a comparison between the matching series of two vectors.
struct VectorJoin: VectorOperator {
  let matchSlot: Int
  let joinSlot: Int
  let op: BinaryOperator
  let left: any VectorOperator
  let right: any VectorOperator
  let matching: VectorMatching
  let returnsBool: Bool

  private var isSwapped: Bool { matching.cardinality == .oneToMany }

  func rows(_ run: Run) throws(QueryError) -> Rows {
    let left = try run.rows(left)
    let right = try run.rows(right)
    let matches = try run.table(
      matchSlot, fits: { (known: MatchTable) in known.left === left.series && known.right === right.series },
      make: { MatchTable(left.series, right.series, matching) })
    let join = try run.table(
      joinSlot, fits: { (known: JoinTable) in known.matches === matches },
      make: { JoinTable(matches, swapped: isSwapped, op: op, returnsBool: returnsBool, matching, run.options) })
    var out = try run.emptyRows(join.raw)
    var pairing = Pairing(join: self, many: isSwapped ? right : left, one: isSwapped ? left : right, table: join)
    for group in matches.groups { try pairing.pair(group, into: &out) }
    return try join.merging.apply(out)
  }

  @inline(__always) fileprivate func result(_ a: Double, _ b: Double) -> Double {
    guard op.isComparison else { return op.apply(a, b) }
    let holds = op.holds(a, b)
    return returnsBool ? (holds ? 1 : 0) : holds ? a : .absent
  }

  var explanation: Explanation {
    let side =
      switch matching.cardinality {
      case .manyToOne: " group_left (\(matching.include.joined(separator: ", ")))"
      case .oneToMany: " group_right (\(matching.include.joined(separator: ", ")))"
      default: ""
      }
    let on = matching.on || !matching.labels.isEmpty
    let labels = on ? " \(matching.on ? "on" : "ignoring") (\(matching.labels.joined(separator: ", ")))" : ""
    return Explanation(op.rawValue + (returnsBool ? " bool" : "") + labels + side, [left.explanation, right.explanation])
  }
}

/// Goes through the groups of a match, each along its steps.
private struct Pairing {
  let join: VectorJoin
  let many: Rows
  let one: Rows
  let table: JoinTable
  /// Which output labels of a group have a value at the step already.
  private var inserted: Set<Int> = []

  init(join: VectorJoin, many: Rows, one: Rows, table: JoinTable) {
    self.join = join
    self.many = many
    self.one = one
    self.table = table
  }

  private var isSwapped: Bool { join.matching.cardinality == .oneToMany }
  private var fillsOne: Double? { isSwapped ? join.matching.fillLeft : join.matching.fillRight }
  private var fillsMany: Double? { isSwapped ? join.matching.fillRight : join.matching.fillLeft }

  mutating func pair(_ group: MatchTable.Group, into out: inout Rows) throws(QueryError) {
    let (manyRows, oneRows) = isSwapped ? (group.right, group.left) : (group.left, group.right)
    if manyRows.isEmpty && fillsMany == nil || oneRows.isEmpty && fillsOne == nil {
      if oneRows.count < 2 { return }
    }
    // Fast path: one series on either side.
    if manyRows.count == 1, oneRows.count == 1, fillsOne == nil, fillsMany == nil {
      pairOne(manyRows[0], oneRows[0], &out)
      return
    }
    for k in 0..<out.steps { try pair(group, manyRows, oneRows, at: k, &out) }
  }

  private func pairOne(_ i: Int, _ j: Int, _ out: inout Rows) {
    let steps = out.steps
    let (x, y, to) = (i * steps, j * steps, table.firstRow[i] * steps)
    let a = many.values.span
    let b = one.values.span
    var cells = out.values.mutableSpan
    for k in 0..<steps where !a[x + k].isAbsent && !b[y + k].isAbsent {
      cells[to + k] = isSwapped ? join.result(b[y + k], a[x + k]) : join.result(a[x + k], b[y + k])
    }
  }

  private mutating func pair(_ group: MatchTable.Group, _ manyRows: [Int], _ oneRows: [Int], at k: Int, _ out: inout Rows)
    throws(QueryError)
  {
    let steps = out.steps
    var partner: Int?
    for (place, j) in oneRows.enumerated() where !one.values[j * steps + k].isAbsent {
      if let first = partner {
        // Nothing is asked of the "one" side where the other is empty.
        if !hasAny(many, k) { break }
        throw duplicate(group, oneRows[first], j)
      }
      partner = place
    }
    inserted.removeAll(keepingCapacity: true)
    var hasMany = false
    for i in manyRows where !many.values[i * steps + k].isAbsent {
      hasMany = true
      let value = many.values[i * steps + k]
      guard let other = partner.map({ one.values[oneRows[$0] * steps + k] }) ?? fillsOne else { continue }
      let result = isSwapped ? join.result(other, value) : join.result(value, other)
      if result.isAbsent { continue }
      let row = table.firstRow[i] + (join.matching.include.isEmpty ? 0 : partner ?? oneRows.count)
      try insert(row)
      out.values[row * steps + k] = result
    }
    if !hasMany, let fill = fillsMany, let place = partner {
      let j = oneRows[place]
      let other = one.values[j * steps + k]
      out.values[table.filledRow[j] * steps + k] = isSwapped ? join.result(other, fill) : join.result(fill, other)
    }
  }

  /// A group gives one value a step, or, with `group_left` and `group_right`, one value for each label set.
  private mutating func insert(_ row: Int) throws(QueryError) {
    if join.matching.cardinality == .oneToOne {
      if !inserted.isEmpty {
        throw .execution("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")
      }
      inserted.insert(row)
    } else if !inserted.insert(table.merging.place(of: row)).inserted {
      throw .execution("multiple matches for labels: grouping labels must ensure unique matches")
    }
  }

  private func hasAny(_ rows: Rows, _ k: Int) -> Bool {
    (0..<rows.count).contains { !rows.values[$0 * rows.steps + k].isAbsent }
  }

  private func duplicate(_ group: MatchTable.Group, _ first: Int, _ second: Int) -> QueryError {
    let side = isSwapped ? "left" : "right"
    let labels = ExecutionText.braced(group.labels)
    let pair = "[\(ExecutionText.braced(one.series.labels[second])), \(ExecutionText.braced(one.series.labels[first]))]"
    return .execution(
      "found duplicate series for the match group \(labels) on the \(side) hand-side of the operation: \(pair);many-to-many matching not allowed: matching labels must be unique on one side"
    )
  }
}

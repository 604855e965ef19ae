import PromQLSyntax
import SeriesModel

/// `and`, `or`, `unless`
struct SetOperator: VectorOperator {
  let matchSlot: Int
  let unionSlot: Int
  let op: BinaryOperator
  let left: any VectorOperator
  let right: any VectorOperator
  let matching: VectorMatching

  func rows(_ run: Run) throws(QueryError) -> Rows {
    var left = try run.rows(left)
    let right = try run.rows(right)
    let matches = try run.table(
      matchSlot, fits: { (known: MatchTable) in known.left === left.series && known.right === right.series },
      make: { MatchTable(left.series, right.series, matching) })
    if op == .or { return try unite(left, right, matches, run) }
    var seen = [Bool](repeating: false, count: left.steps)
    for group in matches.groups where !group.left.isEmpty {
      Self.presence(right, group.right, &seen)
      for i in group.left {
        for k in 0..<left.steps where seen[k] == (op == .unless) { left.values[i * left.steps + k] = .absent }
      }
    }
    return left
  }

  /// All of the left, and what on the right has no partner there.
  private func unite(_ left: Rows, _ right: Rows, _ matches: MatchTable, _ run: Run) throws(QueryError) -> Rows {
    let union = try run.table(
      unionSlot, fits: { (known: Union) in known.matches === matches }, make: { Union(matches) })
    var out = try run.emptyRows(union.raw)
    let steps = left.steps
    for i in left.values.indices { out.values[i] = left.values[i] }
    var seen = [Bool](repeating: false, count: steps)
    for group in matches.groups where !group.right.isEmpty {
      Self.presence(left, group.left, &seen)
      for j in group.right {
        for k in 0..<steps where !seen[k] { out.values[(left.count + j) * steps + k] = right.values[j * steps + k] }
      }
    }
    if run.isInstant, steps == 1, left.order != nil || right.order != nil {
      out.order = (left.order ?? Array(0..<left.count)) + (right.order ?? Array(0..<right.count)).map { $0 + left.count }
    }
    return try union.merging.apply(out)
  }

  /// The rows of both sides, one behind the other.
  private final class Union: Sendable {
    let matches: MatchTable
    let raw: SeriesSet
    let merging: Relabeling

    init(_ matches: MatchTable) {
      self.matches = matches
      let (left, right) = (matches.left, matches.right)
      let unnamed = left.unnamed.isEmpty && right.unnamed.isEmpty
        ? [] : (0..<left.count).map { left.losesName($0) } + (0..<right.count).map { right.losesName($0) }
      let raw = SeriesSet(left.labels + right.labels, unnamed: unnamed)
      self.raw = raw
      merging = Relabeling(raw) { i, labels in (labels, raw.losesName(i)) }
    }
  }

  private static func presence(_ rows: Rows, _ members: [Int], _ seen: inout [Bool]) {
    for k in seen.indices { seen[k] = members.contains { !rows.values[$0 * rows.steps + k].isAbsent } }
  }

  var explanation: Explanation {
    let on = matching.on || !matching.labels.isEmpty
    let labels = on ? " \(matching.on ? "on" : "ignoring") (\(matching.labels.joined(separator: ", ")))" : ""
    return Explanation(op.rawValue + labels, [left.explanation, right.explanation])
  }
}

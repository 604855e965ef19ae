import PromQLSyntax
import SeriesModel

/// `and`, `or`, `unless`: some rows of one side, depending on which match groups the other side has at a step.
final class SetOperator: VectorOperator {
  private struct Meeting: Sendable {
    var matching: Matching
    /// `or`: the rows of both sides, one behind the other.
    var both: SeriesSet
  }

  private let plan: SetPlan
  private let left: any VectorOperator
  private let right: any VectorOperator
  private let met = Derived<Meeting>()

  let title: String
  var inputs: [any PlanOperator] { [left, right] }

  init(_ plan: SetPlan, left: any VectorOperator, right: any VectorOperator) {
    self.plan = plan
    self.left = left
    self.right = right
    title = Plan.set(plan).title
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    let left = try run.rows(of: left, over: grid)
    let right = try run.rows(of: right, over: grid)
    let meeting = try met.value(of: left.set, right.set) { meet(left.set, right.set) }
    if plan.op == .or { return try unite(left, right, meeting, run) }
    let presence = GroupPresence(right, meeting.matching.right, groups: meeting.matching.count)
    return keep(left, meeting.matching.left, where: presence, is: plan.op == .and).compacted()
  }

  private func meet(_ left: SeriesSet, _ right: SeriesSet) -> Meeting {
    let matching = Matching(left, right, plan.matching)
    guard plan.op == .or else { return Meeting(matching: matching, both: .empty) }
    let marked = !left.dropsName.isEmpty || !right.dropsName.isEmpty
    let drops = marked ? (0..<left.count).map { left.drops($0) } + (0..<right.count).map { right.drops($0) } : []
    return Meeting(matching: matching, both: SeriesSet(left.labels + right.labels, dropsName: drops))
  }

  /// All of the left side, and of the right side what has no group there.
  private func unite(_ left: Rows, _ right: Rows, _ meeting: Meeting, _ run: Evaluation) throws(QueryError) -> Rows {
    try run.reserve(series: meeting.both.count, steps: left.steps)
    let presence = GroupPresence(left, meeting.matching.left, groups: meeting.matching.count)
    let added = keep(right, meeting.matching.right, where: presence, is: false)
    return try Rows(meeting.both, steps: left.steps, values: left.values + added.values).mergingDuplicates().compacted()
  }

  private func keep(_ rows: Rows, _ groups: [Int32], where presence: GroupPresence, is wanted: Bool) -> Rows {
    var rows = rows
    let steps = rows.steps
    var cells = rows.values.mutableSpan
    for (row, group) in groups.enumerated() {
      for step in 0..<steps where presence.has(Int(group), at: step) != wanted { cells[row * steps + step] = Cell.absent }
    }
    return rows
  }
}

/// Which match groups have a value at which steps.
private struct GroupPresence {
  private var cells: [Bool]
  private let steps: Int

  init(_ rows: Rows, _ groups: [Int32], groups count: Int) {
    steps = rows.steps
    cells = [Bool](repeating: false, count: count * rows.steps)
    let values = rows.values.span
    for (row, group) in groups.enumerated() {
      for step in 0..<steps where Cell.isPresent(values[row * steps + step]) { cells[Int(group) * steps + step] = true }
    }
  }

  @inline(__always) func has(_ group: Int, at step: Int) -> Bool { cells[group * steps + step] }
}

import PromQLSyntax
import SeriesModel

/// An arithmetic or comparison operator between vectors.
///
/// Fast path: the "one" side has one series per group, and so has the other where that is asked, and results differ in labels. Then which rows meet is
/// known for all steps, and nothing can go wrong at any of them. Else ``StepwiseMatch`` looks at each step as the reference does.
final class BinaryMatch: VectorOperator {
  private struct Meeting: Sendable {
    var matching: Matching
    /// Rows that meet: of the many side and of the one side. Empty when steps must be looked at singly.
    var many: [Int32] = []
    var one: [Int32] = []
    var set: SeriesSet = .empty
    var isStatic = false
  }

  private let plan: BinaryPlan
  private let left: any VectorOperator
  private let right: any VectorOperator
  private let met = Derived<Meeting>()

  let title: String
  var inputs: [any PlanOperator] { [left, right] }

  init(_ plan: BinaryPlan, left: any VectorOperator, right: any VectorOperator) {
    self.plan = plan
    self.left = left
    self.right = right
    title = Plan.binary(plan).title
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    let left = try run.rows(of: left, over: grid)
    let right = try run.rows(of: right, over: grid)
    let delayed = run.options.delaysNameRemoval
    let meeting = try met.value(of: left.set, right.set) { meet(left.set, right.set, delayed: delayed) }
    if meeting.isStatic {
      try run.reserve(series: meeting.set.count, steps: grid.count)
      return join(left, right, meeting, steps: grid.count).compacted()
    }
    return try StepwiseMatch(plan, left, right, meeting.matching, delayed: delayed, in: run).rows(run)
  }

  private func meet(_ left: SeriesSet, _ right: SeriesSet, delayed: Bool) -> Meeting {
    let matching = Matching(left, right, plan.matching)
    var meeting = Meeting(matching: matching)
    if plan.matching.fillLeft != nil || plan.matching.fillRight != nil { return meeting }
    let isSwapped = plan.matching.cardinality == .oneToMany
    let (many, one) = isSwapped ? (right, left) : (left, right)
    let (manyGroups, oneGroups) = isSwapped ? (matching.right, matching.left) : (matching.left, matching.right)
    guard let oneRows = matching.onlyRows(oneGroups) else { return meeting }
    if plan.matching.cardinality == .oneToOne, matching.onlyRows(manyGroups) == nil { return meeting }
    let result = BinaryResult(plan, delayed: delayed)
    var labels: [LabelSet] = []
    for row in 0..<many.count {
      let other = oneRows[Int(manyGroups[row])]
      guard other >= 0 else { continue }
      meeting.many.append(Int32(row))
      meeting.one.append(other)
      labels.append(result.labels(many: many.labels[row], one: one.labels[Int(other)]))
    }
    let marks = delayed && plan.returnsBool
    let set = SeriesSet(labels, dropsName: marks ? [Bool](repeating: true, count: labels.count) : [])
    if set.hasDuplicates { return Meeting(matching: matching) }
    meeting.set = set
    meeting.isStatic = true
    return meeting
  }

  private func join(_ left: Rows, _ right: Rows, _ meeting: Meeting, steps: Int) -> Rows {
    let isSwapped = plan.matching.cardinality == .oneToMany
    var output = [Double](repeating: Cell.absent, count: meeting.set.count * steps)
    let (a, b) = (left.values.span, right.values.span)
    var cells = output.mutableSpan
    let op = plan.op
    for i in 0..<meeting.set.count {
      let (many, one) = (Int(meeting.many[i]) * steps, Int(meeting.one[i]) * steps)
      let (x, y) = isSwapped ? (one, many) : (many, one)
      for step in 0..<steps {
        let (p, q) = (a[x + step], b[y + step])
        guard Cell.isPresent(p), Cell.isPresent(q) else { continue }
        if !op.isComparison {
          cells[i * steps + step] = op.value(p, q)
        } else if plan.returnsBool {
          cells[i * steps + step] = op.holds(p, q) ? 1 : 0
        } else if op.holds(p, q) {
          cells[i * steps + step] = p
        }
      }
    }
    return Rows(meeting.set, steps: steps, values: output)
  }
}

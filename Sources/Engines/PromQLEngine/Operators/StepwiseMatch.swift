import PromQLSyntax
import SeriesModel

/// Matches two vectors step by step: which series meet depends on which are there, and so does what may go wrong.
struct StepwiseMatch {
  private let plan: BinaryPlan
  private let many: Rows
  private let one: Rows
  private let manyGroups: [Int32]
  private let oneGroups: [Int32]
  private let groupCount: Int
  private let isSwapped: Bool
  private let result: BinaryResult
  private let marks: Bool
  private let edition: Edition
  /// Label sets of results by the rows that made them.
  private var names: [Pair: LabelSet] = [:]
  private var collector: RowCollector

  private struct Pair: Hashable {
    var many: Int
    var one: Int
  }

  init(_ plan: BinaryPlan, _ left: Rows, _ right: Rows, _ matching: Matching, delayed: Bool, edition: Edition) {
    self.plan = plan
    self.edition = edition
    isSwapped = plan.matching.cardinality == .oneToMany
    (many, one) = isSwapped ? (right, left) : (left, right)
    (manyGroups, oneGroups) = isSwapped ? (matching.right, matching.left) : (matching.left, matching.right)
    groupCount = matching.count
    result = BinaryResult(plan, delayed: delayed)
    marks = delayed && plan.returnsBool
    collector = RowCollector(steps: left.steps)
  }

  consuming func rows(_ run: Evaluation) throws(QueryError) -> Rows {
    var groups = GroupsOfStep(count: groupCount)
    let fills = plan.matching.fillLeft != nil || plan.matching.fillRight != nil
    for step in 0..<many.steps {
      try run.checkpoint()
      let manyRows = present(many, step)
      let oneRows = present(one, step)
      if (manyRows.isEmpty || oneRows.isEmpty), !fills || (manyRows.isEmpty && oneRows.isEmpty) { continue }
      try groups.begin(oneRows, oneGroups) { (first, second) throws(QueryError) in throw duplicate(first, second) }
      try joinAll(manyRows, &groups, step)
      if let fill = plan.matching.fillLeft {
        for row in oneRows where !groups.isMatched(Int(oneGroups[row])) {
          try join(fill, nil, one.values[row * one.steps + step], row, Int(oneGroups[row]), &groups, step)
        }
      }
    }
    return collector.rows()
  }

  private mutating func joinAll(_ manyRows: [Int], _ groups: inout GroupsOfStep, _ step: Int) throws(QueryError) {
    // The reference looks at sides after it has put the many side to the left.
    let fill = plan.matching.fillRight
    for row in manyRows {
      let group = Int(manyGroups[row])
      let value = many.values[row * many.steps + step]
      if let other = groups.oneRow(group) {
        try join(value, row, one.values[other * one.steps + step], other, group, &groups, step)
      } else if let fill {
        try join(value, row, fill, nil, group, &groups, step)
      }
    }
  }

  private mutating func join(
    _ manyValue: Double, _ manyRow: Int?, _ oneValue: Double, _ oneRow: Int?, _ group: Int, _ groups: inout GroupsOfStep,
    _ step: Int
  ) throws(QueryError) {
    let (left, right) = isSwapped ? (oneValue, manyValue) : (manyValue, oneValue)
    let holds = plan.op.holds(left, right)
    // In 3.5 a comparison that does not hold is no match.
    if edition == .v3_5, !holds, !plan.returnsBool { return }
    let labels = name(manyRow, oneRow)
    if plan.matching.cardinality == .oneToOne {
      if groups.isMatched(group) {
        throw .execution("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")
      }
      groups.match(group)
    } else if !groups.match(group, labels) {
      throw .execution("multiple matches for labels: grouping labels must ensure unique matches")
    }
    if plan.returnsBool {
      try collector.put(holds ? 1 : 0, labels, dropsName: marks, step: step)
    } else if holds {
      try collector.put(plan.op.value(left, right), labels, step: step)
    }
  }

  private mutating func name(_ manyRow: Int?, _ oneRow: Int?) -> LabelSet {
    let pair = Pair(many: manyRow ?? -1, one: oneRow ?? -1)
    if let known = names[pair] { return known }
    let manyLabels = manyRow.map { many.set.labels[$0] } ?? result.filled(one.set.labels[oneRow!])
    let oneLabels = oneRow.map { one.set.labels[$0] } ?? result.filled(many.set.labels[manyRow!])
    let labels = result.labels(many: manyLabels, one: oneLabels)
    names[pair] = labels
    return labels
  }

  private func present(_ rows: Rows, _ step: Int) -> [Int] {
    (0..<rows.count).filter { Cell.isPresent(rows.values[$0 * rows.steps + step]) }
  }

  private func duplicate(_ first: Int, _ second: Int) -> QueryError {
    var (a, b) = (one.set.labels[second], one.set.labels[first])
    if edition == .newest, b < a { swap(&a, &b) }
    let group = plan.matching.on ? a.keeping(plan.matching.labels) : a.removing(plan.matching.labels + [LabelName.metric])
    let side = isSwapped ? "left" : "right"
    return .execution(
      "found duplicate series for the match group \(group.plainDescription) on the \(side) hand-side of the operation: "
        + "[\(a.plainDescription), \(b.plainDescription)];many-to-many matching not allowed: matching labels must be unique on one side"
    )
  }
}

/// Which groups have which rows at one step. Kept between steps; a step's number marks what is its own.
private struct GroupsOfStep {
  private var oneRows: [Int]
  private var oneStamps: [Int]
  private var matchedStamps: [Int]
  private var matchedLabels: [Int: Set<LabelSet>] = [:]
  private var stamp = 0

  init(count: Int) {
    oneRows = [Int](repeating: 0, count: count)
    oneStamps = oneRows
    matchedStamps = oneRows
  }

  mutating func begin(_ rows: [Int], _ groups: [Int32], duplicate: (Int, Int) throws(QueryError) -> Void) throws(QueryError) {
    stamp += 1
    matchedLabels.removeAll(keepingCapacity: true)
    for row in rows {
      let group = Int(groups[row])
      if oneStamps[group] == stamp { try duplicate(oneRows[group], row) }
      oneStamps[group] = stamp
      oneRows[group] = row
    }
  }

  func oneRow(_ group: Int) -> Int? { oneStamps[group] == stamp ? oneRows[group] : nil }
  func isMatched(_ group: Int) -> Bool { matchedStamps[group] == stamp }
  mutating func match(_ group: Int) { matchedStamps[group] = stamp }

  /// `false`: these labels were there already.
  mutating func match(_ group: Int, _ labels: LabelSet) -> Bool {
    match(group)
    return matchedLabels[group, default: []].insert(labels).inserted
  }
}

extension LabelSet {
  /// `{__name__="a", b="c"}`: the name as any other label, as the reference's errors have it.
  var plainDescription: String {
    let pairs = labels.map {
      (LabelName.isClassicLabel($0.name) ? $0.name : GoText.quoted($0.name)) + "=" + GoText.quoted($0.value)
    }
    return "{" + pairs.joined(separator: ", ") + "}"
  }
}

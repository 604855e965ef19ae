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
  /// What is known of rows that have met.
  private var known: [Pair: Meeting] = [:]
  /// Whom each row met last: mostly it meets the same at the next step. -2: nobody yet.
  private var lastOfMany: [(one: Int, meeting: Meeting)]
  private var lastOfOne: [Meeting?]
  /// Numbers for label sets within a group.
  private var places: [Place: Int] = [:]
  /// The step at which something was last found at each place.
  private var taken: [Int] = []
  private var collector: RowCollector
  private let run: Evaluation

  /// What is known of a pair, with the label set of its result.
  private static let pairBytes = 256

  /// -1: a value stands in for the row.
  private struct Pair: Hashable {
    var many: Int
    var one: Int
  }

  /// What the result is called, as a number of the collector, and its place.
  private struct Meeting {
    var name: Int
    var place: Int
  }

  private struct Place: Hashable {
    var group: Int
    var name: Int
  }

  init(_ plan: BinaryPlan, _ left: Rows, _ right: Rows, _ matching: Matching, delayed: Bool, in run: Evaluation) {
    self.plan = plan
    edition = run.options.edition
    self.run = run
    isSwapped = plan.matching.cardinality == .oneToMany
    (many, one) = isSwapped ? (right, left) : (left, right)
    (manyGroups, oneGroups) = isSwapped ? (matching.right, matching.left) : (matching.left, matching.right)
    groupCount = matching.count
    result = BinaryResult(plan, delayed: delayed)
    marks = delayed && plan.returnsBool
    collector = RowCollector(steps: left.steps, in: run)
    lastOfMany = [(one: Int, meeting: Meeting)](repeating: (-2, Meeting(name: -1, place: -1)), count: many.count)
    lastOfOne = [Meeting?](repeating: nil, count: one.count)
  }

  consuming func rows(_ run: Evaluation) throws(QueryError) -> Rows {
    var groups = GroupsOfStep(count: groupCount)
    let fills = plan.matching.fillLeft != nil || plan.matching.fillRight != nil
    var (manyRows, oneRows): ([Int], [Int]) = ([], [])
    for step in 0..<many.steps {
      try run.checkpoint()
      Self.list(many, step, into: &manyRows)
      Self.list(one, step, into: &oneRows)
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
    let meeting = try meeting(manyRow, oneRow, group)
    if plan.matching.cardinality == .oneToOne {
      if groups.isMatched(group) {
        throw .execution("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")
      }
    } else if taken[meeting.place] == step {
      throw .execution("multiple matches for labels: grouping labels must ensure unique matches")
    }
    groups.match(group)
    taken[meeting.place] = step
    if plan.returnsBool {
      try collector.put(holds ? 1 : 0, meeting.name, dropsName: marks, step: step)
    } else if holds {
      try collector.put(plan.op.value(left, right), meeting.name, step: step)
    }
  }

  private mutating func meeting(_ manyRow: Int?, _ oneRow: Int?, _ group: Int) throws(QueryError) -> Meeting {
    let pair = Pair(many: manyRow ?? -1, one: oneRow ?? -1)
    guard let manyRow else {
      if let last = lastOfOne[pair.one] { return last }
      let meeting = meet(pair, group)
      lastOfOne[pair.one] = meeting
      return meeting
    }
    if lastOfMany[manyRow].one == pair.one { return lastOfMany[manyRow].meeting }
    let meeting = known[pair] ?? meet(pair, group)
    known[pair] = meeting
    if known.count & 0xfff == 0 { try run.reserve(bytes: known.count * Self.pairBytes) }
    lastOfMany[manyRow] = (pair.one, meeting)
    return meeting
  }

  private mutating func meet(_ pair: Pair, _ group: Int) -> Meeting {
    let manyLabels = pair.many >= 0 ? many.set.labels[pair.many] : result.filled(one.set.labels[pair.one])
    let oneLabels = pair.one >= 0 ? one.set.labels[pair.one] : result.filled(many.set.labels[pair.many])
    let name = collector.number(of: result.labels(many: manyLabels, one: oneLabels))
    let place = places[Place(group: group, name: name), default: places.count]
    places[Place(group: group, name: name)] = place
    if place == taken.count { taken.append(-1) }
    return Meeting(name: name, place: place)
  }

  /// The rows that are there at a step.
  private static func list(_ rows: Rows, _ step: Int, into list: inout [Int]) {
    list.removeAll(keepingCapacity: true)
    let cells = rows.values.span
    for row in 0..<rows.count where Cell.isPresent(cells[row * rows.steps + step]) { list.append(row) }
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
  private var stamp = 0

  init(count: Int) {
    oneRows = [Int](repeating: 0, count: count)
    oneStamps = oneRows
    matchedStamps = oneRows
  }

  mutating func begin(_ rows: [Int], _ groups: [Int32], duplicate: (Int, Int) throws(QueryError) -> Void) throws(QueryError) {
    stamp += 1
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

import PromQLSyntax
import SeriesModel

/// `topk`, `bottomk`, `limitk`, `limit_ratio`: some of the rows, chosen at each step and in each group.
final class Choice: VectorOperator {
  private struct Groups: Sendable {
    var grouping: Grouping
    /// `limit_ratio`: where each row stands between 0 and 1.
    var places: [Double] = []
  }

  private let plan: AggregatePlan
  private let vector: any VectorOperator
  private let parameter: any ScalarOperator
  private let grouped = Derived<Groups>()

  let title: String
  var inputs: [any PlanOperator] { [parameter, vector] }

  init(_ plan: AggregatePlan, vector: any VectorOperator, parameter: any ScalarOperator) {
    self.plan = plan
    self.vector = vector
    self.parameter = parameter
    title = Plan.aggregate(plan).title
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    let parameter = try run.values(of: parameter, over: grid)
    let input = try run.rows(of: vector, over: grid)
    guard try check(parameter, run, steps: grid.count) else { return Rows.none(steps: grid.count) }
    let groups = try grouped.value(of: input.set) { group(input.set) }
    var members = [[Int]](repeating: [], count: groups.grouping.count)
    for row in 0..<input.count { members[Int(groups.grouping.groups[row])].append(row) }
    if grid.count == 1, let arrival = groups.grouping.order(of: input.values) { members = arrival.map { members[$0] } }
    try run.reserve(series: input.count, steps: grid.count)
    var output = Rows(absent: input.set, steps: grid.count)
    var order: [Int] = []
    var choosing = Choosing(plan.op, input, places: groups.places)
    let checksLate = run.options.edition == .v3_5
    for step in 0..<grid.count {
      try run.checkpoint()
      if checksLate {
        guard input.isPresent(at: step) else { continue }
        try checkLate(parameter[step])
      }
      for rows in members {
        choosing.choose(rows, parameter[step], step)
        for row in choosing.chosen { output.values[row * grid.count + step] = input.values[row * grid.count + step] }
        if grid.count == 1 { order += choosing.chosen }
      }
    }
    // One step keeps the order of choice; more are sorted by labels in the end.
    return grid.count == 1 ? output.picking(order) : output.compacted()
  }

  private func group(_ set: SeriesSet) -> Groups {
    Groups(
      grouping: Grouping(set, by: plan.grouping, without: plan.without),
      places: plan.op == .limitRatio ? set.labels.map(SeriesSampling.place) : [])
  }

  /// `false`: nothing can be chosen at any step.
  private func check(_ parameter: ScalarRow, _ run: Evaluation, steps: Int) throws(QueryError) -> Bool {
    guard let bounds = parameter.bounds(steps: steps) else { return false }
    // One NaN hides all bounds from 3.5, which looks at a parameter only where there is something to choose from.
    let checksLate = run.options.edition == .v3_5
    if checksLate, bounds.anyNaN { return true }
    if plan.op == .limitRatio {
      if bounds.anyNaN { throw .execution("Ratio value is NaN") }
      if bounds.most == 0, bounds.least == 0 { return false }
      if bounds.most > 1 { run.warn(RemarkText.invalidRatio(bounds.most, capped: 1), at: plan.parameterRange) }
      if bounds.least < -1 { run.warn(RemarkText.invalidRatio(bounds.least, capped: -1), at: plan.parameterRange) }
      return true
    }
    if bounds.anyNaN { throw .execution("Parameter value is NaN") }
    if bounds.most < 1 { return false }
    if checksLate { return true }
    if bounds.least <= -9.223372036854775808e18 {
      throw .execution("Scalar value \(GoNumber.general(bounds.least)) underflows int64")
    }
    if bounds.most >= 9.223372036854774784e18 { throw .execution("Scalar value \(GoNumber.general(bounds.most)) overflows int64") }
    return true
  }

  private func checkLate(_ parameter: Double) throws(QueryError) {
    if plan.op == .limitRatio {
      if parameter.isNaN { throw .execution("Ratio value NaN is NaN") }
    } else if !(parameter >= -0x1p63 && parameter < 0x1p63) {
      throw .execution("Scalar value \(GoNumber.general(parameter)) overflows int64")
    }
  }
}

/// Chooses among the rows of one group at one step. Its memory serves all steps.
private struct Choosing {
  private(set) var chosen: [Int] = []
  private let op: AggregateOperator
  private let input: Rows
  private let places: [Double]
  private var heap: ChoiceHeap

  init(_ op: AggregateOperator, _ input: Rows, places: [Double]) {
    self.op = op
    self.input = input
    self.places = places
    heap = ChoiceHeap(isTop: op != .bottomk)
  }

  mutating func choose(_ rows: [Int], _ parameter: Double, _ step: Int) {
    chosen.removeAll(keepingCapacity: true)
    if op == .limitRatio {
      let ratio = max(-1, min(1, parameter))
      if ratio == 0 { return }
      let places = places
      take(rows, step, limit: .max) { ratio >= 0 ? places[$0] < ratio : places[$0] >= 1 + ratio }
      return heapUp(step)
    }
    let k = Int(min(parameter, Double(input.count)))
    if k < 1 { return }
    if op == .limitk {
      take(rows, step, limit: k) { _ in true }
      return heapUp(step)
    }
    heap.reset(limit: k)
    let cells = input.values
    for row in rows {
      let value = cells[row * input.steps + step]
      if Cell.isPresent(value) { heap.offer(value, row) }
    }
    // Only one step has an order.
    if input.steps == 1 { chosen = heap.best() } else { heap.list(into: &chosen) }
  }

  /// The first rows that are there and are wanted.
  @inline(__always)
  private mutating func take(_ rows: [Int], _ step: Int, limit: Int, where isWanted: (Int) -> Bool) {
    let cells = input.values
    for row in rows where Cell.isPresent(cells[row * input.steps + step]) && isWanted(row) {
      chosen.append(row)
      if chosen.count == limit { return }
    }
  }

  /// Rows that are not ranked come in the order of the heap in which the reference collects them.
  private mutating func heapUp(_ step: Int) {
    if chosen.count < 2 || input.steps > 1 { return }
    heap.reset(limit: chosen.count)
    for row in chosen { heap.offer(input.values[row * input.steps + step], row) }
    heap.list(into: &chosen)
  }
}

/// The `k` best values. Which of equal ones stay, and in what order, is decided as a binary heap with the worst on top decides it.
struct ChoiceHeap {
  private var items: [(value: Double, row: Int)] = []
  private var limit = 0
  private let isTop: Bool

  init(isTop: Bool) { self.isTop = isTop }

  /// Empties it; its memory is kept.
  mutating func reset(limit: Int) {
    items.removeAll(keepingCapacity: true)
    self.limit = limit
  }

  mutating func offer(_ value: Double, _ row: Int) {
    if items.count < limit {
      items.append((value, row))
      siftUp(items.count - 1)
      return
    }
    let worst = items[0].value
    if (isTop ? worst < value : worst > value) || (worst.isNaN && !value.isNaN) {
      items[0] = (value, row)
      siftDown(0)
    }
  }

  /// The rows as they lie in the heap.
  func list(into rows: inout [Int]) {
    rows.removeAll(keepingCapacity: true)
    for item in items { rows.append(item.row) }
  }

  /// The rows, best first; what is equal as the reference's sort leaves it.
  func best() -> [Int] {
    PatternSort.sorted(items) { ReferenceOrder.isBefore($0.value, $1.value, descending: isTop) }.map(\.row)
  }

  /// Whether `a` is worse than `b`. NaN is worse even than NaN: no order to sort by, but the one by which the reference builds its heap.
  private func isWorse(_ a: Double, _ b: Double) -> Bool { a.isNaN || (isTop ? a < b : a > b) }

  private mutating func siftUp(_ start: Int) {
    var i = start
    while i > 0 {
      let parent = (i - 1) / 2
      guard isWorse(items[i].value, items[parent].value) else { return }
      items.swapAt(i, parent)
      i = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var i = start
    while true {
      var child = 2 * i + 1
      guard child < items.count else { return }
      if child + 1 < items.count, isWorse(items[child + 1].value, items[child].value) { child += 1 }
      guard isWorse(items[child].value, items[i].value) else { return }
      items.swapAt(i, child)
      i = child
    }
  }
}

import PromQLSyntax
import SeriesModel

/// `sum`, `avg`, `count`, `min`, `max`, `group`, `stddev`, `stdvar`, `quantile`: one row per group.
///
/// - Complexity: rows are added up one after the other, all steps of a row at once.
final class Aggregation: VectorOperator {
  private struct Groups: Sendable {
    var grouping: Grouping
    var set: SeriesSet
  }

  private let plan: AggregatePlan
  private let vector: any VectorOperator
  private let parameter: (any ScalarOperator)?
  private let grouped = Derived<Groups>()

  let title: String
  var inputs: [any PlanOperator] { (parameter.map { [$0] } ?? []) + [vector] }

  init(_ plan: AggregatePlan, vector: any VectorOperator, parameter: (any ScalarOperator)?) {
    self.plan = plan
    self.vector = vector
    self.parameter = parameter
    title = Plan.aggregate(plan).title
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    let q = try parameter.map { (op) throws(QueryError) in try run.values(of: op, over: grid) }
    let input = try run.rows(of: vector, over: grid)
    let groups = try grouped.value(of: input.set) {
      let grouping = Grouping(input.set, by: plan.grouping, without: plan.without)
      return Groups(grouping: grouping, set: grouping.marking(input.set))
    }
    try run.reserve(series: groups.set.count * plan.op.cellsInWork, steps: grid.count)
    let values: [Double]
    switch plan.op {
    case .sum: values = GroupFold.sum(input, groups.grouping)
    case .avg: values = GroupFold.average(input, groups.grouping)
    case .count: values = GroupFold.count(input, groups.grouping)
    case .group: values = GroupFold.present(input, groups.grouping)
    case .min: values = GroupFold.extreme(input, groups.grouping, isMaximum: false)
    case .max: values = GroupFold.extreme(input, groups.grouping, isMaximum: true)
    case .stddev: values = GroupFold.variance(input, groups.grouping, takesRoot: true)
    case .stdvar: values = GroupFold.variance(input, groups.grouping, takesRoot: false)
    case .quantile:
      warn(run, q!, steps: grid.count)
      values = try GroupFold.quantile(input, groups.grouping, q!, run)
    case .topk, .bottomk, .limitk, .limitRatio, .countValues: preconditionFailure("\(plan.op) has an operator of its own")
    }
    let rows = Rows(groups.set, steps: grid.count, values: values)
    if grid.count == 1, groups.set.count > 1, let order = groups.grouping.order(of: input.values) { return rows.picking(order) }
    return rows.compacted()
  }

  private func warn(_ run: Evaluation, _ q: ScalarRow, steps: Int) {
    guard let bounds = q.bounds(steps: steps) else { return }
    // One NaN hides all bounds.
    if bounds.anyNaN { return run.warn(RemarkText.invalidQuantile(.nan), at: plan.parameterRange) }
    if bounds.most > 1 { run.warn(RemarkText.invalidQuantile(bounds.most), at: plan.parameterRange) }
    if bounds.least < 0 { run.warn(RemarkText.invalidQuantile(bounds.least), at: plan.parameterRange) }
  }
}

extension AggregateOperator {
  /// How many cells' memory each group takes at a step while it is worked out, with what comes of it.
  fileprivate var cellsInWork: Int {
    switch self {
    case .avg: 5
    case .sum, .stddev, .stdvar: 4
    case .count: 2
    default: 1
    }
  }
}

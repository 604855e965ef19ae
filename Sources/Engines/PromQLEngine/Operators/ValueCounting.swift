import PromQLSyntax
import SeriesModel
import TextCoding

/// `count_values`: one row per group and value.
final class ValueCounting: VectorOperator {
  private let plan: AggregatePlan
  private let vector: any VectorOperator
  /// By what the label that is set leaves of the labels.
  private let grouped = Derived<Grouping>()

  /// What a row's name depends on.
  private struct Naming: Hashable {
    var group: Int32
    var bits: UInt64
  }

  let title: String
  var inputs: [any PlanOperator] { [vector] }

  init(_ plan: AggregatePlan, vector: any VectorOperator) {
    self.plan = plan
    self.vector = vector
    title = Plan.aggregate(plan).title
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    let label = plan.label ?? ""
    if label.isEmpty { throw .execution("invalid label name \(GoText.quoted(label))") }
    let input = try run.rows(of: vector, over: grid)
    let projection: LabelProjection =
      plan.without ? .removing(plan.grouping + [LabelName.metric]) : .keeping(plan.grouping + [label])
    let grouping = try grouped.value(of: input.set) {
      let others = plan.grouping.filter { $0 != label }
      return Grouping(input.set, by: plan.without ? others + [label] : others, without: plan.without)
    }
    var table = LabelSetTable()
    var numbers: [Naming: Int] = [:]
    var counts: [Double] = []
    for row in 0..<input.count {
      if row & 0xff == 0 { try run.checkpoint() }
      // Neighbouring steps mostly have one value.
      var last: (bits: UInt64, target: Int)?
      for step in 0..<grid.count {
        if step & 0x3fff == 0x3fff { try run.checkpoint() }
        let value = input.values[row * grid.count + step]
        guard Cell.isPresent(value) else { continue }
        if last?.bits != value.bitPattern {
          let naming = Naming(group: grouping.groups[row], bits: value.bitPattern)
          let target: Int
          if let known = numbers[naming] {
            target = known
          } else {
            target = table.number(of: projection.apply(input.set.labels[row].setting(label, NumberText.fixed(value))))
            numbers[naming] = target
          }
          last = (value.bitPattern, target)
        }
        if counts.count < table.count * grid.count {
          if counts.count + grid.count > counts.capacity { try run.reserve(series: 2 * table.count, steps: grid.count) }
          counts.append(contentsOf: repeatElement(0, count: grid.count))
        }
        counts[last!.target * grid.count + step] += 1
      }
    }
    for i in counts.indices where counts[i] == 0 { counts[i] = Cell.absent }
    return Rows(SeriesSet(unique: table.sets), steps: grid.count, values: counts)
  }
}

import PromQLSyntax
import SeriesModel

/// An operator between a vector and a scalar.
final class ScalarSide: VectorOperator {
  private let plan: ScalarSidePlan
  private let vector: any VectorOperator
  private let scalar: any ScalarOperator
  private let unnamed = Derived<SeriesSet>()

  let title: String
  var inputs: [any PlanOperator] { plan.scalarIsLeft ? [scalar, vector] : [vector, scalar] }

  init(_ plan: ScalarSidePlan, vector: any VectorOperator, scalar: any ScalarOperator) {
    self.plan = plan
    self.vector = vector
    self.scalar = scalar
    title = Plan.scalarSide(plan).title
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    var rows = try run.rows(of: vector, over: grid)
    let scalars = try run.values(of: scalar, over: grid)
    for step in 0..<grid.count { apply(scalars[step], &rows.values, from: step, by: grid.count) }
    let delayed = run.options.delaysNameRemoval
    if plan.op.changesMeaning || plan.returnsBool {
      let set = try unnamed.value(of: rows.set) { rows.set.droppingNames(delayed: delayed) }
      rows = rows.replacing(set)
      if !delayed { rows = try rows.mergingDuplicates() }
    }
    return rows
  }

  private func apply(_ scalar: Double, _ values: inout [Double], from start: Int, by step: Int) {
    let op = plan.op
    var cells = values.mutableSpan
    var i = start
    while i < cells.count {
      let value = cells[i]
      if Cell.isPresent(value) {
        let (left, right) = plan.scalarIsLeft ? (scalar, value) : (value, scalar)
        if !op.isComparison {
          cells[i] = op.value(left, right)
        } else if plan.returnsBool {
          cells[i] = op.holds(left, right) ? 1 : 0
        } else if !op.holds(left, right) {
          cells[i] = Cell.absent
        }
      }
      i += step
    }
  }
}

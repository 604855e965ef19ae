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
    apply(scalars, to: &rows.values, steps: grid.count)
    let delayed = run.options.delaysNameRemoval
    if plan.op.changesMeaning || plan.returnsBool {
      let set = try unnamed.value(of: rows.set) { rows.set.droppingNames(delayed: delayed) }
      rows = rows.replacing(set)
      if !delayed { rows = try rows.mergingDuplicates() }
    }
    return rows
  }

  /// Goes through memory forward: row by row, and the steps of each.
  private func apply(_ scalars: ScalarRow, to values: inout [Double], steps: Int) {
    var cells = values.mutableSpan
    switch scalars {
    case .constant(let scalar):
      for i in cells.indices { apply(scalar, to: &cells[i]) }
    case .perStep(let scalars):
      var step = 0
      for i in cells.indices {
        apply(scalars[step], to: &cells[i])
        step = step + 1 == steps ? 0 : step + 1
      }
    }
  }

  @inline(__always)
  private func apply(_ scalar: Double, to cell: inout Double) {
    guard Cell.isPresent(cell) else { return }
    let (left, right) = plan.scalarIsLeft ? (scalar, cell) : (cell, scalar)
    if !plan.op.isComparison {
      cell = plan.op.value(left, right)
    } else if plan.returnsBool {
      cell = plan.op.holds(left, right) ? 1 : 0
    } else if !plan.op.holds(left, right) {
      cell = Cell.absent
    }
  }
}

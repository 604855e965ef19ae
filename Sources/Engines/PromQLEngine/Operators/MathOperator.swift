import SeriesModel

/// A function of each value: `abs`, `clamp`, `round`, `hour` …
final class MathOperator: VectorOperator {
  private let function: MathFunction
  private let vector: any VectorOperator
  private let parameters: [any ScalarOperator]
  private let unnamed = Derived<SeriesSet>()

  var title: String { function.rawValue }
  var inputs: [any PlanOperator] { [vector] + parameters }

  init(_ function: MathFunction, vector: any VectorOperator, parameters: [any ScalarOperator]) {
    self.function = function
    self.vector = vector
    self.parameters = parameters
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    var rows = try run.rows(of: vector, over: grid)
    var scalars: [ScalarRow] = []
    for parameter in parameters { scalars.append(try run.values(of: parameter, over: grid)) }
    let steps = grid.count
    for step in 0..<steps {
      let (first, second) = arguments(scalars, step, grid)
      let isEmpty = function == .clamp && second < first
      var cell = step
      while cell < rows.values.count {
        let value = rows.values[cell]
        if Cell.isPresent(value) { rows.values[cell] = isEmpty ? Cell.absent : function.apply(value, first, second) }
        cell += steps
      }
    }
    let delayed = run.options.delaysNameRemoval
    let set = try unnamed.value(of: rows.set) { rows.set.droppingNames(delayed: delayed) }
    return delayed ? rows.replacing(set) : try rows.replacing(set).mergingDuplicates()
  }

  /// The scalars in the places where the function wants them.
  private func arguments(_ scalars: [ScalarRow], _ step: Int, _ grid: StepGrid) -> (Double, Double) {
    switch function {
    case .clamp: (scalars[0][step], scalars[1][step])
    case .clampMin: (scalars[0][step], .infinity)
    case .clampMax: (-.infinity, scalars[0][step])
    case .round: (1 / (scalars.first?[step] ?? 1), 0)
    case .timestamp: (Double(grid.time(step)) / 1000, 0)
    default: (0, 0)
    }
  }
}

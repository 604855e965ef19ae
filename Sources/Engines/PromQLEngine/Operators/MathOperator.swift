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
    apply(scalars, grid, to: &rows.values)
    let delayed = run.options.delaysNameRemoval
    let set = try unnamed.value(of: rows.set) { rows.set.droppingNames(delayed: delayed) }
    return delayed ? rows.replacing(set) : try rows.replacing(set).mergingDuplicates()
  }

  /// Goes through memory forward: row by row, and the steps of each.
  private func apply(_ scalars: [ScalarRow], _ grid: StepGrid, to values: inout [Double]) {
    var cells = values.mutableSpan
    if function != .timestamp, scalars.allSatisfy(\.isConstant) {
      let (first, second) = arguments(scalars, 0, grid)
      let isEmpty = function == .clamp && second < first
      for i in cells.indices where Cell.isPresent(cells[i]) {
        cells[i] = isEmpty ? Cell.absent : function.apply(cells[i], first, second)
      }
      return
    }
    let arguments = (0..<grid.count).map { self.arguments(scalars, $0, grid) }
    var step = 0
    for i in cells.indices {
      if Cell.isPresent(cells[i]) {
        let (first, second) = arguments[step]
        cells[i] = function == .clamp && second < first ? Cell.absent : function.apply(cells[i], first, second)
      }
      step = step + 1 == grid.count ? 0 : step + 1
    }
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

import PromQLSyntax
import SeriesModel

/// A function of every value for itself: `abs(v)`, `-v`, `clamp(v, a, b)`.
struct Elementwise: VectorOperator {
  let slot: Int
  let name: String
  let operand: any VectorOperator
  let parameters: [any ScalarOperator]
  let dropsNames: Bool
  /// A value and the parameters at its step.
  let function: @Sendable (Double, _ first: Double, _ second: Double) -> Double

  func rows(_ run: Run) throws(QueryError) -> Rows {
    var rows = try run.rows(operand)
    let first = parameters.isEmpty ? [] : try run.values(parameters[0])
    let second = parameters.count < 2 ? [] : try run.values(parameters[1])
    let steps = rows.steps
    var cells = rows.values.mutableSpan
    for i in cells.indices where !cells[i].isAbsent {
      let k = first.isEmpty ? 0 : i % steps
      cells[i] = function(cells[i], first.isEmpty ? 0 : first[k], second.isEmpty ? 0 : second[k])
    }
    return dropsNames ? try run.dropNames(rows, slot: slot) : rows
  }

  var explanation: Explanation { Explanation(name, [operand.explanation] + parameters.map(\.explanation)) }
}

/// `timestamp(v)` of what is no plain selector: the time of the step.
struct StepTimes: VectorOperator {
  let slot: Int
  let operand: any VectorOperator

  func rows(_ run: Run) throws(QueryError) -> Rows {
    var rows = try run.rows(operand)
    for i in rows.values.indices where !rows.values[i].isAbsent { rows.values[i] = Double(run.grid[i % rows.steps]) / 1000 }
    return try run.dropNames(rows, slot: slot)
  }

  var explanation: Explanation { Explanation("timestamp", [operand.explanation]) }
}

/// Drops names of what comes ready from beneath: `timestamp(metric)`.
struct WithoutNames: VectorOperator {
  let slot: Int
  let operand: any VectorOperator
  func rows(_ run: Run) throws(QueryError) -> Rows { try run.dropNames(try run.rows(operand), slot: slot) }
  var explanation: Explanation { operand.explanation }
}

/// `vector(s)`
struct VectorOfScalar: VectorOperator {
  let operand: any ScalarOperator
  func rows(_ run: Run) throws(QueryError) -> Rows { Rows(.single, steps: run.steps, values: try run.values(operand)) }
  var explanation: Explanation { Explanation("vector", [operand.explanation]) }
}

/// A vector that is the same at each step: worked out once.
struct InvariantVector: VectorOperator {
  let operand: any VectorOperator

  func rows(_ run: Run) throws(QueryError) -> Rows {
    let once = try run.at(.single(run.grid.start)) { run throws(QueryError) in try run.rows(operand) }
    if run.steps == 1 { return once }
    var out = try run.emptyRows(once.series)
    let steps = run.steps
    for i in 0..<once.count where !once.values[i].isAbsent {
      for k in i * steps..<(i + 1) * steps { out.values[k] = once.values[i] }
    }
    return out
  }

  var explanation: Explanation { Explanation("once", [operand.explanation]) }
}

/// `absent(v)`, `absent_over_time(m)`: one where nothing is.
struct Absent: VectorOperator {
  let name: String
  let operand: any VectorOperator
  /// What the operand's matchers say of the labels that it would have.
  let series: SeriesSet

  init(name: String, operand: any VectorOperator, matchers: [Matcher]) {
    self.name = name
    self.operand = operand
    var labels = LabelSetBuilder()
    var seen: Set<String> = []
    for matcher in matchers where matcher.name != LabelName.metric {
      // A label with several conditions has no one value.
      if matcher.kind == .equal, seen.insert(matcher.name).inserted {
        labels.set(matcher.name, matcher.value)
      } else {
        labels.remove(matcher.name)
      }
    }
    series = SeriesSet([labels.build()])
  }

  func rows(_ run: Run) throws(QueryError) -> Rows {
    let rows = try run.rows(operand)
    var values = [Double](repeating: 1, count: run.steps)
    for i in rows.values.indices where !rows.values[i].isAbsent { values[i % rows.steps] = .absent }
    return Rows(series, steps: run.steps, values: values)
  }

  var explanation: Explanation { Explanation("\(name) \(series.labels[0])", [operand.explanation]) }
}

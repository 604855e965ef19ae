import PromQLSyntax
import SeriesModel

/// Arithmetic or a comparison between a vector and a number.
struct VectorScalar: VectorOperator {
  let slot: Int
  let op: BinaryOperator
  let vector: any VectorOperator
  let scalar: any ScalarOperator
  /// Whether the number stands on the left.
  let scalarIsLeft: Bool
  let returnsBool: Bool

  func rows(_ run: Run) throws(QueryError) -> Rows {
    var rows = try run.rows(vector)
    let numbers = try run.values(scalar)
    let steps = rows.steps
    var cells = rows.values.mutableSpan
    var i = 0
    for _ in 0..<rows.series.count {
      for k in 0..<steps {
        let value = cells[i + k]
        if !value.isAbsent { cells[i + k] = apply(value, numbers[k]) }
      }
      i += steps
    }
    if op.isComparison, !returnsBool { return rows }
    return try run.dropNames(rows, slot: slot)
  }

  @inline(__always) private func apply(_ value: Double, _ number: Double) -> Double {
    let (a, b) = scalarIsLeft ? (number, value) : (value, number)
    guard op.isComparison else { return op.apply(a, b) }
    let holds = op.holds(a, b)
    // A filter keeps the vector's value on whichever side it stands.
    return returnsBool ? (holds ? 1 : 0) : holds ? value : .absent
  }

  var explanation: Explanation {
    let sides = scalarIsLeft ? [scalar.explanation, vector.explanation] : [vector.explanation, scalar.explanation]
    return Explanation(op.rawValue + (returnsBool ? " bool" : ""), sides)
  }
}

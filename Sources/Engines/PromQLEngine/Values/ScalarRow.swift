/// What a scalar expression yields: a double per step, which is never absent.
enum ScalarRow: Sendable {
  case constant(Double)
  case perStep([Double])

  var bytes: Int {
    switch self {
    case .constant: 0
    case .perStep(let values): values.count * MemoryLayout<Double>.size
    }
  }

  var isConstant: Bool {
    if case .constant = self { return true }
    return false
  }

  subscript(_ step: Int) -> Double {
    switch self {
    case .constant(let value): value
    case .perStep(let values): values[step]
    }
  }

  /// Both bounds over the steps; `nil` when there are none. `NaN` is not counted.
  func bounds(steps: Int) -> (least: Double, most: Double, anyNaN: Bool)? {
    if steps == 0 { return nil }
    var (least, most, anyNaN) = (Double.infinity, -Double.infinity, false)
    for step in 0..<steps {
      let value = self[step]
      if value.isNaN {
        anyNaN = true
      } else {
        least = min(least, value)
        most = max(most, value)
      }
    }
    return (least, most, anyNaN)
  }

  func map(_ transform: (Double) -> Double) -> ScalarRow {
    switch self {
    case .constant(let value): .constant(transform(value))
    case .perStep(let values): .perStep(values.map(transform))
    }
  }

  static func combine(_ a: ScalarRow, _ b: ScalarRow, steps: Int, _ join: (Double, Double) -> Double) -> ScalarRow {
    if case .constant(let x) = a, case .constant(let y) = b { return .constant(join(x, y)) }
    return .perStep((0..<steps).map { join(a[$0], b[$0]) })
  }
}

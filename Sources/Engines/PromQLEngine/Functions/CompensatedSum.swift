/// A sum that carries along what rounding took away.
///
/// - Source: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974; the reference sums the same way.
struct CompensatedSum {
  var sum = 0.0
  var compensation = 0.0

  @inline(__always)
  mutating func add(_ value: Double) {
    let next = sum + value
    if next.isInfinite {
      compensation = 0
    } else if sum.magnitude >= value.magnitude {
      compensation += (sum - next) + value
    } else {
      compensation += (value - next) + sum
    }
    sum = next
  }

  var total: Double { sum + compensation }
}

/// A mean by way of the sum, or step by step once the sum would overflow.
struct CompensatedMean {
  private var sum: CompensatedSum
  private var count = 1.0
  private var isIncremental = false

  init(first: Double) { sum = CompensatedSum(sum: first, compensation: 0) }

  @inline(__always)
  mutating func add(_ value: Double) {
    count += 1
    if !isIncremental {
      var next = sum
      next.add(value)
      if !next.sum.isInfinite {
        sum = next
        return
      }
      isIncremental = true
      sum.sum /= count - 1
      sum.compensation /= count - 1
    }
    let share = (count - 1) / count
    sum.sum *= share
    sum.compensation *= share
    sum.add(value / count)
  }

  var mean: Double { isIncremental ? sum.total : sum.sum / count + sum.compensation / count }
}

/// `quantile_over_time`.
struct QuantileOverTime: WindowKernel {
  let q: ScalarRow
  private var window = SortedWindow()

  init(q: ScalarRow) { self.q = q }

  mutating func begin(_ times: Span<Int64>, _ values: Span<Double>, _ row: Range<Int>) { window.reset() }

  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double {
    self.window.slide(to: window.low..<window.high, of: values)
    return Quantile.of(q[window.step], sorted: self.window.numbers.values.span)
  }
}

/// `mad_over_time`: the median of the distances from the median.
struct MedianDeviationOverTime: WindowKernel {
  private var window = SortedWindow()
  private var distances = SortedNumbers()

  init() {}

  mutating func begin(_ times: Span<Int64>, _ values: Span<Double>, _ row: Range<Int>) { window.reset() }

  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double {
    self.window.slide(to: window.low..<window.high, of: values)
    let median = Quantile.of(0.5, sorted: self.window.numbers.values.span)
    // Fast path: distances from a number grow both ways, so they need no sorting.
    if median.isFinite { return Self.medianDistance(self.window.numbers.values.span, from: median) }
    distances.removeAll()
    for value in self.window.numbers.values { distances.append((value - median).magnitude) }
    distances.sort()
    return Quantile.of(0.5, sorted: distances.values.span)
  }

  /// - Parameter numbers: in rising order, NaN first; so are their distances.
  /// - Complexity: O(log n): what is below the median and what is not are two rows of rising distances, and the rank is looked for in both.
  private static func medianDistance(_ numbers: Span<Double>, from median: Double) -> Double {
    let rank = Quantile.Rank(0.5, of: numbers.count)
    var first = 0
    while first < numbers.count, numbers[first].isNaN { first += 1 }
    if rank.lower < first { return .nan }
    let middle = Halving.firstIndex(in: first..<numbers.count) { numbers[$0] >= median }
    func below(_ i: Int) -> Double { middle - i > first ? (numbers[middle - 1 - i] - median).magnitude : .infinity }
    func above(_ i: Int) -> Double { middle + i < numbers.count ? (numbers[middle + i] - median).magnitude : .infinity }
    // Of the nearest ones before the rank so many are below.
    let nearer = rank.lower - first
    var left = Halving.firstIndex(in: max(0, nearer - (numbers.count - middle))..<min(nearer, middle - first)) {
      below($0) > above(nearer - 1 - $0)
    }
    var right = nearer - left
    let lower = min(below(left), above(right))
    if rank.upper == rank.lower { return rank.value(lower, lower) }
    let isBelow = right == numbers.count - middle || left < middle - first && below(left) <= above(right)
    if isBelow { left += 1 } else { right += 1 }
    return rank.value(lower, min(below(left), above(right)))
  }
}

/// Functions that take one thing of a window: `last_over_time`, `count_over_time` …
struct PickOverTime: WindowKernel {
  enum What { case first, last, firstTime, lastTime, count, one }
  let what: What

  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double {
    switch what {
    case .first: values[window.low]
    case .last: values[window.high - 1]
    case .firstTime: Double(times[window.low]) / 1000
    case .lastTime: Double(times[window.high - 1]) / 1000
    case .count: Double(window.count)
    case .one: 1
    }
  }
}

struct SumOverTime: WindowKernel {
  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double {
    var sum = CompensatedSum()
    for i in window.low..<window.high { sum.add(values[i]) }
    return sum.sum.isInfinite ? sum.sum : sum.total
  }
}

struct AverageOverTime: WindowKernel {
  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double {
    var mean = CompensatedMean(first: values[window.low])
    for i in window.low + 1..<window.high { mean.add(values[i]) }
    return mean.mean
  }
}

struct VarianceOverTime: WindowKernel {
  let takesRoot: Bool

  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double {
    var count = 0.0
    var (mean, squares) = (CompensatedSum(), CompensatedSum())
    for i in window.low..<window.high {
      count += 1
      let delta = values[i] - mean.total
      mean.add(delta / count)
      squares.add(delta * (values[i] - mean.total))
    }
    let variance = squares.total / count
    return takesRoot ? variance.squareRoot() : variance
  }
}

/// `max_over_time`, `min_over_time` and their times. `NaN` only counts where there is nothing else.
///
/// - Complexity: a queue of the samples that may still become the extreme makes it O(1) per step in the mean.
struct ExtremeOverTime: WindowKernel {
  let isMaximum: Bool
  let yieldsTime: Bool
  private var queue: [Int] = []
  private var head = 0
  private var pushed = 0

  init(isMaximum: Bool, yieldsTime: Bool) {
    self.isMaximum = isMaximum
    self.yieldsTime = yieldsTime
  }

  mutating func begin(_ times: Span<Int64>, _ values: Span<Double>, _ row: Range<Int>) {
    queue.removeAll(keepingCapacity: true)
    head = 0
    pushed = row.lowerBound
  }

  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double {
    pushed = max(pushed, window.low)
    while pushed < window.high {
      let value = values[pushed]
      if !value.isNaN {
        while queue.count > head, isBeaten(values[queue[queue.count - 1]], by: value) { queue.removeLast() }
        queue.append(pushed)
      }
      pushed += 1
    }
    while head < queue.count, queue[head] < window.low { head += 1 }
    // Of nothing but NaN the last one is the latest extreme.
    let extreme = head < queue.count ? queue[head] : window.high - 1
    return yieldsTime ? Double(times[extreme]) / 1000 : values[extreme]
  }

  /// Times tell the latest of equal extremes, values the first.
  private func isBeaten(_ old: Double, by new: Double) -> Bool {
    if yieldsTime { return isMaximum ? new >= old : new <= old }
    return isMaximum ? new > old : new < old
  }
}

/// `changes` and `resets`.
///
/// - Complexity: counted once per row; a window is a difference.
struct StepCounter: WindowKernel {
  let countsResets: Bool
  let anchored: Bool
  private var counts: [Int] = []
  private var rowStart = 0

  init(countsResets: Bool, anchored: Bool) {
    self.countsResets = countsResets
    self.anchored = anchored
  }

  mutating func begin(_ times: Span<Int64>, _ values: Span<Double>, _ row: Range<Int>) {
    counts.removeAll(keepingCapacity: true)
    rowStart = row.lowerBound
    var count = 0
    for i in row {
      if i > row.lowerBound, isCounted(values[i - 1], values[i]) { count += 1 }
      counts.append(count)
    }
  }

  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double {
    var first = window.low
    if anchored {
      guard times[window.high - 1] > window.start else { return Cell.absent }
      while first + 1 < window.high, times[first + 1] <= window.start { first += 1 }
    }
    return Double(counts[window.high - 1 - rowStart] - counts[first - rowStart])
  }

  private func isCounted(_ old: Double, _ new: Double) -> Bool {
    countsResets ? new < old : new != old && !(new.isNaN && old.isNaN)
  }
}

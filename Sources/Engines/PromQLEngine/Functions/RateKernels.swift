/// What `rate`, `increase` and `delta` have in common, and what not.
struct RateKind {
  var isCounter: Bool
  var isRate: Bool
  /// The window's length.
  var seconds: Double
}

/// `rate`, `increase`, `delta`: the change between a window's first and last sample, carried on to the window's ends.
///
/// An end that is further away than 1.1 times the average distance of samples is approached by half that distance only; a counter is not carried below zero.
///
/// - Complexity: O(1) per window and counter reset in it.
struct ExtrapolatedRate: WindowKernel {
  let kind: RateKind
  /// Samples that are less than the one before. Most counters have none, and then no window is walked.
  private var resets: [Int] = []
  private var firstReset = 0

  init(kind: RateKind) { self.kind = kind }

  mutating func begin(_ times: Span<Int64>, _ values: Span<Double>, _ row: Range<Int>) {
    resets.removeAll(keepingCapacity: true)
    firstReset = 0
    guard kind.isCounter else { return }
    for i in row.dropFirst() where values[i] < values[i - 1] { resets.append(i) }
  }

  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double {
    let (first, last) = (window.low, window.high - 1)
    guard last > first else { return Cell.absent }
    var change = values[last] - values[first]
    while firstReset < resets.count, resets[firstReset] <= first { firstReset += 1 }
    var next = firstReset
    while next < resets.count, resets[next] <= last {
      change += values[resets[next] - 1]
      next += 1
    }
    var toStart = Double(times[first] - window.start) / 1000
    var toEnd = Double(window.end - times[last]) / 1000
    let sampled = Double(times[last] - times[first]) / 1000
    let average = sampled / Double(last - first)
    let threshold = average * 1.1
    if toStart >= threshold { toStart = average / 2 }
    if kind.isCounter, change > 0, values[first] >= 0 {
      // Where the line through the samples crosses zero, the counter began.
      let toZero = sampled * (values[first] / change)
      if toZero < toStart { toStart = toZero }
    }
    if toEnd >= threshold { toEnd = average / 2 }
    var factor = (sampled + toStart + toEnd) / sampled
    if kind.isRate { factor /= kind.seconds }
    return change * factor
  }
}

/// `irate`, `idelta`: the change between a window's last two samples.
struct InstantRate: WindowKernel {
  let isRate: Bool

  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double {
    guard window.count > 1 else { return Cell.absent }
    let last = window.high - 1
    let milliseconds = times[last] - times[last - 1]
    if milliseconds == 0 { return Cell.absent }
    // A counter that fell began again at zero.
    let change = isRate && values[last] < values[last - 1] ? values[last] : values[last] - values[last - 1]
    return isRate ? change / (Double(milliseconds) / 1000) : change
  }
}

/// `rate`, `increase`, `delta` over `anchored` and `smoothed` windows: from the value at the window's start to that at its end.
///
/// Anchored takes the last samples at or before the two ends; smoothed the values on the lines between the samples around them.
struct ExtendedRate: WindowKernel {
  let kind: RateKind
  let smoothed: Bool

  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double {
    var first = window.low
    var last = window.high - 1
    while first < last, times[first + 1] <= window.start { first += 1 }
    if smoothed {
      last = window.low
      while last < window.high - 1, times[last] < window.end { last += 1 }
    }
    if times[last] <= window.start { return Cell.absent }
    var left = values[first]
    if smoothed, times[first] < window.start {
      left = line(times, values, first, first + 1, window.start)
    }
    var right = values[last]
    if smoothed, last > window.low, times[last] > window.end {
      right = line(times, values, last - 1, last, window.end)
    }
    var change = right - left
    if kind.isCounter {
      if times[first] <= window.start { first += 1 }
      if times[last] >= window.end { last -= 1 }
      change += resets(values, first, last, left, right)
    }
    return kind.isRate ? change / kind.seconds : change
  }

  /// What counter resets took away between two ends.
  private func resets(_ values: Span<Double>, _ first: Int, _ last: Int, _ left: Double, _ right: Double) -> Double {
    var correction = 0.0
    var previous = left
    var i = first
    while i <= last {
      if values[i] < previous { correction += previous }
      previous = values[i]
      i += 1
    }
    if right < previous { correction += previous }
    return correction
  }

  /// The value at a time between two samples. A counter that fell between them rose from zero.
  private func line(_ times: Span<Int64>, _ values: Span<Double>, _ a: Int, _ b: Int, _ time: Int64) -> Double {
    let to = values[b]
    let from = kind.isCounter && to < values[a] ? 0 : values[a]
    return from + (to - from) * Double(time - times[a]) / Double(times[b] - times[a])
  }
}

import SeriesModel

/// The samples of one window: indices into the columns, and the window's ends.
struct SampleWindow {
  var low: Int
  var high: Int
  var start: Int64
  var end: Int64
  var step: Int
  var count: Int { high - low }
}

/// Computes a value from each window of a row. Windows come in order and their ends never go back, so a kernel can slide along.
protocol WindowKernel {
  /// A new row begins.
  mutating func begin(_ times: Span<Int64>, _ values: Span<Double>, _ row: Range<Int>)
  /// The window has samples.
  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double
}

extension WindowKernel {
  mutating func begin(_ times: Span<Int64>, _ values: Span<Double>, _ row: Range<Int>) {}
}

/// Slides the windows of all steps over rows of samples.
///
/// - Complexity: two indices per row that only go forward; what a kernel does per window is its own.
struct WindowWalk {
  let grid: StepGrid
  let windows: WindowSpan
  private let evaluation: Evaluation?
  /// Windows that yielded something, samples in all windows, and samples in the widest.
  private(set) var yielded = 0
  private(set) var looked = 0
  private(set) var widest = 0
  /// How many samples have been looked at when it is asked next whether to go on: many wide windows take long.
  private var nextCheckpoint = checkpointDistance

  private static let checkpointDistance = 1 << 18

  init(grid: StepGrid, windows: WindowSpan, in evaluation: Evaluation? = nil) {
    self.grid = grid
    self.windows = windows
    self.evaluation = evaluation
  }

  mutating func walk(
    _ kernel: inout some WindowKernel, _ columns: borrowing SampleColumns, into out: inout [Double], at base: Int
  ) throws(QueryError) {
    let times = columns.timestamps.span
    let values = columns.values.span
    for i in 0..<columns.rowCount {
      let row = columns.row(i)
      if row.isEmpty { continue }
      kernel.begin(times, values, row)
      var low = row.lowerBound
      var high = row.lowerBound
      for step in 0..<grid.count {
        let end = windows.end(grid.time(step))
        let start = end - windows.length
        while high < row.upperBound, times[high] <= end + windows.behind { high += 1 }
        while low < high, times[low] <= start - windows.before { low += 1 }
        guard low < high else { continue }
        looked += high - low
        widest = max(widest, high - low)
        if looked >= nextCheckpoint {
          nextCheckpoint = looked + Self.checkpointDistance
          try evaluation?.checkpoint()
        }
        let value = kernel.value(times, values, SampleWindow(low: low, high: high, start: start, end: end, step: step))
        if Cell.isPresent(value) { yielded += 1 }
        out[base + i * grid.count + step] = value
      }
    }
  }
}

extension WindowWalk {
  mutating func run(
    _ function: OverTimeFunction, _ scalars: [ScalarRow], _ columns: borrowing SampleColumns, into out: inout [Double], at base: Int
  ) throws(QueryError) {
    func go(
      _ kernel: some WindowKernel, _ walk: inout WindowWalk, _ out: inout [Double], _ columns: borrowing SampleColumns
    ) throws(QueryError) {
      var kernel = kernel
      try walk.walk(&kernel, columns, into: &out, at: base)
    }
    let isExtended = windows.before > 0
    switch function {
    case .rate, .increase, .delta:
      let kind = RateKind(isCounter: function != .delta, isRate: function == .rate, seconds: Double(windows.length) / 1000)
      if isExtended {
        try go(ExtendedRate(kind: kind, smoothed: windows.behind > 0), &self, &out, columns)
      } else {
        try go(ExtrapolatedRate(kind: kind), &self, &out, columns)
      }
    case .irate: try go(InstantRate(isRate: true), &self, &out, columns)
    case .idelta: try go(InstantRate(isRate: false), &self, &out, columns)
    case .deriv: try go(Regression(ahead: nil, grid: grid), &self, &out, columns)
    case .predictLinear: try go(Regression(ahead: scalars[0], grid: grid), &self, &out, columns)
    case .smoothing:
      var kernel = Smoothing(scalars[0], scalars[1])
      try walk(&kernel, columns, into: &out, at: base)
      if let failure = kernel.failure { throw failure }
    case .changes: try go(StepCounter(countsResets: false, anchored: isExtended), &self, &out, columns)
    case .resets: try go(StepCounter(countsResets: true, anchored: isExtended), &self, &out, columns)
    case .average: try go(AverageOverTime(), &self, &out, columns)
    case .sum: try go(SumOverTime(), &self, &out, columns)
    case .count: try go(PickOverTime(what: .count), &self, &out, columns)
    case .present: try go(PickOverTime(what: .one), &self, &out, columns)
    case .first: try go(PickOverTime(what: .first), &self, &out, columns)
    case .last: try go(PickOverTime(what: .last), &self, &out, columns)
    case .timeOfFirst: try go(PickOverTime(what: .firstTime), &self, &out, columns)
    case .timeOfLast: try go(PickOverTime(what: .lastTime), &self, &out, columns)
    case .maximum: try go(ExtremeOverTime(isMaximum: true, yieldsTime: false), &self, &out, columns)
    case .minimum: try go(ExtremeOverTime(isMaximum: false, yieldsTime: false), &self, &out, columns)
    case .timeOfMaximum: try go(ExtremeOverTime(isMaximum: true, yieldsTime: true), &self, &out, columns)
    case .timeOfMinimum: try go(ExtremeOverTime(isMaximum: false, yieldsTime: true), &self, &out, columns)
    case .quantile: try go(QuantileOverTime(q: scalars[0]), &self, &out, columns)
    case .medianDeviation: try go(MedianDeviationOverTime(), &self, &out, columns)
    case .deviation: try go(VarianceOverTime(takesRoot: true), &self, &out, columns)
    case .variance: try go(VarianceOverTime(takesRoot: false), &self, &out, columns)
    }
  }
}

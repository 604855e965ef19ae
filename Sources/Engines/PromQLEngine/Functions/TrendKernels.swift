/// `deriv`, `predict_linear`: the line of least squares through a window.
struct Regression: WindowKernel {
  /// Seconds ahead of each step; `nil`: the slope is wanted.
  let ahead: ScalarRow?
  let grid: StepGrid

  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double {
    guard window.count > 1 else { return Cell.absent }
    // Times count from one that is near, so that their squares stay exact.
    guard let ahead else { return fit(times, values, window, around: times[window.low]).slope }
    let line = fit(times, values, window, around: grid.time(window.step))
    return line.slope * ahead[window.step] + line.intercept
  }

  private func fit(
    _ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow, around zero: Int64
  ) -> (slope: Double, intercept: Double) {
    var (sumX, sumY, sumXY, sumXX) = (CompensatedSum(), CompensatedSum(), CompensatedSum(), CompensatedSum())
    let initial = values[window.low]
    var isConstant = true
    for i in window.low..<window.high {
      if values[i] != initial, i > window.low { isConstant = false }
      let x = Double(times[i] - zero) / 1000
      sumX.add(x)
      sumY.add(values[i])
      sumXY.add(x * values[i])
      sumXX.add(x * x)
    }
    if isConstant { return initial.isInfinite ? (.nan, .nan) : (0, initial) }
    let n = Double(window.count)
    let (x, y) = (sumX.total, sumY.total)
    let covariance = sumXY.total - x * y / n
    let variance = sumXX.total - x * x / n
    let slope = covariance / variance
    return (slope, y / n - slope * x / n)
  }
}

/// `double_exponential_smoothing`: level and trend, each with its own factor.
///
/// - Source: Holt, "Forecasting trends and seasonals by exponentially weighted averages", 1957.
struct Smoothing: WindowKernel {
  let levels: ScalarRow
  let trends: ScalarRow
  /// Why a window could not be smoothed: a factor is not between 0 and 1.
  private(set) var failure: QueryError?

  init(_ levels: ScalarRow, _ trends: ScalarRow) {
    self.levels = levels
    self.trends = trends
  }

  mutating func value(_ times: Span<Int64>, _ values: Span<Double>, _ window: SampleWindow) -> Double {
    let (level, trend) = (levels[window.step], trends[window.step])
    if level <= 0 || level >= 1 { return refuse("smoothing", "sf", level) }
    if trend <= 0 || trend >= 1 { return refuse("trend", "tf", trend) }
    guard window.count > 1 else { return Cell.absent }
    var (before, now) = (0.0, values[window.low])
    var rise = values[window.low + 1] - values[window.low]
    for i in window.low + 1..<window.high {
      if i > window.low + 1 { rise = trend * (now - before) + (1 - trend) * rise }
      (before, now) = (now, level * values[i] + (1 - level) * (now + rise))
    }
    return now
  }

  private mutating func refuse(_ what: String, _ name: String, _ value: Double) -> Double {
    if failure == nil {
      failure = .execution("invalid \(what) factor. Expected: 0 < \(name) < 1, got: \(GoNumber.fixed6(value))")
    }
    return Cell.absent
  }
}

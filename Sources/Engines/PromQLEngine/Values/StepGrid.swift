import SeriesModel

/// The times at which an expression is evaluated: `start + i * step` for `i` in `0..<count`, in milliseconds.
struct StepGrid: Hashable, Sendable {
  var start: Int64
  /// At least 1.
  var step: Int64
  var count: Int

  init(start: Int64, step: Int64, count: Int) {
    self.start = start
    self.step = max(1, step)
    self.count = count
  }

  init(at time: Timestamp) { self.init(start: time.milliseconds, step: 1, count: 1) }

  /// All multiples from `start` that are not beyond `end`.
  init(from start: Int64, through end: Int64, step: Int64) {
    self.init(start: start, step: step, count: end < start ? 0 : Int((end - start) / max(1, step)) + 1)
  }

  @inline(__always) func time(_ i: Int) -> Int64 { start + Int64(i) * step }
  /// The last step; the first where there is none.
  var end: Int64 { start + Int64(max(0, count - 1)) * step }
  /// Only the first step.
  var first: StepGrid { StepGrid(start: start, step: step, count: min(1, count)) }
}

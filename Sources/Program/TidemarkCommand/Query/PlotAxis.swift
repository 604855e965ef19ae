import TextCoding

/// A scale with round numbers on it: its ends, and what is written beside it.
struct PlotAxis {
  let low: Double
  let high: Double
  /// From low to high.
  let ticks: [Double]

  /// A scale that holds both values, with about as many ticks as asked for.
  init(from low: Double, through high: Double, ticks count: Int) {
    let (low, high) = low == high ? (low - max(1, low.magnitude / 10), high + max(1, high.magnitude / 10)) : (low, high)
    let width = Self.roundWidth((high / Double(count)) - (low / Double(count)))
    let first = (low / width).rounded(.down)
    let last = (high / width).rounded(.up)
    guard width > 0, width.isFinite, (last - first).isFinite, last - first < 100, first.magnitude < 1e15 else {
      (self.low, self.high, ticks) = (low, high, [low, high])
      return
    }
    ticks = (0...Int(last - first)).map { (first + Double($0)) * width }
    (self.low, self.high) = (ticks[0], ticks[ticks.count - 1])
  }

  /// 1, 2, 2.5 or 5 times a power of ten, not below `width`.
  private static func roundWidth(_ width: Double) -> Double {
    var power = 1.0
    while power * 10 <= width, power < 1e300 { power *= 10 }
    while power > width, power > 1e-300 { power /= 10 }
    for factor in [1.0, 2, 2.5, 5] where factor * power >= width { return factor * power }
    return 10 * power
  }

  /// Where a value stands: 0 at the high end, 1 at the low one.
  func place(of value: Double) -> Double {
    // By halves: the difference of two doubles may be none.
    let depth = high / 2 - value / 2
    return max(0, min(1, depth / (high / 2 - low / 2)))
  }

  /// At most four significant digits.
  static func short(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    var scale = 1.0
    while value.magnitude * scale < 1000 && scale < 1e9 { scale *= 10 }
    while value.magnitude * scale >= 10_000 { scale /= 10 }
    return NumberText.general((value * scale).rounded() / scale)
  }
}

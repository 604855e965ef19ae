/// Quantiles of plain values.
enum Quantile {
  /// Interpolates between the two values around the rank.
  ///
  /// - Parameter values: in rising order, NaN first.
  static func of(_ q: Double, sorted values: Span<Double>) -> Double {
    if values.isEmpty || q.isNaN { return .nan }
    if q < 0 { return -.infinity }
    if q > 1 { return .infinity }
    let rank = Rank(q, of: values.count)
    return rank.value(values[rank.lower], values[rank.upper])
  }

  /// The places of the values around a rank, and how much the upper one weighs.
  struct Rank {
    let lower: Int
    let upper: Int
    private let weight: Double

    /// - Parameters:
    ///   - q: 0 to 1.
    ///   - count: at least 1.
    init(_ q: Double, of count: Int) {
      let rank = q * Double(count - 1)
      lower = max(0, Int(rank.rounded(.down)))
      upper = min(count - 1, lower + 1)
      weight = rank - rank.rounded(.down)
    }

    func value(_ lower: Double, _ upper: Double) -> Double { lower * (1 - weight) + upper * weight }
  }
}

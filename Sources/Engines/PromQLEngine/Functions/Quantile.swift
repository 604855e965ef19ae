/// Quantiles of plain values.
enum Quantile {
  /// Sorts the values, NaN first, and interpolates between the two around the rank.
  static func of(_ q: Double, _ values: inout [Double]) -> Double {
    if values.isEmpty || q.isNaN { return .nan }
    if q < 0 { return -.infinity }
    if q > 1 { return .infinity }
    values.sort(by: ValueOrder.ascending)
    let rank = q * Double(values.count - 1)
    let lower = max(0, rank.rounded(.down))
    let upper = min(Double(values.count - 1), lower + 1)
    let weight = rank - rank.rounded(.down)
    return values[Int(lower)] * (1 - weight) + values[Int(upper)] * weight
  }
}

/// Orders of values in which NaN is the least in its sense: it comes first whichever way is gone.
enum ValueOrder {
  @inline(__always) static func ascending(_ a: Double, _ b: Double) -> Bool { a.isNaN ? !b.isNaN : a < b }
  @inline(__always) static func descending(_ a: Double, _ b: Double) -> Bool { a.isNaN ? !b.isNaN : a > b }
}

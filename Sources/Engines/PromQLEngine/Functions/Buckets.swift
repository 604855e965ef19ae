/// Classic histogram buckets of one histogram at one moment, by rising bound; the counts include those below.
struct Buckets {
  private(set) var bounds: [Double] = []
  private(set) var counts: [Double] = []

  var isEmpty: Bool { bounds.isEmpty }

  mutating func reset() {
    bounds.removeAll(keepingCapacity: true)
    counts.removeAll(keepingCapacity: true)
  }

  /// Bounds must not fall. Equal ones are one bucket.
  mutating func append(_ bound: Double, _ count: Double) {
    if let last = bounds.last, last == bound {
      counts[counts.count - 1] += count
    } else {
      bounds.append(bound)
      counts.append(count)
    }
  }

  private var isComplete: Bool { bounds.last == .infinity }

  /// The value below which the share `q` of observations lies, evenly spread within each bucket.
  ///
  /// - Parameter wasForced: set when counts fell and were raised.
  mutating func quantile(_ q: Double, wasForced: inout Bool) -> Double {
    if q.isNaN { return .nan }
    if q < 0 { return -.infinity }
    if q > 1 { return .infinity }
    guard isComplete else { return .nan }
    evenOut(tolerance: 1e-12)
    let forced = raise()
    guard bounds.count > 1 else { return .nan }
    let last = counts.count - 1
    if counts[last] == 0 { return .nan }
    if forced { wasForced = true }
    var rank = q * counts[last]
    // By halving, as the reference does: counts that are NaN make the outcome depend on it.
    let bucket = Halving.firstIndex(in: 0..<last) { counts[$0] >= rank }
    if bucket == last { return bounds[last - 1] }
    if bucket == 0, bounds[0] <= 0 { return bounds[0] }
    var start = 0.0
    var count = counts[bucket]
    if bucket > 0 {
      start = bounds[bucket - 1]
      count -= counts[bucket - 1]
      rank -= counts[bucket - 1]
    }
    return start + (bounds[bucket] - start) * (rank / count)
  }

  /// The share of observations between two values.
  ///
  /// 3.5 lets the first bucket begin at minus infinity, which leaves no share of it to tell; later releases let it begin at zero where its bound is
  /// positive, and count it whole where it is not.
  func fraction(from lower: Double, to upper: Double, _ edition: Edition) -> Double {
    guard isComplete, let total = counts.last, total != 0, !lower.isNaN, !upper.isNaN else { return .nan }
    if lower >= upper { return 0 }
    let (low, high) = (rank(of: lower, edition), rank(of: upper, edition))
    // Comparisons that NaN does not stop from going on as NaN.
    return ((high > total ? total : high) - (low > total ? total : low)) / total
  }

  /// How many observations lie below a value.
  private func rank(of value: Double, _ edition: Edition) -> Double {
    var below = 0.0
    var start = edition == .newest && bounds[0] > 0 ? 0 : -Double.infinity
    for i in bounds.indices {
      if start >= value { return below }
      // A bound that is NaN is neither below nor above.
      if start < value, bounds[i] > value {
        if edition == .newest, start == -.infinity { return counts[i] }
        return below + (counts[i] - below) * (value - start) / (bounds[i] - start)
      }
      below = counts[i]
      start = bounds[i]
    }
    return counts[counts.count - 1]
  }

  /// Takes differences for rounding errors that are small beside the count.
  private mutating func evenOut(tolerance: Double) {
    var previous = counts[0]
    for i in 1..<max(1, counts.count) {
      let delta = (counts[i] - previous).magnitude
      if delta == 0 { continue }
      if delta / counts[i] <= tolerance {
        counts[i] = previous
      } else {
        previous = counts[i]
      }
    }
  }

  /// Raises counts that are below an earlier one. Says whether there were any.
  private mutating func raise() -> Bool {
    var most = counts[0]
    var forced = false
    for i in 1..<max(1, counts.count) {
      if counts[i] > most {
        most = counts[i]
      } else if counts[i] < most {
        counts[i] = most
        forced = true
      }
    }
    return forced
  }
}

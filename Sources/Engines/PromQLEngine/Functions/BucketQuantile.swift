/// The buckets of a classic histogram: upper bounds with the counts of all observations up to them.
struct Buckets {
  struct Bucket {
    var upperBound: Double
    var count: Double
  }
  private(set) var all: [Bucket] = []

  mutating func removeAll() { all.removeAll(keepingCapacity: true) }
  mutating func add(_ upperBound: Double, _ count: Double) { all.append(Bucket(upperBound: upperBound, count: count)) }
  var isEmpty: Bool { all.isEmpty }

  /// Sorts by bound and adds up counts of the same one. `false`: the last bucket does not end at infinity.
  mutating func prepare() -> Bool {
    all.sort { $0.upperBound < $1.upperBound }
    guard all.last?.upperBound == .infinity else { return false }
    var written = 0
    for i in all.indices.dropFirst() {
      if all[i].upperBound == all[written].upperBound {
        all[written].count += all[i].count
      } else {
        written += 1
        all[written] = all[i]
      }
    }
    all.removeLast(all.count - written - 1)
    return true
  }

  /// Counts never fall with rising bounds: falls within rounding are made good silently, others are told.
  private mutating func forceMonotonicity() -> Bool {
    var wasForced = false
    var previous = all[0].count
    for i in all.indices.dropFirst() {
      let count = all[i].count
      if count == previous { continue }
      if Self.areAlmostEqual(previous, count) {
        all[i].count = previous
      } else if count < previous {
        all[i].count = previous
        wasForced = true
      } else {
        previous = count
      }
    }
    return wasForced
  }

  private static func areAlmostEqual(_ a: Double, _ b: Double) -> Bool {
    let tolerance = 1e-12
    let sum = a.magnitude + b.magnitude
    let difference = (a - b).magnitude
    if a == 0 || b == 0 || sum < .leastNormalMagnitude { return difference < tolerance * .leastNormalMagnitude }
    return difference / min(sum, .greatestFiniteMagnitude) < tolerance
  }

  /// The quantile, interpolated linearly within its bucket; the lowest begins at zero when its bound is positive.
  mutating func quantile(_ q: Double) -> (value: Double, wasForced: Bool) {
    if q.isNaN { return (.nan, false) }
    if q < 0 { return (-.infinity, false) }
    if q > 1 { return (.infinity, false) }
    guard prepare() else { return (.nan, false) }
    let wasForced = forceMonotonicity()
    guard all.count >= 2 else { return (.nan, false) }
    let observations = all[all.count - 1].count
    if observations == 0 { return (.nan, false) }
    var rank = q * observations
    let b = all.firstIndex(in: 0..<all.count - 1) { $0.count >= rank }
    if b == all.count - 1 { return (all[all.count - 2].upperBound, wasForced) }
    if b == 0, all[0].upperBound <= 0 { return (all[0].upperBound, wasForced) }
    var start = 0.0
    var count = all[b].count
    if b > 0 {
      start = all[b - 1].upperBound
      count -= all[b - 1].count
      rank -= all[b - 1].count
    }
    return (start + (all[b].upperBound - start) * (rank / count), wasForced)
  }

  /// The part of the observations that lies between two bounds.
  mutating func fraction(from lower: Double, to upper: Double) -> Double {
    guard prepare() else { return .nan }
    let count = all[all.count - 1].count
    if count == 0 || lower.isNaN || upper.isNaN { return .nan }
    if lower >= upper { return 0 }
    return (rank(of: upper, count) - rank(of: lower, count)) / count
  }

  /// How many observations are below a bound.
  private func rank(of bound: Double, _ count: Double) -> Double {
    var below = 0.0
    var lowerBound = all[0].upperBound > 0 ? 0 : -Double.infinity
    if bound < lowerBound { return 0 }
    for bucket in all {
      if lowerBound == bound { return min(below, count) }
      if lowerBound < bound, bucket.upperBound > bound {
        // There is no line to an infinite bound: none of its bucket below, all of it above.
        if lowerBound == -.infinity { return min(bucket.count, count) }
        return min(below + (bucket.count - below) * (bound - lowerBound) / (bucket.upperBound - lowerBound), count)
      }
      below = bucket.count
      lowerBound = bucket.upperBound
    }
    return count
  }
}

/// The search by halves.
enum Halving {
  /// The first index of a range for which something holds; its end if there is none.
  ///
  /// - Parameter holds: false before some place, true from there on.
  /// - Complexity: O(log n).
  @inline(__always)
  static func firstIndex(in range: Range<Int>, where holds: (Int) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// Pattern-defeating quicksort with the constants of Go's library.
///
/// It is not stable, and the order that it leaves equal elements in is seen: in `sort`, `sort_by_label`, `topk`, `bottomk`. So every choice of a pivot and
/// every exchange must be that library's. `isBefore` may contradict itself (NaN comes before NaN): what comes out is as defined as anything.
///
/// - Source: O. Peters, "Pattern-defeating Quicksort" (2021), in the variant of Go's package sort.
/// - Complexity: O(n log n) comparisons.
struct PatternSort<Element> {
  private enum Pattern { case none, rising, falling }

  private var items: [Element]
  private let isBefore: (Element, Element) -> Bool

  static func sorted(_ items: [Element], by isBefore: (Element, Element) -> Bool) -> [Element] {
    withoutActuallyEscaping(isBefore) { isBefore in
      var sort = PatternSort(items: items, isBefore: isBefore)
      sort.sort(0..<items.count, badChoices: Int.bitWidth - items.count.leadingZeroBitCount)
      return sort.items
    }
  }

  private func less(_ i: Int, _ j: Int) -> Bool { isBefore(items[i], items[j]) }

  /// - Parameter badChoices: how many pivots may split badly before heap sort takes over.
  private mutating func sort(_ whole: Range<Int>, badChoices: Int) {
    var (range, badChoices) = (whole, badChoices)
    var (wasBalanced, wasPartitioned) = (true, true)
    while true {
      let (low, high) = (range.lowerBound, range.upperBound)
      if range.count <= 12 { return insert(range) }
      if badChoices == 0 { return heapSort(range) }
      if !wasBalanced {
        scatter(range)
        badChoices -= 1
      }
      var (pivot, pattern) = choosePivot(range)
      if pattern == .falling {
        items[range].reverse()
        pivot = high - 1 - (pivot - low)
        pattern = .rising
      }
      if wasBalanced, wasPartitioned, pattern == .rising, insertFew(range) { return }
      // Nothing here comes before the element to the left: all that equals the pivot is in place already.
      if low > 0, !less(low - 1, pivot) {
        range = partitionEqual(range, pivot)..<high
        continue
      }
      let middle: Int
      (middle, wasPartitioned) = partition(range, pivot)
      let (left, right) = (low..<middle, middle + 1..<high)
      // The pivot counts to the right.
      let rightCount = high - middle
      wasBalanced = min(left.count, rightCount) >= range.count / 8
      // The smaller part is nested, so that the depth is logarithmic.
      if left.count < rightCount {
        sort(left, badChoices: badChoices)
        range = right
      } else {
        sort(right, badChoices: badChoices)
        range = left
      }
    }
  }

  // MARK: Small and bad ranges

  private mutating func insert(_ range: Range<Int>) {
    for i in range.dropFirst() {
      var j = i
      while j > range.lowerBound, less(j, j - 1) {
        items.swapAt(j, j - 1)
        j -= 1
      }
    }
  }

  private mutating func heapSort(_ range: Range<Int>) {
    for root in stride(from: (range.count - 1) / 2, through: 0, by: -1) { siftDown(root, range.count, range.lowerBound) }
    for last in stride(from: range.count - 1, through: 0, by: -1) {
      items.swapAt(range.lowerBound, range.lowerBound + last)
      siftDown(0, last, range.lowerBound)
    }
  }

  private mutating func siftDown(_ start: Int, _ count: Int, _ base: Int) {
    var root = start
    while 2 * root + 1 < count {
      var child = 2 * root + 1
      if child + 1 < count, less(base + child, base + child + 1) { child += 1 }
      guard less(base + root, base + child) else { return }
      items.swapAt(base + root, base + child)
      root = child
    }
  }

  /// Mends up to five places that are out of order; `true`: that was all there was to do.
  private mutating func insertFew(_ range: Range<Int>) -> Bool {
    var i = range.lowerBound + 1
    for _ in 0..<5 {
      while i < range.upperBound, !less(i, i - 1) { i += 1 }
      if i == range.upperBound { return true }
      if range.count < 50 { return false }
      items.swapAt(i, i - 1)
      if i - range.lowerBound >= 2 {
        var j = i - 1
        while j >= 1, less(j, j - 1) {
          items.swapAt(j, j - 1)
          j -= 1
        }
      }
      if range.upperBound - i >= 2 {
        var j = i + 1
        while j < range.upperBound, less(j, j - 1) {
          items.swapAt(j, j - 1)
          j += 1
        }
      }
    }
    return false
  }

  /// Moves three elements of the middle elsewhere, the same ones each time.
  private mutating func scatter(_ range: Range<Int>) {
    var random = UInt64(range.count)
    let mask = UInt64(1) << UInt64(Int.bitWidth - range.count.leadingZeroBitCount) - 1
    let middle = range.lowerBound + range.count / 4 * 2
    for i in middle - 1...middle + 1 {
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      let other = Int(random & mask)
      items.swapAt(i, range.lowerBound + (other >= range.count ? other - range.count : other))
    }
  }

  // MARK: Pivots

  /// The median of three elements, from 50 elements on of the medians of three neighbours each. No exchange, or as many as there can be, tell a pattern.
  private func choosePivot(_ range: Range<Int>) -> (Int, Pattern) {
    var swaps = 0
    let quarter = range.count / 4
    var (a, b, c) = (range.lowerBound + quarter, range.lowerBound + 2 * quarter, range.lowerBound + 3 * quarter)
    if range.count >= 50 {
      a = median(a - 1, a, a + 1, &swaps)
      b = median(b - 1, b, b + 1, &swaps)
      c = median(c - 1, c, c + 1, &swaps)
    }
    let pivot = median(a, b, c, &swaps)
    return (pivot, swaps == 0 ? .rising : swaps == 12 ? .falling : .none)
  }

  private func median(_ a: Int, _ b: Int, _ c: Int, _ swaps: inout Int) -> Int {
    var (a, b, c) = (a, b, c)
    order(&a, &b, &swaps)
    order(&b, &c, &swaps)
    order(&a, &b, &swaps)
    return b
  }

  private func order(_ a: inout Int, _ b: inout Int, _ swaps: inout Int) {
    guard less(b, a) else { return }
    swap(&a, &b)
    swaps += 1
  }

  /// What comes before the pivot to its left, the rest to its right. Where the pivot went, and whether all was so already.
  private mutating func partition(_ range: Range<Int>, _ pivot: Int) -> (Int, Bool) {
    let first = range.lowerBound
    items.swapAt(first, pivot)
    var (i, j) = (first + 1, range.upperBound - 1)
    var exchanges = 0
    while true {
      while i <= j, less(i, first) { i += 1 }
      while i <= j, !less(j, first) { j -= 1 }
      if i > j { break }
      items.swapAt(i, j)
      exchanges += 1
      i += 1
      j -= 1
    }
    items.swapAt(j, first)
    return (j, exchanges == 0)
  }

  /// What equals the pivot to the left; where the rest begins.
  private mutating func partitionEqual(_ range: Range<Int>, _ pivot: Int) -> Int {
    let first = range.lowerBound
    items.swapAt(first, pivot)
    var (i, j) = (first + 1, range.upperBound - 1)
    while true {
      while i <= j, !less(first, i) { i += 1 }
      while i <= j, less(first, j) { j -= 1 }
      if i > j { return i }
      items.swapAt(i, j)
      i += 1
      j -= 1
    }
  }
}

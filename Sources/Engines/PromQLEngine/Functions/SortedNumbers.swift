/// Numbers that are brought into rising order: NaN before all others, equal ones as they came. Keeps its memory.
struct SortedNumbers {
  private(set) var values: [Double] = []
  /// What a merge writes to.
  private var spare: [Double] = []

  private static let run = 32

  @inline(__always)
  static func precedes(_ a: Double, _ b: Double) -> Bool { a.isNaN ? !b.isNaN : a < b }

  mutating func removeAll() { values.removeAll(keepingCapacity: true) }

  /// Adds a number at the end, whatever the order.
  @inline(__always)
  mutating func append(_ value: Double) { values.append(value) }

  /// - Complexity: O(n log n), no allocation beyond the largest count so far.
  mutating func sort() {
    sortRuns()
    if values.count <= Self.run { return }
    spare.removeAll(keepingCapacity: true)
    spare.append(contentsOf: values)
    var width = Self.run
    while width < values.count {
      Self.merge(&values, &spare, width)
      swap(&values, &spare)
      width *= 2
    }
  }

  private mutating func sortRuns() {
    var numbers = values.mutableSpan
    var start = 0
    while start < numbers.count {
      let end = min(start + Self.run, numbers.count)
      for i in start..<end {
        let value = numbers[i]
        var place = i
        if value.isNaN {
          while place > start, !numbers[place - 1].isNaN {
            numbers[place] = numbers[place - 1]
            place -= 1
          }
        } else {
          // No NaN is greater.
          while place > start, value < numbers[place - 1] {
            numbers[place] = numbers[place - 1]
            place -= 1
          }
        }
        numbers[place] = value
      }
      start = end
    }
  }

  /// Makes ordered runs of `2 * width` of those of `width`.
  private static func merge(_ values: inout [Double], _ spare: inout [Double], _ width: Int) {
    let count = values.count
    let from = values.span
    var to = spare.mutableSpan
    var start = 0
    while start < count {
      let (middle, end) = (min(start + width, count), min(start + 2 * width, count))
      var (left, right) = (start, middle)
      for place in start..<end {
        if left < middle, right == end || !precedes(from[right], from[left]) {
          to[place] = from[left]
          left += 1
        } else {
          to[place] = from[right]
          right += 1
        }
      }
      start = end
    }
  }

  // MARK: One by one

  /// Puts a number where it belongs among ordered ones, behind its equals.
  mutating func insert(_ value: Double) {
    values.insert(value, at: firstIndex { Self.precedes(value, $0) })
  }

  /// Takes out the first of the numbers that are equal to this one.
  mutating func remove(_ value: Double) {
    values.remove(at: firstIndex { !Self.precedes($0, value) })
  }

  /// Takes out the first of the numbers equal to `old`, and puts another one behind its equals.
  mutating func replace(_ old: Double, by new: Double) {
    var place = firstIndex { !Self.precedes($0, old) }
    var numbers = values.mutableSpan
    while place > 0, Self.precedes(new, numbers[place - 1]) {
      numbers[place] = numbers[place - 1]
      place -= 1
    }
    while place + 1 < numbers.count, !Self.precedes(new, numbers[place + 1]) {
      numbers[place] = numbers[place + 1]
      place += 1
    }
    numbers[place] = new
  }

  @inline(__always)
  private func firstIndex(where holds: (Double) -> Bool) -> Int {
    let numbers = values.span
    return Halving.firstIndex(in: 0..<numbers.count) { holds(numbers[$0]) }
  }
}

/// The numbers of a window in rising order, kept while the window slides.
///
/// - Complexity: O(n) moves of memory per number that comes or goes; where many do, they are sorted anew.
struct SortedWindow {
  private(set) var numbers = SortedNumbers()
  private var held = 0..<0

  /// Another row begins.
  mutating func reset() { held = 0..<0 }

  mutating func slide(to range: Range<Int>, of source: Span<Double>) {
    let changes = range.lowerBound - held.lowerBound + range.upperBound - held.upperBound
    let isAhead = range.lowerBound >= held.lowerBound && range.upperBound >= held.upperBound && range.lowerBound < held.upperBound
    // A change moves a part of the numbers by one place, sorting moves all of them as often as they can be halved.
    let halvings = Int.bitWidth - range.count.leadingZeroBitCount
    if isAhead, changes <= min(range.count / 2, 4 * halvings) {
      var (gone, new) = (held.lowerBound, held.upperBound)
      while gone < range.lowerBound, new < range.upperBound {
        numbers.replace(source[gone], by: source[new])
        gone += 1
        new += 1
      }
      for i in gone..<range.lowerBound { numbers.remove(source[i]) }
      for i in new..<range.upperBound { numbers.insert(source[i]) }
    } else {
      numbers.removeAll()
      for i in range { numbers.append(source[i]) }
      numbers.sort()
    }
    held = range
  }
}

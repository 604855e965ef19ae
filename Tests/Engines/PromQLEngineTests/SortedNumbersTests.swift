import Testing

@testable import PromQLEngine

@Suite struct SortedNumbersTests {
  /// Few different numbers, so that many are equal.
  private static func numbers(_ count: Int, _ random: inout SeededRandom) -> [Double] {
    (0..<count).map { _ in
      let odd: [Double] = [.nan, -.nan, .infinity, -.infinity, 0, -0.0]
      return Bool.random(using: &random) ? odd.randomElement(using: &random)! : Double(Int.random(in: -20...20, using: &random))
    }
  }

  /// NaN first, equal ones as they came.
  private static func sorted(_ numbers: some Sequence<Double>) -> [UInt64] {
    numbers.enumerated().sorted { a, b in
      if a.element.isNaN || b.element.isNaN {
        return a.element.isNaN && b.element.isNaN ? a.offset < b.offset : a.element.isNaN
      }
      return a.element == b.element ? a.offset < b.offset : a.element < b.element
    }.map(\.element.bitPattern)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `equal numbers stay as they came, bit for bit`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var numbers = SortedNumbers()
    // Of rising and falling counts: the memory is used again.
    for _ in 0..<4 {
      let wanted = Self.numbers(Int.random(in: 0...300, using: &random), &random)
      numbers.removeAll()
      for number in wanted { numbers.append(number) }
      numbers.sort()
      #expect(numbers.values.map(\.bitPattern) == Self.sorted(wanted), "seed \(seed)")
    }
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `a window that slides is in the order that sorting gives`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let all = Self.numbers(500, &random)
    var window = SortedWindow()
    for _ in 0..<2 {
      window.reset()
      var (low, high) = (Int.random(in: 0..<100, using: &random), 100)
      while high < all.count {
        window.slide(to: low..<high, of: all.span)
        #expect(window.numbers.values.map(\.bitPattern) == Self.sorted(all[low..<high]), "seed \(seed), \(low)..<\(high)")
        high = min(all.count, high + Int.random(in: 0...40, using: &random) / Int.random(in: 1...20, using: &random))
        low = min(high - 1, low + Int.random(in: 0...40, using: &random) / Int.random(in: 1...20, using: &random))
        if Int.random(in: 0..<50, using: &random) == 0 { low = high - 1 }
      }
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `quantiles and median deviations are those of each window`(_ seed: UInt64) throws {
    let windows = KernelTests.Windows(seed: seed)
    func quantile(_ q: Double, _ values: [Double]) -> Double {
      let sorted = Self.sorted(values).map { Double(bitPattern: $0) }
      let rank = q * Double(sorted.count - 1)
      let (low, weight) = (Int(rank.rounded(.down)), rank - rank.rounded(.down))
      return sorted[low] * (1 - weight) + sorted[min(low + 1, sorted.count - 1)] * weight
    }
    for q in [0, 0.3, 0.5, 1] {
      #expect(try windows.slide(.quantile, [.constant(q)]) == windows.each { quantile(q, $1) }, "seed \(seed), \(q)")
    }
    let deviations = windows.each { _, v in
      let median = quantile(0.5, v)
      return quantile(0.5, v.map { ($0 - median).magnitude })
    }
    #expect(try windows.slide(.medianDeviation) == deviations, "seed \(seed)")
  }

  @Test(arguments: [
    ("a2", "a10", true), ("a10", "a2", false), ("a", "a1", true), ("a1", "a", false), ("", "a", false), ("a", "a", true),
    ("1a2", "1a10", true), ("01", "1", true), ("1", "01", true), ("01a", "1b", true), ("01b", "1a", false), ("b1", "a2", false),
    ("99999999999999999999", "100000000000000000000", false), ("18446744073709551615", "2", true),
    ("9223372036854775807", "2", false), ("ä1", "ä2", true),
  ])
  func `digits compare as numbers`(_ a: String, _ b: String, _ expected: Bool) {
    #expect(NaturalOrder.precedes(a, b) == expected)
  }
}

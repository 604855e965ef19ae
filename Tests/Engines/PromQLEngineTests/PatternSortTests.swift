import Testing

@testable import PromQLEngine

@Suite struct PatternSortTests {
  /// The order in which the numbers from 0 on come out when they are sorted by a key of each.
  private static func order(_ count: Int, _ key: (Int) -> Int) -> [Int] {
    PatternSort.sorted(Array(0..<count)) { key($0) < key($1) }
  }

  /// Such as Prometheus 3.5.3 gives for `sort` of series with these values.
  @Test func `equal elements come in the reference's order`() {
    #expect(Self.order(12) { $0 % 2 } == [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11])
    #expect(Self.order(14) { $0 % 2 } == [8, 12, 2, 0, 4, 10, 6, 3, 7, 9, 5, 11, 1, 13])
    #expect(
      Self.order(30) { $0 * 7 % 3 } == [
        12, 27, 24, 3, 21, 18, 6, 0, 15, 9, 7, 4, 10, 13, 28, 1, 16, 25, 22, 19, 8, 20, 5, 23, 2, 17, 26, 11, 14, 29,
      ])
    // Many equal ones, and elements that are scattered after a bad pivot.
    #expect(
      Self.order(60) { $0 * $0 % 5 } == [
        15, 55, 50, 45, 40, 5, 35, 30, 0, 25, 10, 20, 29, 6, 14, 59, 16, 56, 1, 19, 11, 21, 54, 51, 24, 9, 26, 49, 46, 44, 41, 31,
        4, 39, 34, 36, 48,
        42, 38, 33, 32, 7, 47, 43, 8, 3, 37, 28, 52, 27, 2, 23, 13, 53, 22, 18, 17, 57, 58, 12,
      ])
    #expect(Self.order(40) { _ in 1 } == Array(0..<40))
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func `whatever the pattern, the result is sorted and whole`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let count = Int.random(in: 0..<400, using: &random)
      let distinct = Int.random(in: 1...500, using: &random)
      var items = (0..<count).map { _ in Int.random(in: 0..<distinct, using: &random) }
      switch Int.random(in: 0..<4, using: &random) {
      case 0: items.sort()
      case 1: items.sort(by: >)
      case 2: items = items.indices.map { $0 * $0 % distinct }
      default: break
      }
      #expect(PatternSort.sorted(items, by: <) == items.sorted(), "seed \(seed)")
    }
  }

  @Test func `an order that contradicts itself ends, too`() {
    for count in [13, 60, 500] {
      #expect(PatternSort.sorted(Array(0..<count)) { _, _ in true }.sorted() == Array(0..<count))
      #expect(PatternSort.sorted(Array(0..<count)) { ($0 * 7 + $1 * 13) % 3 == 0 }.sorted() == Array(0..<count))
    }
  }
}

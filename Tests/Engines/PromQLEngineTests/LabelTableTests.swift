import SeriesModel
import Testing

@testable import PromQLEngine

@Suite struct LabelTableTests {
  private static func labels(_ random: inout SeededRandom) -> LabelSet {
    let names = ["__name__", "a", "b", "c", "le", "job", String(repeating: "long", count: 40)]
    return LabelSet(
      names.filter { _ in Bool.random(using: &random) }.map {
        Label($0, String(repeating: "v", count: [0, 1, 2, 127, 128, 300].randomElement(using: &random)!))
      })
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `a projection keeps what the label set itself would`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<20 {
      let set = Self.labels(&random)
      let names = ["a", "le", "__name__", "nope"].filter { _ in Bool.random(using: &random) }
      #expect(LabelProjection.keeping(names).apply(set) == set.keeping(names), "seed \(seed)")
      #expect(LabelProjection.removing(names).apply(set) == set.removing(names), "seed \(seed)")
    }
  }

  @Test func `equal sets have one number, others each their own`() {
    var table = LabelSetTable()
    var numbers: [LabelSet: Int] = [:]
    var random = SeededRandom(seed: 1)
    for _ in 0..<2000 {
      let set = Self.labels(&random)
      let number = table.number(of: set)
      #expect(numbers[set, default: number] == number)
      if numbers[set] == nil { #expect(number == numbers.count) }
      numbers[set] = number
    }
    #expect(table.count == numbers.count)
    #expect(LabelSetTable.hasDuplicates(table.sets) == false)
    #expect(LabelSetTable.hasDuplicates(table.sets + [table.sets[0]]))
  }

  @Test func `staleness markers go and rows stay in place`() {
    var random = SeededRandom(seed: 3)
    for round in 0..<200 {
      var columns = SampleColumns()
      var expected: [[Double]] = []
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        var row: [Double] = []
        for t in 0..<Int.random(in: 0...6, using: &random) {
          let value = Int.random(in: 0...2, using: &random) == 0 ? Staleness.marker : Double(t)
          columns.append(Int64(t), value)
          if !Staleness.isMarker(value) { row.append(value) }
        }
        columns.endRow()
        expected.append(row)
      }
      columns.dropStale()
      #expect((0..<columns.rowCount).map { Array(columns.values[columns.row($0)]) } == expected, "round \(round)")
      #expect(columns.timestamps.map(Double.init) == columns.values)
    }
  }
}

import SeriesModel
import Testing

@testable import PromQLEngine

/// Kernels slide along; what they slide to is what a look at each window for itself gives.
@Suite struct KernelTests {
  struct Windows {
    var times: [Int64]
    var values: [Double]
    var grid: StepGrid
    var length: Int64

    init(seed: UInt64) {
      var random = SeededRandom(seed: seed)
      var time = Int64.random(in: 0..<100, using: &random)
      var value = 0.0
      (times, values) = ([], [])
      for _ in 0..<Int.random(in: 1...80, using: &random) {
        times.append(time)
        switch Int.random(in: 0..<20, using: &random) {
        case 0: values.append(.nan)
        case 1: values.append(.infinity)
        case 2: value = 0
        default: value += Double(Int.random(in: 0...3, using: &random))
        }
        if values.count < times.count { values.append(value) }
        time += Int64.random(in: 1...40, using: &random)
      }
      grid = StepGrid(start: Int64.random(in: -50...200, using: &random), step: Int64.random(in: 1...90, using: &random), count: 30)
      length = Int64.random(in: 1...300, using: &random)
    }

    func slide(_ function: OverTimeFunction, _ scalars: [ScalarRow] = []) throws(QueryError) -> [UInt64] {
      var columns = SampleColumns()
      for (time, value) in zip(times, values) { columns.append(time, value) }
      columns.endRow()
      var walk = WindowWalk(grid: grid, windows: WindowSpan(length: length, shift: ResolvedShift(offset: 0, at: nil)))
      var out = [Double](repeating: Cell.absent, count: grid.count)
      try walk.run(function, scalars, columns, into: &out, at: 0)
      return out.map { $0.isNaN && Cell.isPresent($0) ? Double.nan.bitPattern : $0.bitPattern }
    }

    /// The samples of each window, handed to `body` alone.
    func each(_ body: ([Int64], [Double]) -> Double?) -> [UInt64] {
      (0..<grid.count).map { step in
        let end = grid.time(step)
        let inside = times.indices.filter { times[$0] > end - length && times[$0] <= end }
        let value = inside.isEmpty ? nil : body(inside.map { times[$0] }, inside.map { values[$0] })
        return value.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern } ?? Cell.absent.bitPattern
      }
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `extremes, changes and resets are those of each window`(_ seed: UInt64) throws {
    let windows = Windows(seed: seed)
    #expect(
      try windows.slide(.maximum) == windows.each { _, v in v.reduce(.nan) { $0.isNaN || $1 > $0 ? $1 : $0 } }, "seed \(seed)")
    #expect(
      try windows.slide(.minimum) == windows.each { _, v in v.reduce(.nan) { $0.isNaN || $1 < $0 ? $1 : $0 } }, "seed \(seed)")
    #expect(
      try windows.slide(.changes)
        == windows.each { _, v in Double(zip(v, v.dropFirst()).count { $0 != $1 && !($0.isNaN && $1.isNaN) }) }, "seed \(seed)")
    #expect(try windows.slide(.resets) == windows.each { _, v in Double(zip(v, v.dropFirst()).count { $1 < $0 }) }, "seed \(seed)")
    #expect(try windows.slide(.count) == windows.each { _, v in Double(v.count) }, "seed \(seed)")
    let latest = windows.each { t, v in
      var best = 0
      for i in v.indices where v[i] >= v[best] || v[best].isNaN { best = i }
      return Double(t[best]) / 1000
    }
    #expect(try windows.slide(.timeOfMaximum) == latest, "seed \(seed)")
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `an increase is the sum of rises, resets counted, stretched to the window`(_ seed: UInt64) throws {
    let windows = Windows(seed: seed)
    let plain = windows.each { _, v in
      guard v.count > 1 else { return nil }
      var change = v[v.count - 1] - v[0]
      for (a, b) in zip(v, v.dropFirst()) where b < a { change += a }
      return change
    }
    let slid = try windows.slide(.increase)
    for (step, bits) in slid.enumerated() {
      let (found, rises) = (Double(bitPattern: bits), Double(bitPattern: plain[step]))
      #expect(Cell.isAbsent(found) == Cell.isAbsent(rises))
      if Cell.isAbsent(found) || !rises.isFinite || !found.isFinite { continue }
      // Stretching makes it larger and keeps its sign.
      #expect(found.magnitude >= rises.magnitude - 1e-9 && found * rises >= 0, "seed \(seed), step \(step): \(found) of \(rises)")
    }
  }

  @Test(arguments: [
    (0.0, MathFunction.year, 1970.0), (0, .dayOfWeek, 4), (951_782_400, .dayOfYear, 60), (951_782_400, .daysInMonth, 29),
    (-1, .minute, 59), (-1, .year, 1969), (1e20, .dayOfYear, 339), (.nan, .minute, 30), (-.infinity, .hour, 15),
    (253_402_300_800, .year, 10_000),
  ])
  func `the calendar goes round as the reference's`(_ seconds: Double, _ part: MathFunction, _ expected: Double) {
    #expect(CivilTime(seconds: seconds).part(part) == expected)
  }

  @Test(
    arguments: [
      ([3, 1, 2], 0.5, 2.0), ([1, 2, 3, 4], 0.5, 2.5), ([.nan, 1, 2], 1, 2), ([.nan, 1, 2], 0, .nan), ([1], 2, .infinity),
      ([1], -0.1, -.infinity), ([], 0.5, .nan), ([1], .nan, .nan),
    ] as [([Double], Double, Double)])
  func `a quantile lies between the values around its rank`(_ values: [Double], _ q: Double, _ expected: Double) {
    var numbers = SortedNumbers()
    for value in values { numbers.append(value) }
    numbers.sort()
    let found = Quantile.of(q, sorted: numbers.values.span)
    #expect(found == expected || found.isNaN && expected.isNaN)
  }
}

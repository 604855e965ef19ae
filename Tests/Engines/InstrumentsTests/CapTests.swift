import Catalogue
import SeriesModel
import Testing

@testable import Instruments

struct CapTests {
  @Test func `beyond the cap open labels become other and closed ones stay`() {
    let registry = Small.registry()
    for i in 0..<5 { registry.add(Small.runs, ["w\(i)", "failed"], Double(i + 1)) }
    // The cap of 6 label sets holds three workflows of two.
    #expect(registry.value(Small.runs, ["workflow": "w2", "status": "failed"]) == 3)
    #expect(registry.value(Small.runs, ["workflow": "w3", "status": "failed"]) == nil)
    #expect(registry.value(Small.runs, ["workflow": "__other__", "status": "failed"]) == 9)
    #expect(registry.value(Small.runs, ["workflow": "__other__", "status": "success"]) == 0)
    #expect(registry.value(Families.tidemarkSeriesOverflowedTotal, ["family": "runs_total"]) == 4)
    #expect(registry.value(Families.tidemarkSeriesOverflowedTotal, ["family": "duration_seconds"]) == 0)
  }

  @Test func `a property label keeps its value beyond the cap`() {
    let registry = Small.registry()
    for i in 0..<4 { registry.add(Small.kinds, ["a\(i)", i % 2 == 0 ? "llm" : "rule"], 1) }
    #expect(registry.value(Small.kinds, ["agent": "__other__", "type": "llm"]) == 1)
    #expect(registry.value(Small.kinds, ["agent": "__other__", "type": "rule"]) == 1)
  }

  @Test func `one that overflowed is never admitted, though there is room again`() {
    let time = ManualTime(Small.start)
    let registry = Small.registry(at: time)
    for i in 0..<4 { registry.add(Small.runs, ["w\(i)", "failed"], 1) }
    time.advance(by: .hours(2))
    registry.add(Small.runs, ["w0", "failed"], 1)
    registry.update { $0.expire(at: time.now()) }
    #expect(registry.value(Small.runs, ["workflow": "w1", "status": "failed"]) == nil)
    registry.add(Small.runs, ["w3", "failed"], 1)
    #expect(registry.value(Small.runs, ["workflow": "w3", "status": "failed"]) == nil)
    registry.add(Small.runs, ["new", "failed"], 1)
    #expect(registry.value(Small.runs, ["workflow": "new", "status": "failed"]) == 1)
    // w3's two, and the two that were dropped.
    #expect(registry.value(Small.runs, ["workflow": "__other__", "status": "failed"]) == 4)
    #expect(registry.value(Families.tidemarkSeriesEvictedTotal) == 4)
  }

  @Test func `the sum over a counter never decreases, whatever is dropped`() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix(state: seed)
    let time = ManualTime(Small.start)
    let registry = Small.registry(at: time)
    var expected = 0.0
    for step in 0..<2000 {
      let name = "w\(random.next() % 12)"
      registry.add(Small.runs, [name, random.next() % 2 == 0 ? "failed" : "success"], 1)
      expected += 1
      time.advance(by: .minutes(Int64(random.next() % 30)))
      if random.next() % 4 == 0 { registry.update { $0.expire(at: time.now()) } }
      if step % 50 == 0 {
        #expect(registry.values(Small.runs).reduce(0) { $0 + $1.value } == expected, "seed \(seed), step \(step)")
        #expect(registry.values(Small.runs).filter { $0.labels["workflow"] != "__other__" }.count <= 6, "seed \(seed)")
      }
    }
  }

  @Test func `a gauge folds what overflowed as it says`() {
    let registry = Small.registry()
    for (i, value) in [1.0, 2, 30, 4, 5].enumerated() {
      registry.set(Small.depth, ["q\(i)"], value)
      registry.set(Small.age, ["q\(i)"], value)
      registry.set(Small.state, ["q\(i)"], value)
    }
    #expect(registry.value(Small.depth, ["queue": "__other__"]) == 39)
    #expect(registry.value(Small.age, ["queue": "__other__"]) == 30)
    #expect(registry.value(Small.state, ["thing": "__other__"]) == nil)
    registry.set(Small.depth, ["q2"], 3)
    registry.set(Small.age, ["q2"], 3)
    #expect(registry.value(Small.depth, ["queue": "__other__"]) == 12)
    #expect(registry.value(Small.age, ["queue": "__other__"]) == 5)
  }

  @Test func `a folded gauge that is dropped leaves the fold, and the last takes it along`() {
    let registry = Small.registry()
    let depth = registry.family(Small.depth)
    for i in 0..<4 { registry.set(Small.depth, ["q\(i)"], Double(i)) }
    registry.update { $0.remove($0.series(depth, ["q3"], created: Small.start)) }
    #expect(registry.value(Small.depth, ["queue": "__other__"]) == 2)
    registry.update { $0.remove($0.series(depth, ["q2"], created: Small.start)) }
    #expect(registry.value(Small.depth, ["queue": "__other__"]) == nil)
    registry.update { $0.remove($0.series(depth, ["q0"], created: Small.start)) }
    registry.set(Small.depth, ["q3"], 7)
    #expect(registry.value(Small.depth, ["queue": "q3"]) == nil, "it overflowed once")
    #expect(registry.value(Small.depth, ["queue": "__other__"]) == 7)
  }

  @Test func `a dropped handle is born again by its next update`() {
    let time = ManualTime(Small.start)
    let registry = Small.registry(at: time)
    let runs = registry.family(Small.runs)
    let (success, failed) = registry.update {
      ($0.series(runs, ["w", "success"], created: Small.start), $0.series(runs, ["w", "failed"], created: Small.start))
    }
    for round in 1...3 {
      registry.update { $0.add(failed, 1) }
      #expect(registry.value(Small.runs, ["workflow": "w", "status": "failed"]) == 1, "round \(round)")
      #expect(registry.value(Small.runs, ["workflow": "w", "status": "success"]) == 0)
      time.advance(by: .hours(2))
      registry.update { $0.expire(at: time.now()) }
      #expect(registry.update { $0.isLive(failed) } == false)
      #expect(registry.value(Small.runs, ["workflow": "__other__", "status": "failed"]) == Double(round))
    }
    registry.update { $0.add(success, 2) }
    #expect(registry.value(Small.runs, ["workflow": "w", "status": "success"]) == 2)
  }

  @Test func `a value beyond the length limit counts under other`() {
    let registry = Small.registry()
    registry.add(Small.runs, [String(repeating: "x", count: 2000), "failed"], 3)
    #expect(registry.value(Small.runs, ["workflow": "__other__", "status": "failed"]) == 3)
  }

  @Test func `a family that overflowed beyond memory admits nobody new`() {
    let time = ManualTime(Small.start)
    var options = RegistryOptions(time: time)
    options.maximumOverflowRemembered = 3
    let registry = Registry(families: Small.families, options: options)
    for i in 0..<9 { registry.add(Small.runs, ["w\(i)", "failed"], 1) }
    time.advance(by: .hours(2))
    registry.update { $0.expire(at: time.now()) }
    for i in 0..<12 { registry.add(Small.runs, ["w\(i)", "failed"], 1) }
    #expect(registry.values(Small.runs).allSatisfy { $0.labels["workflow"] == "__other__" })
    #expect(registry.value(Small.runs, ["workflow": "__other__", "status": "failed"]) == 21)
  }
}

/// A small generator with a printed seed.
struct SplitMix {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

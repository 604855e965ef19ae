import Catalogue
import SeriesModel
import Testing

@testable import Instruments

struct CheckpointTests {
  /// A registry with every kind of entity: admitted, overflowed, folded, dropped.
  static func lived(seed: UInt64, at time: ManualTime) -> Registry {
    var random = SplitMix(state: seed)
    let registry = Small.registry(at: time)
    for _ in 0..<200 {
      registry.add(
        Small.runs, ["w\(random.next() % 6)", random.next() % 2 == 0 ? "failed" : "success"], Double(random.next() % 1000) / 7)
      registry.set(Small.depth, ["q\(random.next() % 5)"], Double(random.next() % 100))
      registry.observe(Small.duration, ["w\(random.next() % 4)"], Double(random.next() % 100_000) / 997)
      if random.next() % 16 == 0 { time.advance(by: .minutes(20)) }
      if random.next() % 16 == 0 { registry.update { $0.expire(at: time.now()) } }
    }
    return registry
  }

  @Test func `a restored registry shows the same page and goes on the same way`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    let time = ManualTime(Small.start)
    let old = Self.lived(seed: seed, at: time)
    let new = Small.registry(at: time)
    #expect(try new.restore(old.checkpoint()) == [])
    func page(_ registry: Registry) -> Set<Substring> {
      Set(PagesTests.text(Pages(registry, minimumInterval: .zero)).split(separator: "\n").filter { !$0.contains("tidemark_") })
    }
    #expect(page(new) == page(old), "seed \(seed)")
    for registry in [old, new] {
      for i in 0..<8 {
        registry.add(Small.runs, ["w\(i)", "failed"], 1.5)
        registry.set(Small.depth, ["q\(i)"], Double(i))
        registry.observe(Small.duration, ["w\(i)"], 0.3)
      }
    }
    #expect(page(new) == page(old), "seed \(seed): admissions are the same")
    #expect(try Small.registry(at: time).restore(new.checkpoint()) == [])
  }

  @Test func `sums come back bit for bit, created times to the millisecond`() throws {
    let registry = Small.registry()
    for _ in 0..<1000 { registry.observe(Small.duration, ["w"], 0.1) }
    let restored = Small.registry()
    _ = try restored.restore(registry.checkpoint())
    let sum = registry.sum(Small.duration, ["workflow": "w"])!
    #expect(sum != 100)
    #expect(restored.sum(Small.duration, ["workflow": "w"])?.bitPattern == sum.bitPattern)
    let created = restored.read { state in state.entities.filter { $0.standing == .admitted && !$0.key.isEmpty }.map(\.created) }
    #expect(created.contains(Small.start))
  }

  @Test func `own families are not in it and keep their values`() throws {
    let registry = Small.registry()
    for i in 0..<5 { registry.add(Small.runs, ["w\(i)", "failed"], 1) }
    let bytes = registry.checkpoint()
    let restored = Small.registry()
    for i in 0..<4 { restored.add(Small.runs, ["x\(i)", "failed"], 1) }
    _ = try restored.restore(bytes)
    #expect(restored.value(Families.tidemarkSeriesOverflowedTotal, ["family": "runs_total"]) == 2)
    #expect(restored.value(Small.runs, ["workflow": "x0", "status": "failed"]) == nil)
  }

  @Test func `a family that changed is passed over by name`() throws {
    let registry = Small.registry()
    registry.observe(Small.duration, ["w"], 1)
    registry.add(Small.plain, [], 3)
    var changed = Small.duration
    changed.buckets = [1, 2]
    let restored = Small.registry([changed, Small.plain])
    #expect(
      try restored.restore(registry.checkpoint()) == [
        "runs_total", "depth", "age_seconds", "state", "duration_seconds", "kinds_total",
      ])
    #expect(restored.value(Small.plain) == 3)
  }

  @Test func `a cut or changed checkpoint is refused, whatever the place`() {
    let registry = Small.registry([Small.runs, Small.depth])
    registry.add(Small.runs, ["w", "failed"], 1)
    let bytes = registry.checkpoint()
    for cut in 0..<bytes.count {
      #expect(throws: CheckpointError.self) { _ = try Small.registry([Small.runs]).restore(Array(bytes.prefix(cut))) }
    }
    for i in bytes.indices {
      var damaged = bytes
      damaged[i] ^= 0x10
      #expect(throws: CheckpointError.self) { _ = try Small.registry([Small.runs]).restore(damaged) }
    }
    #expect(throws: CheckpointError.notACheckpoint) { _ = try registry.restore(Array("hello".utf8)) }
    #expect(registry.value(Small.runs, ["workflow": "w", "status": "failed"]) == 1, "a refusal changes nothing")
  }

  @Test func `the bytes are those of the drawing`() {
    let registry = Small.registry([Small.plain])
    registry.add(Small.plain, [], 2)
    let bytes = registry.checkpoint()
    var expected = Array("TMCK".utf8) + [1, 1, 11] + Array("plain_total".utf8)
    let signature = FamilyShape(Small.plain).signature
    expected += (0..<8).map { UInt8(truncatingIfNeeded: signature >> (8 * $0)) }
    expected += [26 + 0, 0, 0, 1, 0, 0, 0]
    #expect(Array(bytes.prefix(expected.count)) == expected)
    // created, touched, the one cell, the checksum
    let tail = bytes.dropFirst(expected.count)
    #expect(tail.count == 8 + 4 + 8 + 4)
    #expect(Array(tail.dropFirst(12).prefix(8)) == [0, 0, 0, 0, 0, 0, 0, 0x40])
  }
}

import Catalogue
import SeriesModel
import Testing

@testable import Instruments

struct RegistryTests {
  @Test func `an entity is born with every combination of its closed labels at 0`() {
    let registry = Small.registry()
    registry.add(Small.runs, ["triage", "failed"], 1)
    #expect(registry.value(Small.runs, ["workflow": "triage", "status": "failed"]) == 1)
    #expect(registry.value(Small.runs, ["workflow": "triage", "status": "success"]) == 0)
    #expect(registry.values(Small.runs).count == 2)
    #expect(registry.value(Small.plain) == 0, "a family without labels is always there")
  }

  @Test func `a property label does not multiply an entity`() {
    let registry = Small.registry()
    registry.update { $0.bear(registry.family(Small.kinds), fixed: ["a1", "llm"], created: Small.start) }
    #expect(registry.values(Small.kinds).map(\.labels) == [LabelSet(["__name__": "kinds_total", "agent": "a1", "type": "llm"])])
  }

  @Test func `a handle stays good and equal values give the same one`() {
    let registry = Small.registry()
    let runs = registry.family(Small.runs)
    let first = registry.update { $0.series(runs, ["triage", "failed"], created: Small.start) }
    let again = registry.update { $0.series(runs, ["triage", "failed"], created: Small.start) }
    let other = registry.update { $0.series(runs, ["triage", "success"], created: Small.start) }
    #expect(first == again && first != other)
    registry.update { state in
      for _ in 0..<10 { state.add(first, 0.5) }
      #expect(state.value(first) == 5)
      #expect(state.value(other) == 0)
    }
  }

  @Test func `a histogram counts into the first bucket that is not below the value`() {
    let registry = Small.registry()
    let family = registry.family(Small.duration)
    registry.update { state in
      let series = state.series(family, ["triage"], created: Small.start)
      for value in [0.05, 0.1, 0.5, 120, 121, 1e9] { state.observe(series, value) }
      state.observe(series, 2, count: 3)
      let cell = Int(state.slots[Int(series.index)].cell)
      #expect(Array(state.cells[cell..<cell + 5]) == [2, 1, 4, 2, 0.05 + 0.1 + 0.5 + 120 + 121 + 1e9 + 6])
      #expect(state.value(series) == 9)
    }
    #expect(registry.sum(Small.duration, ["workflow": "triage"]) == 0.05 + 0.1 + 0.5 + 120 + 121 + 1e9 + 6)
  }

  @Test func `what does not fit a family is refused by name`() {
    let registry = Small.registry()
    let runs = registry.family(Small.runs)
    #expect(registry.refusal(runs, ["triage", "failed"]) == nil)
    #expect(registry.refusal(runs, ["triage"])?.description == "runs_total has 2 labels, not 1")
    #expect(
      registry.refusal(runs, ["triage", "broken"])?.description == "status of runs_total is one of success, failed, not \"broken\"")
    let long = String(repeating: "x", count: 1025)
    #expect(
      registry.refusal(runs, [long, "failed"])?.description
        == "workflow of runs_total has 1025 bytes, more than the limit label-value-bytes of 1024")
  }

  @Test func `an update that throws keeps what it did`() {
    struct Stop: Error {}
    let registry = Small.registry()
    let plain = registry.family(Small.plain)
    #expect(throws: Stop.self) {
      try registry.update { state in
        state.add(state.series(plain, [], created: Small.start), 2)
        throw Stop()
      }
    }
    #expect(registry.value(Small.plain) == 2)
  }

  @Test func `keys of one hash are told apart`() {
    // Second hashes are what the index falls back to; the law is that any set of label values maps to itself.
    let registry = Small.registry([Small.family("many_total", .counter, ["a", "b"], cap: 10_000)])
    let family = registry.family("many_total")!
    let pairs = (0..<60).flatMap { a in (0..<60).map { b in [String(repeating: "x", count: a), String(repeating: "x", count: b)] } }
    let handles = registry.update { state in pairs.map { state.series(family, $0, created: Small.start) } }
    #expect(Set(handles).count == pairs.count)
    #expect(registry.update { state in pairs.map { state.series(family, $0, created: Small.start) } } == handles)
  }

  @Test func `many threads lose nothing`() async {
    let registry = Small.registry()
    let plain = registry.family(Small.plain)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<2000 { registry.update { $0.add($0.series(plain, [], created: Small.start), 1) } }
        }
      }
    }
    #expect(registry.value(Small.plain) == 8000)
  }
}

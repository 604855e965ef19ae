import SeriesModel
import Testing

@testable import Simulation

@Suite struct OrchestraTests {
  @Test(arguments: Scenario.allCases) func `a seed, a scenario and a start give the same bytes`(_ scenario: Scenario) {
    let first = EventStream.bytes(scenario, seed: 3, .seconds(40))
    #expect(first == EventStream.bytes(scenario, seed: 3, .seconds(40)))
    #expect(first != EventStream.bytes(scenario, seed: 4, .seconds(40)))
    #expect(first.count > 100_000)
  }

  @Test(arguments: [1, 17, 250, 1_000, 7_919, 60_000] as [Int64], Pace.allCases)
  func `steps of any length tell the same`(_ step: Int64, _ pace: Pace) {
    var orchestra = Orchestra(seed: 5, scenario: .queueOverload, from: EventStream.start)
    orchestra.pace = pace
    var (bytes, told) = ([UInt8](), 0)
    let end = EventStream.start + .seconds(60)
    // Single milliseconds only for a while.
    var at = step == 1 ? EventStream.start + .seconds(58) : EventStream.start
    told += orchestra.step(to: at, into: &bytes)
    while at < end {
      at = min(end, at + .milliseconds(step))
      told += orchestra.step(to: at, into: &bytes)
    }
    #expect(bytes == EventStream.bytes(.queueOverload, seed: 5, pace: pace, .seconds(60)))
    #expect(told == bytes.count { $0 == UInt8(ascii: "\n") })
    #expect(told == orchestra.told)
    #expect(orchestra.now == end)
  }

  @Test func `each step tells what happened in it, in order, under ids of its own`() throws {
    var orchestra = Orchestra(seed: 9, scenario: .steady, from: EventStream.start)
    var ids: Set<String> = []
    var previous = EventStream.start
    for second in 1...30 as ClosedRange<Int64> {
      var bytes: [UInt8] = []
      let count = orchestra.step(to: EventStream.start + .seconds(second), into: &bytes)
      let events = try EventStream.read(bytes)
      #expect(events.count == count)
      #expect(events.allSatisfy { previous < $0.time && $0.time <= orchestra.now })
      #expect(zip(events, events.dropFirst()).allSatisfy { $0.time <= $1.time })
      for event in events { #expect(ids.insert(event.id).inserted, "\(event.id)") }
      previous = orchestra.now
    }
    // A second later the same seed has other ids: a daemon that has seen these takes those too.
    var later = Orchestra(seed: 9, scenario: .steady, from: EventStream.start + .seconds(1))
    var bytes: [UInt8] = []
    later.step(to: EventStream.start + .seconds(10), into: &bytes)
    #expect(ids.isDisjoint(with: try EventStream.read(bytes).map(\.id)))
  }

  @Test func `a time that has passed tells nothing`() {
    var orchestra = Orchestra(seed: 1, scenario: .steady, from: EventStream.start)
    var bytes: [UInt8] = []
    orchestra.step(to: EventStream.start + .seconds(5), into: &bytes)
    #expect(orchestra.step(to: EventStream.start, into: &bytes) == 0)
    #expect(orchestra.now == EventStream.start + .seconds(5))
  }

  @Test func `a world that stood still goes on as if nothing had been`() throws {
    func tell(pausing gap: PromDuration) throws -> (before: [ReadEvent], after: [ReadEvent]) {
      var orchestra = Orchestra(seed: 2, scenario: .steady, from: EventStream.start)
      var (before, after) = ([UInt8](), [UInt8]())
      orchestra.step(to: EventStream.start + .seconds(20), into: &before)
      orchestra.skip(gap)
      #expect(orchestra.now == EventStream.start + .seconds(20) + gap)
      orchestra.step(to: orchestra.now + .seconds(20), into: &after)
      return (try EventStream.read(before), try EventStream.read(after))
    }
    let (plain, paused) = (try tell(pausing: .zero), try tell(pausing: .hours(3)))
    #expect(plain.before.map(\.id) == paused.before.map(\.id))
    #expect(plain.after.map { $0.time + .hours(3) } == paused.after.map(\.time))
    #expect(
      plain.after.map { "\($0.type) \($0.text("duration_seconds"))" }
        == paused.after.map { "\($0.type) \($0.text("duration_seconds"))" })
    #expect(
      plain.after.map { $0.number("duration_seconds").description }
        == paused.after.map { $0.number("duration_seconds").description })
  }

  @Test func `the roster is the reference system`() {
    #expect(
      Orchestra(seed: 7, scenario: .approvalJam, from: EventStream.start).description
        == "928 agents, 200 workflows, 64 queues; scenario approval-jam, seed 7")
    #expect(Set(Roster.workflows.map(\.name)).count == 200)
    #expect(Set(Roster.agents.map(\.name)).count == 928)
    #expect(Roster.tiers.map(\.capacity).reduce(0, +) == 928)
    #expect(Set(Roster.lanes.map(\.queue)).count == 64)
    #expect(Set(Roster.lanes.map { "\($0.queue)/\($0.priority)" }).count == Roster.lanes.count)
    #expect(Roster.lanes.count { $0.isFirst } == 64)
    #expect(Roster.workflows.map(\.steps).reduce(0, +) >= 928)
    #expect(Roster.workflows.allSatisfy { $0.triggers.usual != $0.triggers.other })
    #expect(!Roster.workflows[Roster.busiestWorkflow].needsApproval)
    for lane in [Roster.floodedLane, Roster.desertedLane] {
      #expect(Roster.lanes.count { $0.queue == Roster.lanes[lane].queue } == 1)
      #expect(Roster.lanes[lane].capacity > 5_500)
    }
    let texts =
      Roster.workflows.flatMap { [$0.name, $0.triggers.usual] } + Roster.lanes.flatMap { [$0.queue, $0.priority] }
      + Roster.agents.flatMap { [$0.name, $0.type, $0.action, $0.tier, $0.model ?? "-"] }
    #expect(texts.allSatisfy { $0.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d } })
  }

  @Test(arguments: [(1, 400), (2, 5), (1, 1), (0, 7)]) func `a quota is kept in every block`(_ hits: Int, _ block: Int) {
    var chance = Chance(seed: 11)
    var quota = Quota(hits, of: block)
    for _ in 0..<20 { #expect((0..<block).count { _ in quota.next(&chance) } == hits) }
  }

  @Test func `occurrences come by time, and those of one time as they were added`() {
    var chance = Chance(seed: 12)
    var agenda = Agenda()
    let times = (0..<500).map { _ in Int64(chance.below(60)) }
    for (i, time) in times.enumerated() { agenda.add(i % 3 == 0 ? .report(.queueCounts(lane: i)) : .advance(run: i), at: time) }
    agenda.move { if case .report(.queueCounts(let i)) = $0 { 59 - times[i] } else { nil } }
    var moved = times.enumerated().map { (time: $0 % 3 == 0 ? 59 - $1 : $1, i: $0) }
    moved.sort { ($0.time, $0.i) < ($1.time, $1.i) }
    #expect(agenda.next(through: -1) == nil)
    for (time, i) in moved {
      let next = agenda.next(through: 59)
      #expect(next?.time == time)
      #expect(next?.what == (i % 3 == 0 ? .report(.queueCounts(lane: i)) : .advance(run: i)))
    }
    #expect(agenda.next(through: .max) == nil)
  }

  @Test func `whole counts add up to the rate`() {
    var count = WholeCount()
    #expect((299...300).contains((0..<1_000).reduce(0) { sum, _ in sum + count.take(0.3) }))
  }

  @Test(arguments: [0, 100, 2_500, 10_000]) func `as many events tell of single tasks as are asked for`(_ perSecond: Int) throws {
    var orchestra = Orchestra(seed: 13, scenario: .steady, from: EventStream.start)
    orchestra.singleTaskEvents = perSecond
    var bytes: [UInt8] = []
    orchestra.step(to: EventStream.start + .seconds(4), into: &bytes)
    let events = try EventStream.read(bytes).filter { $0.type.hasPrefix("task.") }
    let tasks = events.reduce(0) { $0 + $1.count } / 4
    #expect(tasks > 7_000 && tasks <= max(10_200, Double(perSecond)))
    if perSecond == 0 { return #expect(events.count < 40) }
    #expect((0.97...1.01).contains(Double(events.count) / Double(4 * perSecond)), "\(events.count)")
    let durations = events.map { $0.number("duration_seconds") }.sorted()
    #expect((0.05...0.2).contains(durations[durations.count / 2]))
    #expect(events.contains { $0.type == "task.failed" })
    #expect(Set(events.map(\.id)).count == events.count)
  }
}

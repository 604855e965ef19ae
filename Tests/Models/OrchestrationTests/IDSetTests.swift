import SeriesModel
import Testing

@testable import Orchestration

struct IDSetTests {
  @Test(arguments: [1, 63, 64, 1000, 20_000]) func `what was inserted is found, and nothing else`(n: Int) {
    var random = Seeded(UInt64(n))
    let ids = (0..<n).map { _ in EventID(high: random.next(), low: random.next()) }
    let strangers = (0..<n).map { _ in EventID(high: random.next(), low: random.next()) }
    var set = IDSet()
    for (i, id) in ids.enumerated() {
      let isNew = set.insert(id, tag: UInt8(i % 4))
      #expect(isNew)
    }
    let isNew = set.insert(ids[0])
    #expect(!isNew)
    for seal in [false, true] {
      if seal { set.seal() }
      #expect(set.count == n)
      #expect(ids.enumerated().allSatisfy { set.tag(of: $1) == UInt8($0 % 4) })
      #expect(!strangers.contains { set.contains($0) })
    }
    if n >= 1000 { #expect(Double(set.memoryBytes) / Double(n) < 19) }
    set.removeAll()
    #expect(!ids.contains { set.contains($0) })
  }

  @Test func `equal places go round the end of the table`() {
    var set = IDSet()
    let ids = (1...40).map { EventID(high: .max, low: UInt64($0) << 2) }
    for id in ids { set.insert(id) }
    #expect(ids.allSatisfy { set.contains($0) })
  }

  @Test func `ended runs are forgotten after two memories`() {
    var policy = OrchestrationPolicy()
    policy.endedMemory = .minutes(10)
    var ended = EndedRuns()
    let now = EventStory.moment(0)
    ended.remember(.workflow, RunKey("a"), .failed, at: now, under: policy)
    #expect(ended.status(of: .workflow, RunKey("a")) == .failed)
    #expect(ended.status(of: .agent, RunKey("a")) == nil)
    #expect(ended.status(of: .workflow, RunKey("a", attempt: 2)) == nil)
    ended.remember(.workflow, RunKey("b"), .lost, at: now + .minutes(11), under: policy)
    #expect(ended.status(of: .workflow, RunKey("a")) == .failed)
    ended.remember(.workflow, RunKey("c"), .success, at: now + .minutes(22), under: policy)
    #expect(ended.status(of: .workflow, RunKey("a")) == nil)
    #expect(ended.status(of: .workflow, RunKey("b")) == .lost)
  }
}

struct GaugeTrackTests {
  @Test func `ten thousand changes stay within the limit and keep their sum`() {
    var track = GaugeTrack()
    for i in 0..<10_000 { track.add(1, at: EventStory.moment(Double(i) / 1000)) }
    #expect(track.value == 10_000)
    #expect(track.changes.count <= GaugeTrack.limit)
    // A sample of a whole second that has been joined keeps what came after it.
    track.set(0, at: EventPosition(time: EventStory.moment(2), id: EventID(high: 1, low: 4)))
    #expect(track.value == 8000)
  }

  @Test func `a value is never shown below zero and comes back from there`() {
    var track = GaugeTrack()
    track.add(-3, at: EventStory.moment(1))
    #expect(track.value == 0)
    track.add(5, at: EventStory.moment(0))
    #expect(track.value == 2)
  }

  @Test func `an older sample changes nothing`() {
    var track = GaugeTrack()
    track.set(9, at: EventPosition(time: EventStory.moment(5), id: EventID(high: 1, low: 4)))
    track.set(1, at: EventPosition(time: EventStory.moment(5), id: EventID(high: 0, low: 4)))
    track.set(2, at: EventPosition(time: EventStory.moment(4), id: EventID(high: 9, low: 4)))
    #expect(track.value == 9)
  }
}

import SeriesModel
import Testing

@testable import Orchestration

struct CodingTests {
  @Test(arguments: 0..<50 as Range<UInt64>) func `an event reads back as it was written`(seed: UInt64) throws {
    var random = Seeded(seed)
    for event in OrderTests.story(&random) {
      var out = ByteWriter()
      event.encode(relativeTo: EventStory.start, into: &out)
      var reader = ByteReader(out.bytes)
      #expect(try OrchestrationEvent(relativeTo: EventStory.start, from: &reader) == event, "seed \(seed)")
      #expect(reader.isAtEnd)
    }
  }

  @Test(arguments: 0..<50 as Range<UInt64>) func `a fleet reads back and goes on as the one that was written`(seed: UInt64) throws {
    var random = Seeded(seed)
    let story = OrderTests.story(&random).shuffled(using: &random)
    let now = EventStory.moment(100)
    var (fleet, outcome) = (Fleet(), Outcome())
    for event in story.prefix(story.count / 2) { fleet.apply(event, now: now, into: &outcome) }
    var out = ByteWriter()
    fleet.encode(into: &out)
    var reader = ByteReader(out.bytes)
    var restored = try Fleet(policy: fleet.policy, from: &reader)
    #expect(reader.isAtEnd)
    // Ends that were counted are remembered from the log.
    for event in story.prefix(story.count / 2) {
      guard let status = event.type.endStatus else { continue }
      switch event.body {
      case .workflowRun(let report): restored.remember(.workflow, report.run, status, at: now)
      case .agentRun(let report): restored.remember(.agent, report.run, status, at: now)
      default: break
      }
    }
    var (before, after) = (Outcome(), Outcome())
    for event in story.dropFirst(story.count / 2) {
      #expect(fleet.verdict(on: event) == restored.verdict(on: event))
      fleet.apply(event, now: now, into: &before)
      restored.apply(event, now: now, into: &after)
    }
    fleet.advance(to: now + .hours(30), into: &before)
    restored.advance(to: now + .hours(30), into: &after)
    #expect(before.effects == after.effects, "seed \(seed)")
    #expect(before.updates == after.updates, "seed \(seed)")
  }

  @Test func `bytes cut anywhere are refused and never trap`() {
    var random = Seeded(3)
    var (fleet, outcome) = (Fleet(), Outcome())
    for event in OrderTests.story(&random) { fleet.apply(event, now: EventStory.moment(100), into: &outcome) }
    var out = ByteWriter()
    fleet.encode(into: &out)
    for n in stride(from: 0, to: out.bytes.count, by: 3) {
      var reader = ByteReader(Array(out.bytes.prefix(n)))
      #expect(throws: CodingError.self) { try Fleet(policy: OrchestrationPolicy(), from: &reader) }
    }
  }
}

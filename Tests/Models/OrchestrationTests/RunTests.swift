import SeriesModel
import Testing

@testable import Orchestration

struct RunTests {
  @Test func `an end that says all counts at once and without a start`() {
    var (fleet, story, outcome) = (Fleet(), EventStory(), Outcome())
    let end = story.workflow(.workflowRunFailed, "r", at: 9, workflow: "w", trigger: "api") { $0.seconds = 4 }
    fleet.apply(end, now: end.time, into: &outcome)
    #expect(outcome.effects.contains(.workflowEnded(workflow: "w", trigger: "api", status: .failed, seconds: 4)))
    #expect(fleet.openRuns == 0)
  }

  @Test func `an end that does not say all waits five minutes and then counts as unknown`() {
    var (fleet, story, outcome) = (Fleet(), EventStory(), Outcome())
    let end = story.agent(.agentRunFailed, "r", at: 0) { $0.errorType = "timeout" }
    fleet.apply(end, now: end.time, into: &outcome)
    fleet.advance(to: end.time + .seconds(299), into: &outcome)
    #expect(outcome.effects.isEmpty)
    fleet.advance(to: end.time + .seconds(305), into: &outcome)
    #expect(outcome.effects.contains(.agentEnded(agent: "unknown", type: "unknown", status: .failed, seconds: nil)))
    #expect(outcome.effects.contains(.agentFailed(agent: "unknown", type: "unknown", errorType: "timeout")))
    let late = story.agent(.agentRunStarted, "r", at: -1, agent: "a", kind: .api)
    outcome.removeAll()
    fleet.apply(late, now: end.time + .seconds(306), into: &outcome)
    #expect(outcome.effects.isEmpty)
    #expect(fleet.openRuns == 0)
  }

  @Test func `a second end is told from the first`() {
    var (fleet, story, outcome) = (Fleet(), EventStory(), Outcome())
    let start = story.workflow(.workflowRunStarted, "r", at: 0, workflow: "w", trigger: "t")
    let end = story.workflow(.workflowRunCompleted, "r", at: 9)
    let other = story.workflow(.workflowRunFailed, "r", at: 10)
    #expect(fleet.verdict(on: end) == .accepted)
    for event in [start, end] { fleet.apply(event, now: end.time, into: &outcome) }
    #expect(fleet.verdict(on: other) == .conflict(with: .success))
    #expect(fleet.verdict(on: story.workflow(.workflowRunCompleted, "r", at: 11)) == .repeated)
    #expect(fleet.verdict(on: story.workflow(.workflowRunFailed, "r", at: 11, attempt: 2)) == .accepted)
  }

  @Test func `a run without an end is lost after its maximum age, once`() {
    var policy = OrchestrationPolicy()
    policy.agentMaximumAges[.script] = .minutes(1)
    var (fleet, story, outcome) = (Fleet(policy: policy), EventStory(), Outcome())
    let now = EventStory.moment(0)
    fleet.apply(story.agent(.agentRunStarted, "a", at: 0, agent: "x", kind: .script), now: now, into: &outcome)
    fleet.apply(story.agent(.agentRunStarted, "b", at: 0, agent: "y", kind: .llm), now: now, into: &outcome)
    fleet.apply(story.workflow(.workflowRunStarted, "w", at: 0, workflow: "w", trigger: "t"), now: now, into: &outcome)
    outcome.removeAll()
    fleet.advance(to: now + .minutes(2), into: &outcome)
    fleet.advance(to: now + .minutes(3), into: &outcome)
    #expect(outcome.effects.filter { $0 == .agentEnded(agent: "x", type: "script", status: .lost, seconds: nil) }.count == 1)
    #expect(outcome.effects.allSatisfy { if case .workflowEnded = $0 { false } else { true } })
    fleet.advance(to: now + .hours(25), into: &outcome)
    #expect(outcome.effects.contains(.workflowEnded(workflow: "w", trigger: "t", status: .lost, seconds: nil)))
    #expect(outcome.effects.contains(.workflowsActive(workflow: "w", phase: .running, count: 0)))
    #expect(fleet.verdict(on: story.workflow(.workflowRunCompleted, "w", at: 9)) == .conflict(with: .lost))
    #expect(outcome.updates.last?.state == .ended(.lost))
  }

  @Test func `phases follow the newest event and the gauges count them`() {
    var (fleet, story, books) = (Fleet(), EventStory(), Books())
    func apply(_ event: OrchestrationEvent, _ fleet: inout Fleet) {
      var outcome = Outcome()
      fleet.apply(event, now: EventStory.moment(100), into: &outcome)
      books.take(outcome.effects)
    }
    apply(story.workflow(.workflowRunRetried, "r", at: 0, attempt: 2, workflow: "w"), &fleet)
    #expect(books.shown == ["active w pending": 1])
    apply(story.workflow(.workflowRunStarted, "r", at: 1, attempt: 2, workflow: "w", trigger: "t"), &fleet)
    #expect(books.shown == ["active w running": 1])
    apply(story.workflow(.workflowRunWaitingApproval, "r", at: 5, attempt: 2, workflow: "w"), &fleet)
    #expect(books.shown == ["active w waiting_approval": 1])
    apply(story.workflow(.workflowRunApproved, "r", at: 4, attempt: 2, workflow: "w") { $0.seconds = 2 }, &fleet)
    #expect(books.shown == ["active w waiting_approval": 1])
    apply(story.workflow(.workflowRunRejected, "r", at: 6, attempt: 2, workflow: "w"), &fleet)
    #expect(books.shown == ["active w running": 1])
    apply(story.workflow(.workflowRunCancelled, "r", at: 7, attempt: 2), &fleet)
    #expect(books.shown.isEmpty)
  }

  @Test func `the age of the oldest approval grows with time and falls to zero`() {
    var (fleet, story, outcome) = (Fleet(), EventStory(), Outcome())
    let now = EventStory.moment(100)
    fleet.apply(story.workflow(.workflowRunStarted, "r", at: 0, workflow: "w", trigger: "t"), now: now, into: &outcome)
    fleet.apply(story.workflow(.workflowRunWaitingApproval, "r", at: 40, workflow: "w"), now: now, into: &outcome)
    outcome.removeAll()
    fleet.advance(to: now, into: &outcome)
    #expect(outcome.effects == [.oldestApproval(workflow: "w", ageSeconds: 60)])
    fleet.apply(story.workflow(.workflowRunApproved, "r", at: 101, workflow: "w"), now: now, into: &outcome)
    outcome.removeAll()
    fleet.advance(to: now + .seconds(5), into: &outcome)
    #expect(outcome.effects == [.oldestApproval(workflow: "w", ageSeconds: 0)])
  }

  /// The pump and the log pass the same ticks at different times.
  @Test func `how often time is looked at does not matter`() {
    var random = Seeded(7)
    let story = OrderTests.story(&random)
    func tell(_ steps: [Double]) -> (Books, [UInt8]) {
      var (fleet, outcome, books) = (Fleet(), Outcome(), Books())
      for event in story { fleet.apply(event, now: EventStory.moment(100), into: &outcome) }
      for step in steps { fleet.advance(to: EventStory.moment(step), into: &outcome) }
      var out = ByteWriter()
      fleet.encode(into: &out)
      books.take(outcome.effects)
      return (books, out.bytes)
    }
    let (seldom, often) = (tell([100_000]), tell(Array(stride(from: 101, through: 100_000, by: 97)) + [100_000]))
    #expect(seldom.0.counters == often.0.counters)
    #expect(seldom.0.shown == often.0.shown)
    #expect(seldom.1 == often.1)
  }
}

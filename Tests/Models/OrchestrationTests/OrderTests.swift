import SeriesModel
import Testing

@testable import Orchestration

/// Whatever the order of arrival, the same events leave the same behind.
struct OrderTests {
  @Test(arguments: 0..<200 as Range<UInt64>) func `any order of one story gives the same counters and gauges`(seed: UInt64) {
    var random = Seeded(seed)
    let story = Self.story(&random)
    let inOrder = Self.tell(story)
    for _ in 0..<5 {
      let shuffled = Self.tell(story.shuffled(using: &random))
      #expect(shuffled.books.counters == inOrder.books.counters, "seed \(seed)")
      #expect(shuffled.books.shown == inOrder.books.shown, "seed \(seed)")
      #expect(shuffled.bytes == inOrder.bytes, "seed \(seed)")
    }
  }

  @Test func `every order of a run with an approval is walked`() {
    var story = EventStory()
    let events = [
      story.workflow(.workflowRunStarted, "r", at: 0, workflow: "w", trigger: "cron"),
      story.workflow(.workflowRunWaitingApproval, "r", at: 10, workflow: "w"),
      story.workflow(.workflowRunApproved, "r", at: 40, workflow: "w"),
      story.workflow(.workflowRunRetried, "r", at: 50, workflow: "w"),
      story.workflow(.workflowRunCompleted, "r", at: 64) { $0.costUSD = 0.5 },
    ]
    var seen = 0
    for order in Self.permutations(events) {
      let books = Self.tell(order).books
      #expect(books.counters["\(Effect.workflowEnded(workflow: "w", trigger: "cron", status: .success, seconds: 64))"] == 1)
      #expect(books.counters["\(Effect.approvalDecided(workflow: "w", afterSeconds: 30))"] == 1)
      #expect(books.counters["\(Effect.workflowRetried(workflow: "w"))"] == 1)
      #expect(books.counters["cost w"] == 0.5)
      #expect(books.shown.isEmpty)
      seen += 1
    }
    #expect(seen == 120)
  }

  @Test func `every order of samples and changes gives the depth after the newest sample`() {
    var story = EventStory()
    let events = [
      story.queue(.queueSampled, "q", at: 1) { $0.depth = 100 },
      story.queue(.queueEnqueued, "q", at: 2) { $0.count = 7 },
      story.queue(.queueSampled, "q", at: 3) { $0.depth = 10 },
      story.queue(.queueEnqueued, "q", at: 3) { $0.count = 5 },
      story.queue(.queueDequeued, "q", at: 4) { $0.count = 2 },
      story.queue(.queueDropped, "q", at: 5) { $0.count = 1 },
    ]
    for order in Self.permutations(events) {
      let books = Self.tell(order).books
      #expect(books.gauges["depth q default"] == 13)
      #expect(books.counters["enqueued q"] == 12)
    }
  }

  /// Numbers are multiples of a quarter, so that sums are exact in any order.
  static func story(_ random: inout Seeded) -> [OrchestrationEvent] {
    var story = EventStory()
    var events: [OrchestrationEvent] = []
    for i in 0..<12 {
      let (workflow, run) = ("w\(Int.random(in: 0..<3, using: &random))", "run\(i)")
      let start = Double(Int.random(in: 0..<60, using: &random))
      events.append(story.workflow(.workflowRunStarted, run, at: start, workflow: workflow, trigger: "t\(i % 2)"))
      if Bool.random(using: &random) {
        events.append(story.workflow(.workflowRunWaitingApproval, run, at: start + 1, workflow: workflow))
        let wait = Double(Int.random(in: 2..<20, using: &random))
        if Bool.random(using: &random) {
          let verdict: EventType = Bool.random(using: &random) ? .workflowRunApproved : .workflowRunRejected
          events.append(story.workflow(verdict, run, at: start + wait, workflow: workflow))
        }
      }
      let ends: [EventType] = [.workflowRunCompleted, .workflowRunFailed, .workflowRunCancelled]
      switch Int.random(in: 0..<4, using: &random) {
      case 0: break
      case 1: events.append(story.workflow(ends.randomElement(using: &random)!, run, at: start + 30))
      case 2:
        events.append(
          story.workflow(ends.randomElement(using: &random)!, run, at: start + 30, workflow: workflow) { $0.costUSD = 0.25 })
      default:
        events.append(
          story.workflow(ends.randomElement(using: &random)!, run, at: start + 30, workflow: workflow, trigger: "own") {
            $0.seconds = 2.5
          })
      }
    }
    for i in 0..<8 {
      let start = Double(Int.random(in: 0..<60, using: &random))
      events.append(story.agent(.agentRunStarted, "a\(i)", at: start, agent: "agent\(i % 3)", kind: .llm) { $0.model = "m" })
      let end: EventType? = [.agentRunCompleted, .agentRunFailed, nil].randomElement(using: &random)!
      if let end { events.append(story.agent(end, "a\(i)", at: start + 5) { $0.inputTokens = 10 }) }
    }
    for _ in 0..<30 {
      let at = Double(Int.random(in: 0..<40, using: &random))
      let amount = Double(Int.random(in: 1..<9, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0:
        events.append(
          story.queue(.queueSampled, "q", at: at) {
            $0.depth = amount * 10; $0.consumers = amount
          })
      case 1: events.append(story.queue(.queueDequeued, "q", at: at) { $0.count = amount })
      case 2: events.append(story.tier(.agentStarted, "gold", at: at))
      case 3:
        events.append(
          story.tier(.agentsSampled, "gold", at: at) {
            $0.active = amount; $0.capacity = amount * 2
          })
      default:
        events.append(
          story.queue(.queueEnqueued, "q", at: at) {
            $0.count = amount; $0.priority = nil
          })
      }
    }
    return events
  }

  /// All events received at one time; ten minutes later everything that waited is given up.
  static func tell(_ events: [OrchestrationEvent]) -> (books: Books, bytes: [UInt8]) {
    var fleet = Fleet()
    var outcome = Outcome()
    let now = EventStory.moment(100)
    fleet.advance(to: now, into: &outcome)
    for event in events { fleet.apply(event, now: now, into: &outcome) }
    fleet.advance(to: now + .minutes(10), into: &outcome)
    var books = Books()
    books.take(outcome.effects)
    var out = ByteWriter()
    fleet.encode(into: &out)
    return (books, out.bytes)
  }

  static func permutations<T>(_ items: [T]) -> [[T]] {
    if items.isEmpty { return [[]] }
    return items.indices.flatMap { i in
      var rest = items
      let first = rest.remove(at: i)
      return permutations(rest).map { [first] + $0 }
    }
  }
}

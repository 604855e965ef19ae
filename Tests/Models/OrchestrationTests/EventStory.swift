import SeriesModel

@testable import Orchestration

/// Makes events of one story: each with its own identity, at seconds after a fixed start.
struct EventStory {
  static let start = Timestamp(milliseconds: 1_790_000_000_000)
  private var number: UInt64 = 0

  mutating func event(_ type: EventType, at seconds: Double, _ body: OrchestrationEvent.Body) -> OrchestrationEvent {
    number += 1
    return OrchestrationEvent(
      type: type, id: EventID(high: number &* 0x9e37_79b9_7f4a_7c15, low: number << 2),
      time: Self.start + PromDuration(milliseconds: Int64(seconds * 1000)), body: body)
  }

  mutating func workflow(
    _ type: EventType, _ run: String, at seconds: Double, attempt: UInt32 = 1, workflow: String? = nil, trigger: String? = nil,
    _ more: (inout WorkflowRunReport) -> Void = { _ in }
  ) -> OrchestrationEvent {
    var report = WorkflowRunReport(run: RunKey(run, attempt: attempt), workflow: workflow, trigger: trigger)
    more(&report)
    return event(type, at: seconds, .workflowRun(report))
  }

  mutating func agent(
    _ type: EventType, _ run: String, at seconds: Double, agent: String? = nil, kind: AgentType? = nil,
    _ more: (inout AgentRunReport) -> Void = { _ in }
  ) -> OrchestrationEvent {
    var report = AgentRunReport(run: RunKey(run), agent: agent, type: kind)
    more(&report)
    return event(type, at: seconds, .agentRun(report))
  }

  mutating func queue(_ type: EventType, _ queue: String, at seconds: Double, _ more: (inout QueueReport) -> Void)
    -> OrchestrationEvent
  {
    var report = QueueReport(queue: queue)
    more(&report)
    return event(type, at: seconds, .queue(report))
  }

  mutating func tier(_ type: EventType, _ tier: String, at seconds: Double, _ more: (inout TierReport) -> Void = { _ in })
    -> OrchestrationEvent
  {
    var report = TierReport(tier: tier)
    more(&report)
    return event(type, at: seconds, .tier(report))
  }

  static func moment(_ seconds: Double) -> Timestamp { start + PromDuration(milliseconds: Int64(seconds * 1000)) }
}

/// What instruments would show: counters summed, gauges as last set.
struct Books: Equatable {
  var counters: [String: Double] = [:]
  var gauges: [String: Double] = [:]

  mutating func take(_ effects: [Effect]) {
    for effect in effects { take(effect) }
  }

  private mutating func take(_ effect: Effect) {
    switch effect {
    case .workflowsActive(let w, let phase, let n): gauges["active \(w) \(phase.label)"] = Double(n)
    case .oldestApproval(let w, let age): gauges["oldest \(w)"] = age
    case .agentsActive(let t, let n): gauges["agents \(t)"] = n
    case .agentsCapacity(let t, let n): gauges["capacity \(t)"] = n
    case .agentMemory(let t, let n): gauges["memory \(t)"] = n
    case .queueDepth(let q, let p, let n): gauges["depth \(q) \(p)"] = n
    case .queueInFlight(let q, let n): gauges["in flight \(q)"] = n
    case .queueCapacity(let q, let n): gauges["queue capacity \(q)"] = n
    case .queueConsumers(let q, let n): gauges["consumers \(q)"] = n
    case .queueOldestAge(let q, let n): gauges["queue age \(q)"] = n
    case .workflowSeen, .agentSeen: break
    case .workflowCost(let w, let usd): counters["cost \(w)", default: 0] += usd
    case .agentCost(let a, let m, let usd): counters["cost \(a) \(m)", default: 0] += usd
    case .agentTokens(let a, let m, let input, let output):
      counters["input \(a) \(m)", default: 0] += input
      counters["output \(a) \(m)", default: 0] += output
    case .queueEnqueued(let q, let n): counters["enqueued \(q)", default: 0] += n
    case .queueDequeued(let q, let n): counters["dequeued \(q)", default: 0] += n
    case .queueDropped(let q, let reason, let n): counters["dropped \(q) \(reason)", default: 0] += n
    default: counters["\(effect)", default: 0] += 1
    }
  }

  /// Gauges at zero say nothing.
  var shown: [String: Double] { gauges.filter { $0.value != 0 } }
}

/// A generator whose seed is printed when a law fails.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

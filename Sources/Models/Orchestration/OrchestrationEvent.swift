import SeriesModel

/// One thing that happened, checked and complete: what an event of the public interface says, without its clothes.
package struct OrchestrationEvent: Equatable, Sendable {
  package var type: EventType
  package var id: EventID
  /// The event's own time.
  package var time: Timestamp
  package var body: Body

  package enum Body: Equatable, Sendable {
    case workflowRun(WorkflowRunReport)
    case agentRun(AgentRunReport)
    case tier(TierReport)
    case queue(QueueReport)
    case tasks(count: Double, seconds: Double?)
    case messages(MessageReport)
  }

  package init(type: EventType, id: EventID, time: Timestamp, body: Body) {
    self.type = type
    self.id = id
    self.time = time
    self.body = body
  }

  package var position: EventPosition { EventPosition(time: time, id: id) }
}

/// A run and which try of it this is, counted from 1.
package struct RunKey: Hashable, Comparable, Sendable {
  package var id: String
  package var attempt: UInt32

  package init(_ id: String, attempt: UInt32 = 1) {
    self.id = id
    self.attempt = attempt
  }

  package static func < (a: RunKey, b: RunKey) -> Bool { (a.id, a.attempt) < (b.id, b.attempt) }
}

/// What `workflow.run.*` says. Only the run is always there; a start also has workflow and trigger.
package struct WorkflowRunReport: Equatable, Sendable {
  package var run: RunKey
  package var workflow: String?
  package var trigger: String?
  package var startedAt: Timestamp?
  package var seconds: Double?
  package var errorType: String?
  package var costUSD: Double?
  package var approver: String?

  package init(run: RunKey, workflow: String? = nil, trigger: String? = nil) {
    self.run = run
    self.workflow = workflow
    self.trigger = trigger
  }
}

/// What `agent.run.*` says. Only the run is always there; a start also has agent and type.
package struct AgentRunReport: Equatable, Sendable {
  package var run: RunKey
  package var agent: String?
  package var type: AgentType?
  package var action: String?
  package var startedAt: Timestamp?
  package var seconds: Double?
  package var errorType: String?
  package var costUSD: Double?
  package var workflowRun: String?
  package var tier: String?
  package var model: String?
  package var inputTokens: Double?
  package var outputTokens: Double?

  package init(run: RunKey, agent: String? = nil, type: AgentType? = nil, action: String? = nil) {
    self.run = run
    self.agent = agent
    self.type = type
    self.action = action
  }
}

package enum AgentType: String, CaseIterable, Sendable {
  case llm, rule, api, script, action
}

/// What `agent.started`, `agent.stopped` and `agents.sampled` say of a tier.
package struct TierReport: Equatable, Sendable {
  package var tier: String
  package var startupSeconds: Double?
  package var active: Double?
  package var capacity: Double?
  package var memoryBytes: Double?

  package init(tier: String) { self.tier = tier }
}

/// What `queue.*` says of a queue.
package struct QueueReport: Equatable, Sendable {
  package var queue: String
  package var priority: String?
  /// Of the messages that came, went or were dropped.
  package var count: Double = 1
  package var reason: String?
  package var depth: Double?
  package var inFlight: Double?
  package var capacity: Double?
  package var consumers: Double?
  package var oldestAgeSeconds: Double?

  package init(queue: String) { self.queue = queue }
}

/// What `messages.observed` says of messages between agents.
package struct MessageReport: Equatable, Sendable {
  package enum Direction: String, CaseIterable, Sendable { case sent, received }

  package var count: Double
  package var bytes: Double?
  package var dropped: Double?
  package var reason: String?
  package var direction: Direction?

  package init(count: Double) { self.count = count }
}

import SeriesModel

/// How a run ended. Raw values stand in checkpoints and fit two bits.
package enum RunStatus: UInt8, CaseIterable, Sendable {
  case success = 0
  case failed = 1
  case cancelled = 2
  /// No end came within the maximum age.
  case lost = 3

  package var label: String {
    switch self {
    case .success: "success"
    case .failed: "failed"
    case .cancelled: "cancelled"
    case .lost: "lost"
    }
  }
}

/// Where a workflow run that has not ended stands.
package enum WorkflowPhase: UInt8, CaseIterable, Sendable {
  /// Announced by a retry, not started.
  case pending = 0
  case running = 1
  case waitingApproval = 2

  package var label: String {
    switch self {
    case .pending: "pending"
    case .running: "running"
    case .waitingApproval: "waiting_approval"
    }
  }
}

/// How long to wait for what should come.
package struct OrchestrationPolicy: Equatable, Sendable {
  /// How long an end that does not say all waits for its start, and an approval for its request.
  package var patience: PromDuration = .minutes(5)
  /// When a workflow run without an end counts as lost.
  package var workflowMaximumAge: PromDuration = .hours(24)
  /// When an agent run without an end counts as lost; a type that is not named has ``agentMaximumAge``.
  package var agentMaximumAges: [AgentType: PromDuration] = [:]
  package var agentMaximumAge: PromDuration = .hours(6)
  /// Between two looks at runs that wait or grow old, and two refreshes of ages.
  package var tick: PromDuration = .seconds(5)
  /// Ended runs are remembered at least this long, so that a second end is noticed…
  package var endedMemory: PromDuration = .hours(1)
  /// … unless there are more of them than this.
  package var endedMemoryLimit = 4_000_000
  /// Runs of one orchestrator that have not ended; the start of another is refused.
  package var openRunLimit = 500_000
  /// Queues, and tiers, whose gauges one orchestrator may have; those of another are not kept. Its counters are.
  package var entityLimit = 10_000
  package var prioritiesPerQueue = 64

  package init() {}

  package func maximumAge(of type: AgentType?) -> PromDuration {
    type.flatMap { agentMaximumAges[$0] } ?? agentMaximumAge
  }
}

/// What stands in for a label that nobody told us.
package let unknownLabel = "unknown"

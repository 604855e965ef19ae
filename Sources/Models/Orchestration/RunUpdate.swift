import SeriesModel

/// What a run list should now say of a run. `nil` means: as before.
package struct RunUpdate: Equatable, Sendable {
  package enum Kind: UInt8, Sendable { case workflow = 0, agent = 1 }

  package enum State: Equatable, Sendable {
    case active(WorkflowPhase)
    case ended(RunStatus)

    package var label: String {
      switch self {
      case .active(let phase): phase.label
      case .ended(let status): status.label
      }
    }
  }

  package var kind: Kind
  package var run: RunKey
  package var state: State?
  /// The workflow or the agent.
  package var name: String?
  package var trigger: String?
  package var agentType: String?
  package var action: String?
  package var startedAt: Timestamp?
  package var endedAt: Timestamp?
  package var waitingSince: Timestamp?
  package var updatedAt: Timestamp
  package var seconds: Double?
  package var errorType: String?
  package var costUSD: Double?
  package var approver: String?
  package var workflowRun: String?
  package var tier: String?
  package var model: String?
  package var inputTokens: Double?
  package var outputTokens: Double?

  package init(kind: Kind, run: RunKey, updatedAt: Timestamp) {
    self.kind = kind
    self.run = run
    self.updatedAt = updatedAt
  }

  /// Lays a later update over this one.
  package mutating func merge(_ later: RunUpdate) {
    state = later.state ?? state
    name = later.name ?? name
    trigger = later.trigger ?? trigger
    agentType = later.agentType ?? agentType
    action = later.action ?? action
    startedAt = later.startedAt ?? startedAt
    endedAt = later.endedAt ?? endedAt
    waitingSince = later.waitingSince ?? waitingSince
    updatedAt = max(later.updatedAt, updatedAt)
    seconds = later.seconds ?? seconds
    errorType = later.errorType ?? errorType
    costUSD = later.costUSD ?? costUSD
    approver = later.approver ?? approver
    workflowRun = later.workflowRun ?? workflowRun
    tier = later.tier ?? tier
    model = later.model ?? model
    inputTokens = later.inputTokens ?? inputTokens
    outputTokens = later.outputTokens ?? outputTokens
  }
}

/// What came out of events: effects for the metrics, updates for the lists. The caller empties and reuses it.
package struct Outcome: Sendable {
  package var effects: [Effect] = []
  package var updates: [RunUpdate] = []

  package init() {}

  package mutating func removeAll() {
    effects.removeAll(keepingCapacity: true)
    updates.removeAll(keepingCapacity: true)
  }
}

import SeriesModel

/// A consequence for the metrics, in the field's own words. Who binds effects to instruments knows families and series; nobody here does.
package enum Effect: Equatable, Sendable {
  /// A workflow is seen with a trigger: everything about them exists from now on, at 0.
  case workflowSeen(workflow: String, trigger: String?)
  case workflowEnded(workflow: String, trigger: String, status: RunStatus, seconds: Double?)
  case workflowsActive(workflow: String, phase: WorkflowPhase, count: Int)
  case approvalDecided(workflow: String, afterSeconds: Double)
  case oldestApproval(workflow: String, ageSeconds: Double)
  case workflowRetried(workflow: String)
  case workflowCost(workflow: String, usd: Double)

  case agentSeen(agent: String, type: String)
  case agentEnded(agent: String, type: String, status: RunStatus, seconds: Double?)
  case agentFailed(agent: String, type: String, errorType: String)
  case agentRetried(agent: String)
  case agentTokens(agent: String, model: String, input: Double, output: Double)
  case agentCost(agent: String, model: String, usd: Double)

  case agentsActive(tier: String, count: Double)
  case agentsCapacity(tier: String, count: Double)
  case agentMemory(tier: String, bytes: Double)
  case agentStarted(tier: String, seconds: Double?)

  case queueDepth(queue: String, priority: String, count: Double)
  case queueInFlight(queue: String, count: Double)
  case queueCapacity(queue: String, count: Double)
  case queueConsumers(queue: String, count: Double)
  case queueOldestAge(queue: String, seconds: Double)
  case queueEnqueued(queue: String, count: Double)
  case queueDequeued(queue: String, count: Double)
  case queueDropped(queue: String, reason: String, count: Double)

  case tasksFinished(succeeded: Bool, count: Double, seconds: Double?)
  case messages(count: Double)
  case messagesDropped(reason: String, count: Double)
  case messageBytes(direction: MessageReport.Direction, count: Double)
}

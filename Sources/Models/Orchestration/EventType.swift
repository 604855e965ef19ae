/// Every kind of event there is. Raw values stand in the event log and never change their meaning.
package enum EventType: UInt8, CaseIterable, Sendable {
  case workflowRunStarted = 1
  case workflowRunWaitingApproval = 2
  case workflowRunApproved = 3
  case workflowRunRejected = 4
  case workflowRunRetried = 5
  case workflowRunCompleted = 6
  case workflowRunFailed = 7
  case workflowRunCancelled = 8
  case agentRunStarted = 16
  case agentRunCompleted = 17
  case agentRunFailed = 18
  case agentRunCancelled = 19
  case agentRunRetried = 20
  case agentStarted = 32
  case agentStopped = 33
  case agentsSampled = 34
  case queueSampled = 48
  case queueEnqueued = 49
  case queueDequeued = 50
  case queueDropped = 51
  case taskCompleted = 64
  case taskFailed = 65
  case messagesObserved = 66

  /// As it stands in an event's `type`.
  package var name: String { "tidemark." + suffix }

  package init?(name: String) {
    guard let type = Self.byName[name] else { return nil }
    self = type
  }

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

  private var suffix: String {
    switch self {
    case .workflowRunStarted: "workflow.run.started"
    case .workflowRunWaitingApproval: "workflow.run.waiting_approval"
    case .workflowRunApproved: "workflow.run.approved"
    case .workflowRunRejected: "workflow.run.rejected"
    case .workflowRunRetried: "workflow.run.retried"
    case .workflowRunCompleted: "workflow.run.completed"
    case .workflowRunFailed: "workflow.run.failed"
    case .workflowRunCancelled: "workflow.run.cancelled"
    case .agentRunStarted: "agent.run.started"
    case .agentRunCompleted: "agent.run.completed"
    case .agentRunFailed: "agent.run.failed"
    case .agentRunCancelled: "agent.run.cancelled"
    case .agentRunRetried: "agent.run.retried"
    case .agentStarted: "agent.started"
    case .agentStopped: "agent.stopped"
    case .agentsSampled: "agents.sampled"
    case .queueSampled: "queue.sampled"
    case .queueEnqueued: "queue.enqueued"
    case .queueDequeued: "queue.dequeued"
    case .queueDropped: "queue.dropped"
    case .taskCompleted: "task.completed"
    case .taskFailed: "task.failed"
    case .messagesObserved: "messages.observed"
    }
  }

  /// The outcome a run's end reports; `nil` for everything that ends no run.
  package var endStatus: RunStatus? {
    switch self {
    case .workflowRunCompleted, .agentRunCompleted: .success
    case .workflowRunFailed, .agentRunFailed: .failed
    case .workflowRunCancelled, .agentRunCancelled: .cancelled
    default: nil
    }
  }

  package var isWorkflowRun: Bool { rawValue < 16 }
  package var isAgentRun: Bool { (16..<32).contains(rawValue) }
}

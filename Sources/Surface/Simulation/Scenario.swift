import SeriesModel

/// What a simulated orchestration goes through.
package enum Scenario: String, CaseIterable, Sendable {
  /// Everything is in order: of the shipped alerts only `Watchdog` fires.
  case steady
  /// One queue gets more than its consumers can take, another has lost its consumers.
  case queueOverload = "queue-overload"
  /// One workflow fails in two of five runs.
  case failingWorkflow = "failing-workflow"
  /// Nobody decides on approvals.
  case approvalJam = "approval-jam"

  package var summary: String {
    switch self {
    case .steady: "everything is in order; only Watchdog fires"
    case .queueOverload:
      "one queue gets more than it can take, another has lost its consumers: CriticalTaskQueueDepth, QueueWithoutConsumers, then "
        + "MessageQueueBackpressure"
    case .failingWorkflow: "one workflow fails in two of five runs: WorkflowFailureRate, then AgentFailureSpike"
    case .approvalJam: "nobody decides on approvals: ApprovalBacklog"
    }
  }

  /// How long before the present the trouble of a history begins.
  ///
  /// With rules that have been evaluated over the history its first alert is due within a minute of the present, or fires already. Without them, alerts
  /// come as long after a start: after 2 minutes (overload), 7 (failures) and 38 (jam).
  package var lead: PromDuration {
    switch self {
    case .steady: .zero
    case .queueOverload: .seconds(90)
    case .failingWorkflow: .seconds(390)
    // Runs come more slowly at night.
    case .approvalJam: .seconds(2_190)
    }
  }
}

import SeriesModel

/// Everything that one orchestrator runs: runs, tiers and queues, moved by events and by time.
///
/// A value without clock, files or threads: the same events with the same times of receipt give the same fleet and the same effects. Events that were
/// received together may come in any order; what they leave behind is the same.
package struct Fleet: Sendable {
  package let policy: OrchestrationPolicy
  package internal(set) var workflowRuns: [RunKey: WorkflowRun] = [:]
  package internal(set) var agentRuns: [RunKey: AgentRun] = [:]
  package internal(set) var ended = EndedRuns()
  var active: [String: PhaseCounts] = [:]
  /// Workflows whose oldest approval is not 0 as last told.
  var waiting: Set<String> = []
  var tiers: [String: Tier] = [:]
  var queues: [String: WorkQueue] = [:]
  package internal(set) var tickedAt = Timestamp.distantPast

  package init(policy: OrchestrationPolicy = OrchestrationPolicy()) { self.policy = policy }

  /// Takes one event in.
  ///
  /// Ask ``verdict(on:)`` first: an end that conflicts changes nothing here.
  /// - Parameter now: when the event was received; never goes back.
  package mutating func apply(_ event: OrchestrationEvent, now: Timestamp, into outcome: inout Outcome) {
    switch event.body {
    case .workflowRun(let report): apply(event, report, now: now, into: &outcome)
    case .agentRun(let report): apply(event, report, now: now, into: &outcome)
    case .tier(let report): apply(event, report, into: &outcome.effects)
    case .queue(let report): apply(event, report, into: &outcome.effects)
    case .tasks(let count, let seconds):
      outcome.effects.append(.tasksFinished(succeeded: event.type == .taskCompleted, count: count, seconds: seconds))
    case .messages(let report): apply(report, into: &outcome.effects)
    }
  }

  /// What the event would meet. Anything but an end is accepted.
  package func verdict(on event: OrchestrationEvent) -> RunVerdict {
    guard let status = event.type.endStatus else { return .accepted }
    switch event.body {
    case .workflowRun(let report):
      if let run = workflowRuns[report.run] { return run.verdict(onEnd: status) }
      return RunVerdict(ended: ended.status(of: .workflow, report.run), now: status)
    case .agentRun(let report):
      if let run = agentRuns[report.run] { return run.verdict(onEnd: status) }
      return RunVerdict(ended: ended.status(of: .agent, report.run), now: status)
    default: return .accepted
    }
  }

  /// Remembers an end that a fleet read back has counted, as the log tells it. An end that waits to be counted is left alone.
  package mutating func remember(_ kind: RunUpdate.Kind, _ run: RunKey, _ status: RunStatus, at now: Timestamp) {
    switch kind {
    case .workflow: if let life = workflowRuns[run], !life.isCounted { return }
    case .agent: if agentRuns[run] != nil { return }
    }
    ended.remember(kind, run, status, at: now, under: policy)
  }

  /// Runs that have not ended, or have not been counted.
  package var openRuns: Int { workflowRuns.count + agentRuns.count }

  /// Gives up what has waited too long, and refreshes ages. What it does depends on the ticks passed, not on when or how often it is called.
  package mutating func advance(to now: Timestamp, into outcome: inout Outcome) {
    let tick = Timestamp(milliseconds: Timestamp.floorDivide(now.milliseconds, policy.tick.milliseconds) * policy.tick.milliseconds)
    guard tick > tickedAt else { return }
    tickedAt = tick
    giveUpWorkflowRuns(at: tick, into: &outcome)
    giveUpAgentRuns(at: tick, into: &outcome)
    tellApprovalAges(at: tick, into: &outcome.effects)
  }

  /// Every gauge as it stands: for instruments that were made anew.
  package func currentGauges(into effects: inout [Effect]) {
    for (workflow, counts) in active.sorted(by: { $0.key < $1.key }) {
      for phase in WorkflowPhase.allCases {
        effects.append(.workflowsActive(workflow: workflow, phase: phase, count: counts[phase]))
      }
    }
    for (name, tier) in tiers.sorted(by: { $0.key < $1.key }) { tier.gauges(of: name, into: &effects) }
    for (name, queue) in queues.sorted(by: { $0.key < $1.key }) { queue.gauges(of: name, into: &effects) }
  }
}

/// Active runs of one workflow by phase.
struct PhaseCounts: Equatable, Sendable {
  private var pending = 0
  private var running = 0
  private var waitingApproval = 0

  subscript(phase: WorkflowPhase) -> Int {
    get {
      switch phase {
      case .pending: pending
      case .running: running
      case .waitingApproval: waitingApproval
      }
    }
    set {
      switch phase {
      case .pending: pending = newValue
      case .running: running = newValue
      case .waitingApproval: waitingApproval = newValue
      }
    }
  }

  var isZero: Bool { pending == 0 && running == 0 && waitingApproval == 0 }
}

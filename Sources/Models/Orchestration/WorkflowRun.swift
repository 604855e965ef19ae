import SeriesModel

/// One workflow run's life: active → (ending →) ended.
///
/// A run that is not kept anywhere has either not been seen or has ended; who keeps runs knows which.
package enum WorkflowRun: Equatable, Sendable {
  case active(WorkflowPhase, WorkflowFacts)
  /// An end was accepted, and something that it did not say may still come with the start.
  case ending(WorkflowFacts, RunEnd<WorkflowRunReport>, until: Timestamp)
  /// Counted. Kept for a while when requests and decisions of approvals do not match up.
  case ended(RunStatus, ApprovalBook, until: Timestamp)

  /// The life of a run of which nothing was known until now.
  package static func unseen(at now: Timestamp) -> WorkflowRun { .active(.pending, WorkflowFacts(seen: now)) }

  package var phase: WorkflowPhase? {
    if case .active(let phase, _) = self { phase } else { nil }
  }

  /// Where an active run counts.
  package var activeWorkflow: String? {
    if case .active(_, let facts) = self { facts.workflow ?? unknownLabel } else { nil }
  }

  /// Since when an active run waits for approval.
  package var waitingSince: Timestamp? {
    if case .active(.waitingApproval, let facts) = self { facts.mark?.time } else { nil }
  }

  package var status: RunStatus? {
    switch self {
    case .active: nil
    case .ending(_, let end, _): end.status
    case .ended(let status, _, _): status
    }
  }
}

/// What is known of a workflow run that has not been counted.
package struct WorkflowFacts: Equatable, Sendable {
  /// When we first heard of it.
  package var seen: Timestamp
  package var workflow: String?
  package var trigger: String?
  package var startedAt: Timestamp?
  /// The newest event that set the phase.
  package var mark: EventPosition?
  package var approvals = ApprovalBook()

  package init(seen: Timestamp) { self.seen = seen }

  fileprivate mutating func learn(_ report: WorkflowRunReport) {
    if workflow == nil { workflow = report.workflow }
    if trigger == nil { trigger = report.trigger }
  }

  /// A start's words win over those of all events but the end.
  fileprivate mutating func start(_ report: WorkflowRunReport, at time: Timestamp) {
    workflow = report.workflow ?? workflow
    trigger = report.trigger ?? trigger
    startedAt = report.startedAt ?? time
  }
}

extension WorkflowRun {
  /// The life after an event. Nothing else than the arguments decides.
  ///
  /// - Parameter now: when the event was received.
  package func step(
    _ type: EventType, _ report: WorkflowRunReport, at position: EventPosition, now: Timestamp, under policy: OrchestrationPolicy,
    into effects: inout [Effect]
  ) -> WorkflowRun {
    switch type {
    case .workflowRunStarted: started(report, at: position, into: &effects)
    case .workflowRunWaitingApproval: requested(report, at: position, now: now, under: policy, into: &effects)
    case .workflowRunApproved, .workflowRunRejected: decided(report, at: position, now: now, under: policy, into: &effects)
    case .workflowRunRetried: retried(report, into: &effects)
    default: finished(type.endStatus!, report, at: position.time, now: now, under: policy, into: &effects)
    }
  }

  /// The life at a time when nothing was heard: what waited too long is given up.
  package func step(at now: Timestamp, under policy: OrchestrationPolicy, into effects: inout [Effect]) -> WorkflowRun? {
    switch self {
    case .active(_, let facts):
      let deadline = facts.seen + policy.workflowMaximumAge
      guard deadline <= now else { return self }
      Self.count(facts.workflow, facts.trigger, .lost, seconds: nil, into: &effects)
      return .ended(.lost, facts.approvals, until: deadline + policy.patience)
    case .ending(let facts, let end, let until):
      guard until <= now else { return self }
      return Self.settle(facts, end, until: until, givingUp: true, into: &effects)
    case .ended(_, _, let until):
      return until <= now ? nil : self
    }
  }

  /// When ``step(at:under:into:)`` does something to this life.
  package func deadline(under policy: OrchestrationPolicy) -> Timestamp {
    switch self {
    case .active(_, let facts): facts.seen + policy.workflowMaximumAge
    case .ending(_, _, let until), .ended(_, _, let until): until
    }
  }

  /// What an end of this status would meet here.
  package func verdict(onEnd status: RunStatus) -> RunVerdict {
    RunVerdict(ended: self.status, now: status)
  }
}

private extension WorkflowRun {
  func started(_ report: WorkflowRunReport, at position: EventPosition, into effects: inout [Effect]) -> WorkflowRun {
    switch self {
    case .active(let phase, var facts):
      facts.start(report, at: position.time)
      effects.append(.workflowSeen(workflow: facts.workflow ?? unknownLabel, trigger: facts.trigger))
      return .active(facts.mark(position) ? .running : phase, facts)
    case .ending(var facts, let end, let until):
      facts.start(report, at: position.time)
      return Self.settle(facts, end, until: until, into: &effects)
    case .ended: return self
    }
  }

  func requested(
    _ report: WorkflowRunReport, at position: EventPosition, now: Timestamp, under policy: OrchestrationPolicy,
    into effects: inout [Effect]
  ) -> WorkflowRun {
    changingApprovals(report, at: position, to: .waitingApproval, until: now + policy.patience) { book in
      guard let answered = book.request(at: position.time) else { return }
      effects.append(.approvalDecided(workflow: answered.workflow, afterSeconds: answered.seconds))
    }
  }

  func decided(
    _ report: WorkflowRunReport, at position: EventPosition, now: Timestamp, under policy: OrchestrationPolicy,
    into effects: inout [Effect]
  ) -> WorkflowRun {
    let workflow = report.workflow ?? unknownLabel
    let told = report.seconds ?? report.startedAt.map { max(0, (position.time - $0).seconds) }
    return changingApprovals(report, at: position, to: .running, until: now + policy.patience) { book in
      guard let seconds = book.decide(at: position.time, told: told, workflow: workflow) else { return }
      effects.append(.approvalDecided(workflow: workflow, afterSeconds: seconds))
    }
  }

  func changingApprovals(
    _ report: WorkflowRunReport, at position: EventPosition, to next: WorkflowPhase, until: Timestamp,
    _ change: (inout ApprovalBook) -> Void
  ) -> WorkflowRun {
    switch self {
    case .active(let phase, var facts):
      facts.learn(report)
      change(&facts.approvals)
      return .active(facts.mark(position) ? next : phase, facts)
    case .ending(var facts, let end, let until):
      facts.learn(report)
      change(&facts.approvals)
      return .ending(facts, end, until: until)
    case .ended(let status, var book, _):
      change(&book)
      return .ended(status, book, until: until)
    }
  }

  func retried(_ report: WorkflowRunReport, into effects: inout [Effect]) -> WorkflowRun {
    effects.append(.workflowRetried(workflow: report.workflow ?? unknownLabel))
    guard case .active(let phase, var facts) = self else { return self }
    facts.learn(report)
    return .active(phase, facts)
  }

  func finished(
    _ status: RunStatus, _ report: WorkflowRunReport, at time: Timestamp, now: Timestamp, under policy: OrchestrationPolicy,
    into effects: inout [Effect]
  ) -> WorkflowRun {
    guard case .active(_, var facts) = self else { return self }
    facts.learn(report)
    return Self.settle(facts, RunEnd(status: status, at: time, report: report), until: now + policy.patience, into: &effects)
  }

  /// Counts the end when all is known or nothing more is waited for.
  static func settle(
    _ facts: WorkflowFacts, _ end: RunEnd<WorkflowRunReport>, until: Timestamp, givingUp: Bool = false, into effects: inout [Effect]
  ) -> WorkflowRun {
    let workflow = end.report.workflow ?? facts.workflow
    let trigger = end.report.trigger ?? facts.trigger
    let seconds = elapsed(told: end.report.seconds, from: end.report.startedAt ?? facts.startedAt, to: end.at)
    guard givingUp || (workflow != nil && trigger != nil && seconds != nil) else { return .ending(facts, end, until: until) }
    count(workflow, trigger, end.status, seconds: seconds, into: &effects)
    if let cost = end.report.costUSD { effects.append(.workflowCost(workflow: workflow ?? unknownLabel, usd: cost)) }
    return .ended(end.status, facts.approvals, until: until)
  }

  static func count(_ workflow: String?, _ trigger: String?, _ status: RunStatus, seconds: Double?, into effects: inout [Effect]) {
    let workflow = workflow ?? unknownLabel
    let trigger = trigger ?? unknownLabel
    effects.append(.workflowSeen(workflow: workflow, trigger: trigger))
    effects.append(.workflowEnded(workflow: workflow, trigger: trigger, status: status, seconds: seconds))
  }
}

private extension WorkflowFacts {
  /// Whether the event is the newest that sets the phase.
  mutating func mark(_ position: EventPosition) -> Bool {
    if let mark, mark > position { return false }
    mark = position
    return true
  }
}

import SeriesModel

extension Fleet {
  mutating func apply(_ event: OrchestrationEvent, _ report: WorkflowRunReport, now: Timestamp, into outcome: inout Outcome) {
    let key = report.run
    let remembered = workflowRuns[key] == nil ? ended.status(of: .workflow, key) : nil
    // A retry of a first try announces nothing: the try it speaks of is over or still going.
    if event.type == .workflowRunRetried, key.attempt == 1, workflowRuns[key] == nil, remembered == nil {
      outcome.effects.append(.workflowRetried(workflow: report.workflow ?? unknownLabel))
      return
    }
    let before =
      workflowRuns[key] ?? remembered.map { .ended($0, ApprovalBook(), until: now + policy.patience) } ?? .unseen(at: now)
    let fresh = workflowRuns[key] == nil && remembered == nil
    let after = before.step(event.type, report, at: event.position, now: now, under: policy, into: &outcome.effects)
    replace(key, fresh ? nil : before, by: after, at: now, into: &outcome.effects)

    var update = RunUpdate(kind: .workflow, run: key, updatedAt: event.time)
    update.name = report.workflow
    update.trigger = report.trigger
    update.approver = report.approver
    switch event.type {
    case .workflowRunStarted: update.startedAt = report.startedAt ?? event.time
    case .workflowRunWaitingApproval: update.waitingSince = event.time
    default:
      update.costUSD = report.costUSD
      update.errorType = report.errorType
      if event.type.endStatus != nil {
        update.startedAt = report.startedAt
        update.endedAt = event.time
        update.seconds = elapsed(told: report.seconds, from: report.startedAt ?? before.startedAt, to: event.time)
      }
    }
    if let status = after.status { if before.status == nil { update.state = .ended(status) } }
    if let phase = after.phase { update.state = .active(phase) }
    outcome.updates.append(update)
  }

  mutating func giveUpWorkflowRuns(at tick: Timestamp, into outcome: inout Outcome) {
    let due = workflowRuns.filter { $0.value.deadline(under: policy) <= tick }
      .map { (deadline: $0.value.deadline(under: policy), key: $0.key) }
      .sorted { ($0.deadline, $0.key) < ($1.deadline, $1.key) }
    for (deadline, key) in due {
      guard let before = workflowRuns[key] else { continue }
      let after = before.step(at: tick, under: policy, into: &outcome.effects)
      if case .active = before, let status = after?.status {
        var update = RunUpdate(kind: .workflow, run: key, updatedAt: deadline)
        update.state = .ended(status)
        update.endedAt = deadline
        outcome.updates.append(update)
      }
      replace(key, before, by: after, at: deadline, into: &outcome.effects)
      // What has been given up may have nothing left to wait for.
      if let rest = workflowRuns[key], rest.status != nil, rest.deadline(under: policy) <= tick { workflowRuns[key] = nil }
    }
  }

  mutating func tellApprovalAges(at tick: Timestamp, into effects: inout [Effect]) {
    var oldest: [String: Timestamp] = [:]
    for run in workflowRuns.values {
      guard let since = run.waitingSince, let workflow = run.activeWorkflow else { continue }
      oldest[workflow] = min(oldest[workflow] ?? since, since)
    }
    for workflow in waiting.subtracting(oldest.keys).sorted() { effects.append(.oldestApproval(workflow: workflow, ageSeconds: 0)) }
    for (workflow, since) in oldest.sorted(by: { $0.key < $1.key }) {
      effects.append(.oldestApproval(workflow: workflow, ageSeconds: max(0, (tick - since).seconds)))
    }
    waiting = Set(oldest.keys)
  }

  /// Keeps, forgets or remembers a life, and moves the counts of active runs.
  private mutating func replace(
    _ key: RunKey, _ before: WorkflowRun?, by after: WorkflowRun?, at now: Timestamp, into effects: inout [Effect]
  ) {
    let (old, new) = (before?.place, after?.place)
    if old != new {
      if let old { move(old, by: -1, into: &effects) }
      if let new { move(new, by: 1, into: &effects) }
    }
    if case .ended(let status, let book, _) = after {
      if before?.isCounted != true { ended.remember(.workflow, key, status, at: now, under: policy) }
      if book.isEmpty {
        if workflowRuns[key] != nil { workflowRuns[key] = nil }
        return
      }
    }
    workflowRuns[key] = after
  }

  private mutating func move(_ place: WorkflowRun.Place, by step: Int, into effects: inout [Effect]) {
    active[place.workflow, default: PhaseCounts()][place.phase] += step
    let counts = active[place.workflow]!
    effects.append(.workflowsActive(workflow: place.workflow, phase: place.phase, count: counts[place.phase]))
    if counts.isZero { active[place.workflow] = nil }
  }
}

extension WorkflowRun {
  /// The gauge that an active run counts in.
  struct Place: Equatable {
    var workflow: String
    var phase: WorkflowPhase
  }

  var place: Place? {
    guard let phase, let workflow = activeWorkflow else { return nil }
    return Place(workflow: workflow, phase: phase)
  }

  var isCounted: Bool { if case .ended = self { true } else { false } }

  var startedAt: Timestamp? {
    switch self {
    case .active(_, let facts), .ending(let facts, _, _): facts.startedAt
    case .ended: nil
    }
  }
}

import SeriesModel

extension Fleet {
  mutating func apply(_ event: OrchestrationEvent, _ report: AgentRunReport, now: Timestamp, into outcome: inout Outcome) {
    let key = report.run
    if event.type == .agentRunRetried {
      outcome.effects.append(.agentRetried(agent: report.agent ?? unknownLabel))
      return
    }
    let before = agentRuns[key] ?? ended.status(of: .agent, key).map { .ended($0) } ?? .unseen(at: now)
    let after = before.step(event.type, report, at: event.position, now: now, under: policy, into: &outcome.effects)
    replace(key, before, by: after, at: now)

    var update = RunUpdate(kind: .agent, run: key, updatedAt: event.time)
    update.name = report.agent
    update.agentType = report.type?.rawValue
    update.action = report.action
    update.workflowRun = report.workflowRun
    update.tier = report.tier
    update.model = report.model
    if event.type.endStatus != nil {
      update.startedAt = report.startedAt
      update.endedAt = event.time
      update.seconds = elapsed(told: report.seconds, from: report.startedAt ?? before.startedAt, to: event.time)
      update.errorType = report.errorType
      update.costUSD = report.costUSD
      update.inputTokens = report.inputTokens
      update.outputTokens = report.outputTokens
    } else {
      update.startedAt = report.startedAt ?? event.time
    }
    if let status = after.status {
      if before.status == nil { update.state = .ended(status) }
    } else {
      update.state = .active(.running)
    }
    outcome.updates.append(update)
  }

  mutating func giveUpAgentRuns(at tick: Timestamp, into outcome: inout Outcome) {
    let due = agentRuns.filter { $0.value.deadline(under: policy) <= tick }
      .map { (deadline: $0.value.deadline(under: policy), key: $0.key) }
      .sorted { ($0.deadline, $0.key) < ($1.deadline, $1.key) }
    for (deadline, key) in due {
      guard let before = agentRuns[key] else { continue }
      let after = before.step(at: tick, under: policy, into: &outcome.effects)
      if case .running = before, let status = after.status {
        var update = RunUpdate(kind: .agent, run: key, updatedAt: deadline)
        update.state = .ended(status)
        update.endedAt = deadline
        outcome.updates.append(update)
      }
      replace(key, before, by: after, at: deadline)
    }
  }

  private mutating func replace(_ key: RunKey, _ before: AgentRun, by after: AgentRun, at now: Timestamp) {
    guard case .ended(let status) = after else {
      agentRuns[key] = after
      return
    }
    if case .ended = before { return }
    ended.remember(.agent, key, status, at: now, under: policy)
    agentRuns[key] = nil
  }
}

private extension AgentRun {
  var startedAt: Timestamp? {
    switch self {
    case .running(let facts), .ending(let facts, _, _): facts.startedAt
    case .ended: nil
    }
  }
}

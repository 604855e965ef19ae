import SeriesModel

/// One agent run's life: running → (ending →) ended. An ended run is kept nowhere here; who keeps runs remembers its status.
package enum AgentRun: Equatable, Sendable {
  case running(AgentFacts)
  /// An end was accepted, and something that it did not say may still come with the start.
  case ending(AgentFacts, RunEnd<AgentRunReport>, until: Timestamp)
  case ended(RunStatus)

  /// The life of a run of which nothing was known until now.
  package static func unseen(at now: Timestamp) -> AgentRun { .running(AgentFacts(seen: now)) }

  package var status: RunStatus? {
    switch self {
    case .running: nil
    case .ending(_, let end, _): end.status
    case .ended(let status): status
    }
  }
}

/// What is known of an agent run that has not been counted.
package struct AgentFacts: Equatable, Sendable {
  /// When we first heard of it.
  package var seen: Timestamp
  package var agent: String?
  package var type: AgentType?
  package var model: String?
  package var startedAt: Timestamp?

  package init(seen: Timestamp) { self.seen = seen }

  fileprivate mutating func start(_ report: AgentRunReport, at time: Timestamp) {
    agent = report.agent ?? agent
    type = report.type ?? type
    model = report.model ?? model
    startedAt = report.startedAt ?? time
  }
}

extension AgentRun {
  /// The life after an event. Nothing else than the arguments decides.
  ///
  /// - Parameter now: when the event was received.
  package func step(
    _ type: EventType, _ report: AgentRunReport, at position: EventPosition, now: Timestamp, under policy: OrchestrationPolicy,
    into effects: inout [Effect]
  ) -> AgentRun {
    switch (type, self) {
    case (.agentRunRetried, _):
      effects.append(.agentRetried(agent: report.agent ?? unknownLabel))
      return self
    case (.agentRunStarted, .running(var facts)):
      facts.start(report, at: position.time)
      effects.append(.agentSeen(agent: facts.agentLabel, type: facts.type?.rawValue ?? unknownLabel))
      return .running(facts)
    case (.agentRunStarted, .ending(var facts, let end, let until)):
      facts.start(report, at: position.time)
      return Self.settle(facts, end, until: until, into: &effects)
    case (_, .running(let facts)):
      let end = RunEnd(status: type.endStatus!, at: position.time, report: report)
      return Self.settle(facts, end, until: now + policy.patience, into: &effects)
    default: return self
    }
  }

  /// The life at a time when nothing was heard: what waited too long is given up.
  package func step(at now: Timestamp, under policy: OrchestrationPolicy, into effects: inout [Effect]) -> AgentRun {
    guard deadline(under: policy) <= now else { return self }
    switch self {
    case .running(let facts):
      Self.count(facts.agent, facts.type, .lost, seconds: nil, into: &effects)
      return .ended(.lost)
    case .ending(let facts, let end, let until): return Self.settle(facts, end, until: until, givingUp: true, into: &effects)
    case .ended: return self
    }
  }

  /// When ``step(at:under:into:)`` does something to this life.
  package func deadline(under policy: OrchestrationPolicy) -> Timestamp {
    switch self {
    case .running(let facts): facts.seen + policy.maximumAge(of: facts.type)
    case .ending(_, _, let until): until
    case .ended: .distantPast
    }
  }

  /// What an end of this status would meet here.
  package func verdict(onEnd status: RunStatus) -> RunVerdict { RunVerdict(ended: self.status, now: status) }
}

private extension AgentFacts {
  var agentLabel: String { agent ?? unknownLabel }
}

private extension AgentRun {
  /// Counts the end when all is known or nothing more is waited for.
  static func settle(
    _ facts: AgentFacts, _ end: RunEnd<AgentRunReport>, until: Timestamp, givingUp: Bool = false, into effects: inout [Effect]
  ) -> AgentRun {
    let report = end.report
    let (agent, type) = (report.agent ?? facts.agent, report.type ?? facts.type)
    let seconds = elapsed(told: report.seconds, from: report.startedAt ?? facts.startedAt, to: end.at)
    guard givingUp || (agent != nil && type != nil && seconds != nil) else { return .ending(facts, end, until: until) }
    count(agent, type, end.status, seconds: seconds, into: &effects)
    let label = agent ?? unknownLabel
    let model = report.model ?? facts.model ?? unknownLabel
    if end.status == .failed {
      effects.append(.agentFailed(agent: label, type: type?.rawValue ?? unknownLabel, errorType: report.errorType ?? unknownLabel))
    }
    if report.inputTokens != nil || report.outputTokens != nil {
      effects.append(.agentTokens(agent: label, model: model, input: report.inputTokens ?? 0, output: report.outputTokens ?? 0))
    }
    if let cost = report.costUSD { effects.append(.agentCost(agent: label, model: model, usd: cost)) }
    return .ended(end.status)
  }

  static func count(_ agent: String?, _ type: AgentType?, _ status: RunStatus, seconds: Double?, into effects: inout [Effect]) {
    let (agent, type) = (agent ?? unknownLabel, type?.rawValue ?? unknownLabel)
    effects.append(.agentSeen(agent: agent, type: type))
    effects.append(.agentEnded(agent: agent, type: type, status: status, seconds: seconds))
  }
}

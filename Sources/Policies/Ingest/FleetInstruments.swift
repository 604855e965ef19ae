import Catalogue
import Instruments
import Orchestration
import SeriesModel

/// The families that events move, as one registry knows them.
struct EventFamilies {
  let workflowRuns, workflowDuration, workflowsActive, approvalWait, oldestApproval, workflowRetries, workflowCost: FamilyHandle
  let agentRuns, agentDuration, agentErrors, agentRetries, agentTokens, agentCost: FamilyHandle
  let agentsActive, agentsCapacity, agentsStarted, agentStartup, agentMemory: FamilyHandle
  let queueDepth, queueInFlight, queueCapacity, queueConsumers, queueOldestAge: FamilyHandle
  let queueEnqueued, queueDequeued, queueDropped: FamilyHandle
  let tasksProcessed, taskDuration, messages, messagesDropped, messageBytes: FamilyHandle
  let sourceLastEvent: FamilyHandle

  init(_ registry: Registry) {
    workflowRuns = registry.family(Families.workflowRunsTotal)
    workflowDuration = registry.family(Families.workflowDurationSeconds)
    workflowsActive = registry.family(Families.workflowsActive)
    approvalWait = registry.family(Families.workflowApprovalWaitSeconds)
    oldestApproval = registry.family(Families.workflowOldestPendingApprovalAgeSeconds)
    workflowRetries = registry.family(Families.workflowRetriesTotal)
    workflowCost = registry.family(Families.workflowCostUSDTotal)
    agentRuns = registry.family(Families.agentRunsTotal)
    agentDuration = registry.family(Families.agentDurationSeconds)
    agentErrors = registry.family(Families.agentErrorsTotal)
    agentRetries = registry.family(Families.agentRetriesTotal)
    agentTokens = registry.family(Families.agentTokensTotal)
    agentCost = registry.family(Families.agentCostUSDTotal)
    agentsActive = registry.family(Families.agentsActive)
    agentsCapacity = registry.family(Families.agentsCapacity)
    agentsStarted = registry.family(Families.agentsStartedTotal)
    agentStartup = registry.family(Families.agentStartupDurationSeconds)
    agentMemory = registry.family(Families.agentMemoryBytes)
    queueDepth = registry.family(Families.queueDepth)
    queueInFlight = registry.family(Families.queueInFlight)
    queueCapacity = registry.family(Families.queueCapacity)
    queueConsumers = registry.family(Families.queueConsumers)
    queueOldestAge = registry.family(Families.queueOldestMessageAgeSeconds)
    queueEnqueued = registry.family(Families.queueMessagesEnqueuedTotal)
    queueDequeued = registry.family(Families.queueMessagesDequeuedTotal)
    queueDropped = registry.family(Families.queueMessagesDroppedTotal)
    tasksProcessed = registry.family(Families.tasksProcessedTotal)
    taskDuration = registry.family(Families.taskDurationSeconds)
    messages = registry.family(Families.agentMessagesTotal)
    messagesDropped = registry.family(Families.agentMessagesDroppedTotal)
    messageBytes = registry.family(Families.agentMessageBytesTotal)
    sourceLastEvent = registry.family(Families.sourceLastEventTimestampSeconds)
  }
}

/// Binds one orchestrator's effects to the families of the catalogue.
struct FleetInstruments {
  let families: EventFamilies
  let orchestrator: String
  /// Entities that were born today, so that it is not tried with each event. One that the registry dropped meanwhile is born again tomorrow.
  private var born: Set<Entity> = []
  private var day: Int64 = 0

  fileprivate enum Entity: Hashable {
    case orchestrator
    case workflow(String)
    case trigger(String, String)
    case agent(String, String)
    case tier(String)
    case queue(String)
  }

  private static let bornLimit = 20_000

  init(families: EventFamilies, orchestrator: String) {
    self.families = families
    self.orchestrator = orchestrator
  }

  /// Makes effects visible. Label sets that come to life get `created`.
  mutating func publish(_ effects: [Effect], created: Timestamp, to u: inout RegistryUpdate) {
    let today = Timestamp.floorDivide(created.milliseconds, 86_400_000)
    if today != day || born.count >= Self.bornLimit { born.removeAll(keepingCapacity: true) }
    day = today
    if isFirst(.orchestrator) {
      for family in [families.tasksProcessed, families.taskDuration, families.messages, families.messageBytes] {
        u.bear(family, fixed: [orchestrator], created: created)
      }
    }
    for effect in effects { publish(effect, created, &u) }
  }

  /// When sources were last heard.
  func publish(sources: [(source: String, time: Timestamp)], created: Timestamp, to u: inout RegistryUpdate) {
    for (source, time) in sources {
      u.set(u.series(families.sourceLastEvent, [source, orchestrator], created: created), time.seconds)
    }
  }
}

private extension FleetInstruments {
  mutating func publish(_ effect: Effect, _ created: Timestamp, _ u: inout RegistryUpdate) {
    switch effect {
    case .workflowSeen, .workflowEnded, .workflowsActive, .approvalDecided, .oldestApproval, .workflowRetried, .workflowCost:
      publishWorkflow(effect, created, &u)
    case .agentSeen, .agentEnded, .agentFailed, .agentRetried, .agentTokens, .agentCost: publishAgent(effect, created, &u)
    case .agentsActive, .agentsCapacity, .agentMemory, .agentStarted: publishTier(effect, created, &u)
    case .queueDepth, .queueInFlight, .queueCapacity, .queueConsumers, .queueOldestAge, .queueEnqueued, .queueDequeued,
      .queueDropped:
      publishQueue(effect, created, &u)
    case .tasksFinished, .messages, .messagesDropped, .messageBytes: publishWork(effect, created, &u)
    }
  }

  mutating func publishWorkflow(_ effect: Effect, _ created: Timestamp, _ u: inout RegistryUpdate) {
    switch effect {
    case .workflowSeen(let workflow, let trigger):
      bear(workflow: workflow, created, &u)
      if let trigger, isFirst(.trigger(workflow, trigger)) {
        u.bear(families.workflowRuns, fixed: [workflow, trigger, orchestrator], created: created)
      }
    case .workflowEnded(let workflow, let trigger, let status, let seconds):
      u.add(u.series(families.workflowRuns, [workflow, trigger, status.label, orchestrator], created: created), 1)
      if let seconds {
        u.observe(u.series(families.workflowDuration, [workflow, status.label, orchestrator], created: created), seconds)
      }
    case .workflowsActive(let workflow, let phase, let count):
      bear(workflow: workflow, created, &u)
      u.set(u.series(families.workflowsActive, [workflow, phase.label, orchestrator], created: created), Double(count))
    case .approvalDecided(let workflow, let seconds):
      bear(workflow: workflow, created, &u)
      u.observe(u.series(families.approvalWait, [workflow, orchestrator], created: created), seconds)
    case .oldestApproval(let workflow, let seconds):
      u.set(u.series(families.oldestApproval, [workflow, orchestrator], created: created), seconds)
    case .workflowRetried(let workflow):
      bear(workflow: workflow, created, &u)
      u.add(u.series(families.workflowRetries, [workflow, orchestrator], created: created), 1)
    case .workflowCost(let workflow, let usd):
      u.add(u.series(families.workflowCost, [workflow, orchestrator], created: created), usd)
    default: break
    }
  }

  mutating func bear(workflow: String, _ created: Timestamp, _ u: inout RegistryUpdate) {
    guard isFirst(.workflow(workflow)) else { return }
    for family in [
      families.workflowDuration, families.workflowsActive, families.approvalWait, families.oldestApproval, families.workflowRetries,
      families.workflowCost,
    ] {
      u.bear(family, fixed: [workflow, orchestrator], created: created)
    }
  }

  mutating func publishAgent(_ effect: Effect, _ created: Timestamp, _ u: inout RegistryUpdate) {
    switch effect {
    case .agentSeen(let agent, let type):
      guard isFirst(.agent(agent, type)) else { return }
      u.bear(families.agentRuns, fixed: [agent, type, orchestrator], created: created)
      u.bear(families.agentDuration, fixed: [agent, orchestrator], created: created)
      u.bear(families.agentRetries, fixed: [agent, orchestrator], created: created)
    case .agentEnded(let agent, let type, let status, let seconds):
      u.add(u.series(families.agentRuns, [agent, type, status.label, orchestrator], created: created), 1)
      if let seconds { u.observe(u.series(families.agentDuration, [agent, orchestrator], created: created), seconds) }
    case .agentFailed(let agent, let type, let errorType):
      u.add(u.series(families.agentErrors, [agent, type, errorType, orchestrator], created: created), 1)
    case .agentRetried(let agent): u.add(u.series(families.agentRetries, [agent, orchestrator], created: created), 1)
    case .agentTokens(let agent, let model, let input, let output):
      u.add(u.series(families.agentTokens, [agent, model, "input", orchestrator], created: created), input)
      u.add(u.series(families.agentTokens, [agent, model, "output", orchestrator], created: created), output)
    case .agentCost(let agent, let model, let usd):
      u.add(u.series(families.agentCost, [agent, model, orchestrator], created: created), usd)
    default: break
    }
  }

  mutating func publishTier(_ effect: Effect, _ created: Timestamp, _ u: inout RegistryUpdate) {
    switch effect {
    case .agentsActive(let tier, let count):
      bear(tier: tier, created, &u)
      u.set(u.series(families.agentsActive, [tier, orchestrator], created: created), count)
    case .agentsCapacity(let tier, let count):
      bear(tier: tier, created, &u)
      u.set(u.series(families.agentsCapacity, [tier, orchestrator], created: created), count)
    case .agentMemory(let tier, let bytes): u.set(u.series(families.agentMemory, [tier, orchestrator], created: created), bytes)
    case .agentStarted(let tier, let seconds):
      bear(tier: tier, created, &u)
      u.add(u.series(families.agentsStarted, [tier, orchestrator], created: created), 1)
      if let seconds { u.observe(u.series(families.agentStartup, [tier, orchestrator], created: created), seconds) }
    default: break
    }
  }

  mutating func bear(tier: String, _ created: Timestamp, _ u: inout RegistryUpdate) {
    guard isFirst(.tier(tier)) else { return }
    u.bear(families.agentsStarted, fixed: [tier, orchestrator], created: created)
    u.bear(families.agentStartup, fixed: [tier, orchestrator], created: created)
  }

  mutating func publishQueue(_ effect: Effect, _ created: Timestamp, _ u: inout RegistryUpdate) {
    switch effect {
    case .queueDepth(let queue, let priority, let count):
      bear(queue: queue, created, &u)
      u.set(u.series(families.queueDepth, [queue, priority, orchestrator], created: created), count)
    case .queueInFlight(let queue, let count):
      u.set(u.series(families.queueInFlight, [queue, orchestrator], created: created), count)
    case .queueCapacity(let queue, let count):
      u.set(u.series(families.queueCapacity, [queue, orchestrator], created: created), count)
    case .queueConsumers(let queue, let count):
      u.set(u.series(families.queueConsumers, [queue, orchestrator], created: created), count)
    case .queueOldestAge(let queue, let seconds):
      u.set(u.series(families.queueOldestAge, [queue, orchestrator], created: created), seconds)
    case .queueEnqueued(let queue, let count):
      bear(queue: queue, created, &u)
      u.add(u.series(families.queueEnqueued, [queue, orchestrator], created: created), count)
    case .queueDequeued(let queue, let count):
      bear(queue: queue, created, &u)
      u.add(u.series(families.queueDequeued, [queue, orchestrator], created: created), count)
    case .queueDropped(let queue, let reason, let count):
      bear(queue: queue, created, &u)
      u.add(u.series(families.queueDropped, [queue, reason, orchestrator], created: created), count)
    default: break
    }
  }

  mutating func bear(queue: String, _ created: Timestamp, _ u: inout RegistryUpdate) {
    guard isFirst(.queue(queue)) else { return }
    u.bear(families.queueEnqueued, fixed: [queue, orchestrator], created: created)
    u.bear(families.queueDequeued, fixed: [queue, orchestrator], created: created)
  }

  func publishWork(_ effect: Effect, _ created: Timestamp, _ u: inout RegistryUpdate) {
    switch effect {
    case .tasksFinished(let succeeded, let count, let seconds):
      u.add(u.series(families.tasksProcessed, [succeeded ? "success" : "failed", orchestrator], created: created), count)
      if let seconds { u.observe(u.series(families.taskDuration, [orchestrator], created: created), seconds, count: UInt64(count)) }
    case .messages(let count): u.add(u.series(families.messages, [orchestrator], created: created), count)
    case .messagesDropped(let reason, let count):
      u.add(u.series(families.messagesDropped, [reason, orchestrator], created: created), count)
    case .messageBytes(let direction, let count):
      u.add(u.series(families.messageBytes, [direction.rawValue, orchestrator], created: created), count)
    default: break
    }
  }

  mutating func isFirst(_ entity: Entity) -> Bool {
    born.insert(entity).inserted
  }
}

import SeriesModel

/// The agents of one tier: how many work, how many may, what memory they take.
struct Tier: Equatable, Sendable {
  var active = GaugeTrack()
  var capacity: LatestValue?
  var memory: LatestValue?

  func gauges(of name: String, into effects: inout [Effect]) {
    effects.append(.agentsActive(tier: name, count: active.value))
    if let capacity { effects.append(.agentsCapacity(tier: name, count: capacity.value)) }
    if let memory { effects.append(.agentMemory(tier: name, bytes: memory.value)) }
  }
}

extension Fleet {
  mutating func apply(_ event: OrchestrationEvent, _ report: TierReport, into effects: inout [Effect]) {
    if event.type == .agentStarted { effects.append(.agentStarted(tier: report.tier, seconds: report.startupSeconds)) }
    guard tiers[report.tier] != nil || tiers.count < policy.entityLimit else { return }
    let position = event.position
    switch event.type {
    case .agentStarted: tiers[report.tier, default: Tier()].active.add(1, at: event.time)
    case .agentStopped: tiers[report.tier, default: Tier()].active.add(-1, at: event.time)
    default:
      if let n = report.active { tiers[report.tier, default: Tier()].active.set(n, at: position) }
      if let n = report.capacity, tiers[report.tier, default: Tier()].capacity.take(n, at: position) {
        effects.append(.agentsCapacity(tier: report.tier, count: n))
      }
      if let n = report.memoryBytes, tiers[report.tier, default: Tier()].memory.take(n, at: position) {
        effects.append(.agentMemory(tier: report.tier, bytes: n))
      }
      if report.active == nil { return }
    }
    effects.append(.agentsActive(tier: report.tier, count: tiers[report.tier]!.active.value))
  }
}

extension LatestValue? {
  /// Whether the value was taken.
  mutating func take(_ value: Double, at position: EventPosition) -> Bool {
    if self == nil {
      self = LatestValue(value, at: position)
      return true
    }
    return self!.set(value, at: position)
  }
}

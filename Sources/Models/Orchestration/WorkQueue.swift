import SeriesModel

/// One queue: how much waits by priority, what its consumers hold, how old its oldest message is.
struct WorkQueue: Equatable, Sendable {
  var depths: [String: GaugeTrack] = [:]
  var inFlight: LatestValue?
  var capacity: LatestValue?
  var consumers: LatestValue?
  var oldestAge: LatestValue?

  func gauges(of name: String, into effects: inout [Effect]) {
    for (priority, depth) in depths.sorted(by: { $0.key < $1.key }) {
      effects.append(.queueDepth(queue: name, priority: priority, count: depth.value))
    }
    if let inFlight { effects.append(.queueInFlight(queue: name, count: inFlight.value)) }
    if let capacity { effects.append(.queueCapacity(queue: name, count: capacity.value)) }
    if let consumers { effects.append(.queueConsumers(queue: name, count: consumers.value)) }
    if let oldestAge { effects.append(.queueOldestAge(queue: name, seconds: oldestAge.value)) }
  }
}

/// The priority of messages that name none.
package let defaultPriority = "default"

extension Fleet {
  mutating func apply(_ event: OrchestrationEvent, _ report: QueueReport, into effects: inout [Effect]) {
    let name = report.queue
    switch event.type {
    case .queueEnqueued: effects.append(.queueEnqueued(queue: name, count: report.count))
    case .queueDequeued: effects.append(.queueDequeued(queue: name, count: report.count))
    case .queueDropped:
      // A drop says nothing about the depth: the message may never have been in.
      effects.append(.queueDropped(queue: name, reason: report.reason ?? unknownLabel, count: report.count))
      return
    default: break
    }
    guard queues[name] != nil || queues.count < policy.entityLimit else { return }
    let priority = report.priority ?? defaultPriority
    if event.type == .queueSampled {
      sample(event.position, report, into: &effects)
      guard let depth = report.depth else { return }
      track(name, priority) { $0.set(depth, at: event.position) }
    } else {
      track(name, priority) { $0.add(event.type == .queueEnqueued ? report.count : -report.count, at: event.time) }
    }
    guard let depth = queues[name]?.depths[priority] else { return }
    effects.append(.queueDepth(queue: name, priority: priority, count: depth.value))
  }

  private mutating func sample(_ position: EventPosition, _ report: QueueReport, into effects: inout [Effect]) {
    let name = report.queue
    if let n = report.inFlight, queues[name, default: WorkQueue()].inFlight.take(n, at: position) {
      effects.append(.queueInFlight(queue: name, count: n))
    }
    if let n = report.capacity, queues[name, default: WorkQueue()].capacity.take(n, at: position) {
      effects.append(.queueCapacity(queue: name, count: n))
    }
    if let n = report.consumers, queues[name, default: WorkQueue()].consumers.take(n, at: position) {
      effects.append(.queueConsumers(queue: name, count: n))
    }
    if let n = report.oldestAgeSeconds, queues[name, default: WorkQueue()].oldestAge.take(n, at: position) {
      effects.append(.queueOldestAge(queue: name, seconds: n))
    }
  }

  private mutating func track(_ name: String, _ priority: String, _ body: (inout GaugeTrack) -> Void) {
    if queues[name]?.depths[priority] == nil, (queues[name]?.depths.count ?? 0) >= policy.prioritiesPerQueue { return }
    body(&queues[name, default: WorkQueue()].depths[priority, default: GaugeTrack()])
  }

  mutating func apply(_ report: MessageReport, into effects: inout [Effect]) {
    effects.append(.messages(count: report.count))
    if let dropped = report.dropped { effects.append(.messagesDropped(reason: report.reason ?? unknownLabel, count: dropped)) }
    if let bytes = report.bytes { effects.append(.messageBytes(direction: report.direction ?? .sent, count: bytes)) }
  }
}

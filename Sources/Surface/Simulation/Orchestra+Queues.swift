import SeriesModel

/// The messages of one priority in a queue, as they stand.
struct QueueLane: Sendable {
  let roster: Roster.Lane
  var depth = 0
  var lastCount: Int64
  var arrivals = WholeCount()
  /// Whether its depth is part of what an orderly orchestration holds at most.
  var isOrderly = true

  init(_ roster: Roster.Lane, at start: Int64) {
    self.roster = roster
    lastCount = start
  }
}

/// What trouble does to a lane for an interval.
private struct LaneTrouble {
  /// Beyond what comes at any time.
  var extraMessages = 0.0
  /// Of what consumers take on average, what they take at most.
  var consumption = 1.0
}

extension Orchestra {
  /// Messages of all orderly lanes together: below the 50 of `BacklogSustained`.
  static let orderlyMessages = 45
  /// Consumers that have a backlog work faster.
  static let reserve = 4.0
  /// Trouble begins with it, so that what alerts wait for is there within seconds.
  static let burst = (milliseconds: Int64(5_000), perSecond: 1_500.0)
  static let floodPerSecond = 150.0

  mutating func countQueue(_ index: Int, at time: Int64) {
    let (from, lane) = (queues[index].lastCount, queues[index].roster)
    let seconds = Double(time - from) / 1000
    queues[index].lastCount = time
    let trouble = trouble(of: index, from: from, to: time)
    let usual = lane.perSecond * Roster.wave(time, swing: 0.1) * seconds
    var arrived = queues[index].arrivals.take(usual * chance.between(0.95, 1.05) + (trouble?.extraMessages ?? 0))
    let standing = queues[index].depth + arrived
    let limit = trouble.map { usual * $0.consumption } ?? max(usual, lane.perSecond) * Self.reserve + 1
    let taken = min(standing - min(standing, trouble == nil ? room(for: index) : 0), Int(limit))
    // What finds no room never gets in.
    let dropped = max(0, standing - taken - lane.capacity)
    arrived -= dropped
    queues[index].depth += arrived - taken
    queues[index].isOrderly = trouble == nil
    tellQueue("queue.enqueued", lane, count: arrived, at: time)
    tellQueue("queue.dequeued", lane, count: taken, at: time)
    tellQueue("queue.dropped", lane, count: dropped, reason: "queue_full", at: time)
  }

  mutating func sampleQueue(_ index: Int, at time: Int64) {
    let (lane, depth) = (queues[index].roster, queues[index].depth)
    writer.begin("queue.sampled", .queues, at: time)
    writer.text("queue", lane.queue)
    writer.text("priority", lane.priority)
    writer.whole("depth", depth)
    if lane.isFirst {
      let isDeserted = isDeserted(index, at: time)
      writer.whole("in_flight", isDeserted ? 0 : Int(lane.perSecond * 0.03) + chance.below(4))
      writer.whole("capacity", lane.capacity)
      writer.whole("consumers", isDeserted ? 0 : lane.consumers)
      // First come, first served: the oldest waits as long as all before it take.
      let age =
        isDeserted
        ? time - troubleFrom : depth == 0 ? 0 : Int64(Double(depth) / lane.perSecond * 1000) + chance.milliseconds(5...60)
      writer.seconds("oldest_message_age_seconds", milliseconds: age)
    }
    writer.end()
  }

  /// Now and then a message expires or is refused, in the best of queues.
  mutating func loseMessage(at time: Int64) {
    tellQueue(
      "queue.dropped", chance.pick(queues).roster, count: 1, reason: chance.below(3) == 0 ? "rejected" : "expired", at: time)
    agenda.add(.loseMessage, at: Self.even(time + chance.milliseconds(20_000...40_000)))
  }
}

private extension Orchestra {
  func isDeserted(_ index: Int, at time: Int64) -> Bool { index == Roster.desertedLane && isTroubled(.queueOverload, at: time) }

  func trouble(of index: Int, from: Int64, to time: Int64) -> LaneTrouble? {
    guard isTroubled(.queueOverload, at: time) else { return nil }
    let since = max(from, troubleFrom)
    let burst = Double(max(0, min(time, troubleFrom + Self.burst.milliseconds) - since)) / 1000 * Self.burst.perSecond
    switch index {
    case Roster.desertedLane: return LaneTrouble(extraMessages: burst, consumption: 0)
    case Roster.floodedLane: return LaneTrouble(extraMessages: burst + Double(time - since) / 1000 * Self.floodPerSecond)
    default: return nil
    }
  }

  /// How many messages an orderly lane keeps at the moment: none as a rule.
  mutating func room(for index: Int) -> Int {
    let others = queues.indices.reduce(0) { $0 + ($1 != index && queues[$1].isOrderly ? queues[$1].depth : 0) }
    let wanted = [0, 0, 0, 0, 0, 0, 0, 1, 1, 2][chance.below(10)]
    return max(0, min(wanted, Self.orderlyMessages - others))
  }

  mutating func tellQueue(_ type: String, _ lane: Roster.Lane, count: Int, reason: String? = nil, at time: Int64) {
    guard count > 0 else { return }
    writer.begin(type, .queues, at: time)
    writer.text("queue", lane.queue)
    writer.text("priority", lane.priority)
    writer.whole("count", count)
    if let reason { writer.text("reason", reason) }
    writer.end()
  }
}

import SeriesModel

/// The agents of all tiers.
struct AgentFleet: Sendable {
  var active: [Int]
  var slowStartups = Quota(1, of: 50)

  init(at time: Int64) { active = Roster.tiers.map { Self.wanted($0, at: time) } }

  /// Two thirds of what there may be; more in the afternoon.
  static func wanted(_ tier: Roster.Tier, at time: Int64) -> Int {
    Int((Double(tier.capacity) * 0.68 * Roster.wave(time, swing: 0.1)).rounded())
  }
}

/// Tasks that queues' consumers work off, and messages between agents.
struct TaskFlow: Sendable {
  var lastCount: Int64 = 0
  var tasks = WholeCount()
  var events = WholeCount()
  var failures = WholeCount()
  var messages = WholeCount()
  var lostMessages = WholeCount()
}

extension Orchestra {
  /// Replaces an agent of some tier, or brings the tier closer to what is wanted.
  mutating func replaceAgent(at time: Int64) {
    let place = chance.below(Roster.agents.count)
    let tier = Roster.tiers.firstIndex { $0.name == Roster.agents[place].tier }!
    let wanted = AgentFleet.wanted(Roster.tiers[tier], at: time)
    if fleet.active[tier] >= wanted {
      fleet.active[tier] -= 1
      writer.begin("agent.stopped", .agents, at: time)
      writer.text("tier", Roster.tiers[tier].name)
      writer.end()
    }
    if fleet.active[tier] < wanted {
      fleet.active[tier] += 1
      let isSlow = fleet.slowStartups.next(&chance)
      writer.begin("agent.started", .agents, at: time)
      writer.text("tier", Roster.tiers[tier].name)
      writer.seconds("startup_seconds", milliseconds: isSlow ? chance.milliseconds(110...700) : chance.milliseconds(9...88))
      writer.end()
    }
    agenda.add(.replaceAgent, at: Self.even(time + chance.milliseconds(4_000...8_000)))
  }

  mutating func sampleTier(_ index: Int, at time: Int64) {
    let (tier, active) = (Roster.tiers[index], fleet.active[index])
    writer.begin("agents.sampled", .agents, at: time)
    writer.text("tier", tier.name)
    writer.whole("active", active)
    writer.whole("capacity", tier.capacity)
    writer.whole("memory_bytes", Int(Double(active) * tier.bytesPerAgent * chance.between(0.95, 1.05)))
    writer.end()
  }

  mutating func countTasks(at time: Int64) {
    let seconds = Double(time - work.lastCount) / 1000
    work.lastCount = time
    let usual = Roster.messagesPerSecond * Roster.wave(time, swing: 0.1) * chance.between(0.98, 1.02)
    let finished = work.tasks.take(max(usual, Double(singleTaskEvents)) * seconds)
    let failed = min(finished, work.failures.take(Double(finished) * Self.taskFailures))
    tellTasks("task.failed", failed, chance.milliseconds(200...900), at: time)
    if tellsTasksSingly {
      tellSingly(finished - failed, events: work.events.take(Double(singleTaskEvents) * seconds) - min(failed, 1), at: time)
    } else {
      tellTogether(finished - failed, at: time)
    }
    tellMessages(tasks: finished, seconds, at: time)
  }
}

private extension Orchestra {
  static let taskFailures = 0.0003
  /// The last takes the rest.
  static let taskDurations: [(share: Double, milliseconds: Int64)] = [
    (0.26, 18), (0.07, 380), (0.22, 165), (0.01, 820), (0.44, 70),
  ]
  static let messagesPerTask = 13.0
  static let bytesPerMessage = 420
  static let lostMessagesPerSecond = 0.4

  mutating func tellTogether(_ count: Int, at time: Int64) {
    var left = count
    for (i, (share, milliseconds)) in Self.taskDurations.enumerated() {
      let part = i == Self.taskDurations.count - 1 ? left : Int(Double(count) * share)
      left -= part
      tellTasks("task.completed", part, Int64(Double(milliseconds) * chance.between(0.9, 1.1)), at: time)
    }
  }

  mutating func tellSingly(_ count: Int, events: Int, at time: Int64) {
    let events = max(1, min(events, count))
    for i in 0..<events {
      var place = chance.unit()
      let kind = Self.taskDurations.firstIndex { kind in
        place -= kind.share
        return place < 0
      }
      let milliseconds = Double(Self.taskDurations[kind ?? Self.taskDurations.count - 1].milliseconds)
      let part = count * (i + 1) / events - count * i / events
      tellTasks("task.completed", part, Int64(milliseconds * chance.between(0.9, 1.1)), at: time)
    }
  }

  mutating func tellTasks(_ type: String, _ count: Int, _ milliseconds: Int64, at time: Int64) {
    guard count > 0 else { return }
    writer.begin(type, .tasks, at: time)
    writer.whole("count", count)
    writer.seconds("duration_seconds", milliseconds: milliseconds)
    writer.end()
  }

  mutating func tellMessages(tasks: Int, _ seconds: Double, at time: Int64) {
    let sent = work.messages.take(Double(tasks) * Self.messagesPerTask)
    let lost = min(sent, work.lostMessages.take(seconds * Self.lostMessagesPerSecond))
    guard sent > 0 else { return }
    writer.begin("messages.observed", .tasks, at: time)
    writer.whole("count", sent)
    writer.whole("bytes", sent * Self.bytesPerMessage)
    writer.text("direction", "sent")
    if lost > 0 {
      writer.whole("dropped", lost)
      writer.text("reason", "receiver_gone")
    }
    writer.end()
    // The same messages at their other end, so only their bytes count.
    writer.begin("messages.observed", .tasks, at: time)
    writer.whole("count", 0)
    writer.whole("bytes", (sent - lost) * Self.bytesPerMessage)
    writer.text("direction", "received")
    writer.end()
  }
}

import SeriesModel

/// A simulated orchestration that tells of itself in events: 928 agents, 200 workflows, 64 queues.
///
/// A discrete-event simulation without clock, threads or I/O. The same seed, scenario and start give the same bytes, in however many steps it is run.
/// Within the first minute every workflow has run and every agent has been employed, so all families of workflows, agents, queues, tasks and
/// messages have data; afterwards about 24 runs start a minute, and 9,000 tasks a second are worked off (10 % more in the afternoon, less at night).
///
/// In a steady orchestration what may go wrong does so by quota, well below what alerts and objectives allow:
///
/// | of | go wrong |
/// | --- | --- |
/// | workflow runs | 1 in 400 fails, 1 in 80 is cancelled, 1 in 50 takes more than 120 s (never 300 s) |
/// | agent runs | 1 in 125 fails, and is tried again |
/// | tasks | 3 in 10,000 fail |
/// | agents' startups | 1 in 50 takes more than 100 ms |
/// | queues | together hold at most 45 messages |
/// | approvals | about 3 are waited for, each for a minute at most |
///
/// - Cost: 0.25 to 0.7 µs an event, in release.
package struct Orchestra: Sendable {
  package private(set) var scenario: Scenario
  /// How finely it reports. A change shows within a second.
  package var pace = Pace.live {
    didSet { if pace != oldValue { moveReports() } }
  }

  /// So many events a second tell of single tasks, or of a few: up to 10,000. 0: a handful of events tell of all. More tasks than usual are worked
  /// off when that is needed for it; a history has none of it.
  package var singleTaskEvents = 0 {
    didSet {
      precondition((0...10_000).contains(singleTaskEvents), "expected 0 to 10,000 task events a second, found \(singleTaskEvents)")
      if singleTaskEvents != oldValue { moveReports() }
    }
  }
  package let seed: UInt64

  var agenda = Agenda()
  var writer: EventWriter
  var chance: Chance
  /// The simulation's own clock, in milliseconds; events are told ``EventWriter/shift`` later.
  var clock: Int64
  /// When the trouble of the scenario begins, by that clock.
  var troubleFrom: Int64
  var runs = RunBook()
  var queues: [QueueLane]
  var fleet: AgentFleet
  var work = TaskFlow()

  /// - Parameters:
  ///   - start: when it comes to life; the first events follow at once.
  ///   - troubleFrom: when the scenario's trouble begins; `nil`: at once.
  package init(seed: UInt64, scenario: Scenario, from start: Timestamp, troubleFrom: Timestamp? = nil) {
    self.scenario = scenario
    self.seed = seed
    clock = start.milliseconds
    self.troubleFrom = (troubleFrom ?? start).milliseconds
    let kind = UInt64(Scenario.allCases.firstIndex(of: scenario)!)
    let identity = Chance.mix(Chance.mix(Chance.mix(seed) ^ UInt64(bitPattern: start.milliseconds)) ^ kind)
    let hex = String(identity, radix: 16)
    writer = EventWriter(idPrefix: String(repeating: "0", count: 16 - hex.utf8.count) + hex)
    chance = Chance(seed: seed)
    queues = Roster.lanes.map { QueueLane($0, at: start.milliseconds) }
    fleet = AgentFleet(at: start.milliseconds)
    work.lastCount = start.milliseconds
    runs.deck = DealtDeck(count: Roster.agents.count)
    for workflow in Roster.workflows.indices {
      agenda.add(.start(workflow: workflow), at: Self.even(clock + chance.milliseconds(100...55_000)))
    }
    agenda.add(.replaceAgent, at: Self.even(clock + 2_000))
    agenda.add(.loseMessage, at: Self.even(clock + 10_000))
    for report in reports {
      agenda.add(.report(report), at: Self.isSample(report) ? Self.odd(clock + 1) : due(report, after: clock))
    }
  }

  /// Where the events have got to.
  package var now: Timestamp { Timestamp(milliseconds: clock + writer.shift) }

  /// Events told so far.
  package var told: Int { writer.count }

  /// Lives on until `time`, and appends what happened after ``now`` up to and at `time` as NDJSON, in order of time.
  ///
  /// - Returns: the number of events appended. A time that has passed appends none.
  @discardableResult
  package mutating func step(to time: Timestamp, into bytes: inout [UInt8]) -> Int {
    let (before, limit) = (writer.count, time.milliseconds - writer.shift)
    swap(&bytes, &writer.bytes)
    while let (time, what) = agenda.next(through: limit) {
      clock = max(clock, time)
      occur(what, at: time)
    }
    swap(&bytes, &writer.bytes)
    clock = max(clock, limit)
    return writer.count - before
  }

  /// From now on something else happens; trouble of before is worked off within a minute.
  package mutating func change(to scenario: Scenario) {
    self.scenario = scenario
    troubleFrom = clock
  }

  /// The world stood still for `gap`: nothing happened, and no run took longer for it.
  package mutating func skip(_ gap: PromDuration) {
    precondition(gap >= .zero, "time does not run back (\(gap))")
    writer.shift += gap.milliseconds
  }
}

extension Orchestra {
  /// Everybody who waits for a decision gets it within ``settling``, so that nothing grows older while the world stands still. Not in a jam.
  package mutating func settle() {
    guard !isTroubled(.approvalJam, at: clock) else { return }
    let soon = Self.even(clock + 1)
    agenda.move { if case .decide = $0 { soon } else { nil } }
  }

  static let settling = PromDuration.milliseconds(4)
}

extension Orchestra: CustomStringConvertible {
  /// ```
  /// 928 agents, 200 workflows, 64 queues; scenario steady, seed 7
  /// ```
  package var description: String {
    let queues = Roster.lanes.count { $0.isFirst }
    return
      "\(Roster.agents.count) agents, \(Roster.workflows.count) workflows, \(queues) queues; scenario \(scenario.rawValue), seed \(seed)"
  }
}

extension Orchestra {
  var tellsTasksSingly: Bool { singleTaskEvents > 0 && pace == .live }

  /// Whether the trouble of `scenario` is on.
  func isTroubled(_ scenario: Scenario, at time: Int64) -> Bool { self.scenario == scenario && time >= troubleFrom }

  /// Samples are taken at odd milliseconds and everything else happens at even ones: a sample then never shares its millisecond with a change of what it
  /// samples, which would count twice.
  static func even(_ time: Int64) -> Int64 { time + (time & 1) }
  static func odd(_ time: Int64) -> Int64 { time | 1 }
}

private extension Orchestra {
  mutating func occur(_ what: Occurrence, at time: Int64) {
    switch what {
    case .start(let workflow): startRun(of: workflow, at: time)
    case .restart(let run): beginRun(run, at: time)
    case .advance(let run): advanceRun(run, at: time)
    case .decide(let run): decide(run, at: time)
    case .replaceAgent: replaceAgent(at: time)
    case .loseMessage: loseMessage(at: time)
    case .report(let report):
      switch report {
      case .queueCounts(let lane): countQueue(lane, at: time)
      case .queueSample(let lane): sampleQueue(lane, at: time)
      case .tierSample(let tier): sampleTier(tier, at: time)
      case .taskCounts: countTasks(at: time)
      }
      agenda.add(what, at: due(report, after: time))
    }
  }

  var reports: [Report] {
    queues.indices.flatMap { [.queueCounts(lane: $0), .queueSample(lane: $0)] }
      + Roster.tiers.indices.map { .tierSample(tier: $0) } + [.taskCounts]
  }

  static func isSample(_ report: Report) -> Bool {
    switch report {
    case .queueSample, .tierSample: true
    case .queueCounts, .taskCounts: false
    }
  }

  /// Each reporter has its own place in the interval, so that events flow evenly.
  func due(_ report: Report, after time: Int64) -> Int64 {
    let (period, place, places) =
      switch report {
      case .queueCounts(let lane): (pace.queueCounts, lane, queues.count)
      case .queueSample(let lane): (pace.queueSamples, lane, queues.count)
      case .tierSample(let tier): (pace.tierSamples, tier, Roster.tiers.count)
      case .taskCounts: (tellsTasksSingly ? 50 : pace.taskCounts, 0, 1)
      }
    let phase = Self.even(period * Int64(place) / Int64(places))
    let next = (Timestamp.floorDivide(time - phase, period) + 1) * period + phase
    return Self.isSample(report) ? Self.odd(next) : next
  }

  mutating func moveReports() {
    let current = self
    agenda.move { if case .report(let report) = $0 { current.due(report, after: current.clock) } else { nil } }
  }
}

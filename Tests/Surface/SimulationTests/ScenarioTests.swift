import SeriesModel
import Testing

@testable import Simulation

/// The event stream against the thresholds of `rules/*.yml`, worked out here anew.
@Suite struct ScenarioTests {
  /// Ends of a kind of run: how many there were, and how many of them are bad.
  static func share(_ events: [ReadEvent], bad: (ReadEvent) -> Bool) -> Double {
    Double(events.count(where: bad)) / Double(events.count)
  }

  /// Depth by queue and priority after each event that moves one.
  static func depths(_ events: [ReadEvent], _ body: (_ event: ReadEvent, _ lanes: [String: Double]) -> Void) {
    var lanes: [String: Double] = [:]
    for event in events {
      let lane = event.text("queue") + "/" + event.text("priority")
      switch event.type {
      case "queue.sampled": lanes[lane] = event.number("depth")
      case "queue.enqueued": lanes[lane, default: 0] += event.count
      case "queue.dequeued": lanes[lane, default: 0] -= event.count
      default: continue
      }
      body(event, lanes)
    }
  }

  @Test(arguments: [1, 2] as [UInt64]) func `steady stays below every threshold`(_ seed: UInt64) throws {
    let events = try EventStream.events(.steady, seed: seed, pace: .history, .minutes(80))
    let workflowEnds = events.filter { ["workflow.run.completed", "workflow.run.failed"].contains($0.type) }
    let agentEnds = events.filter { ["agent.run.completed", "agent.run.failed"].contains($0.type) }
    #expect(workflowEnds.count > 1_500)
    #expect(agentEnds.count > 7_000)
    #expect((0.0005..<0.0075).contains(Self.share(workflowEnds) { $0.type == "workflow.run.failed" }))
    #expect((0.004..<0.015).contains(Self.share(agentEnds) { $0.type == "agent.run.failed" }))
    #expect((0.01..<0.0375).contains(Self.share(workflowEnds) { $0.number("duration_seconds") > 120 }))
    #expect(workflowEnds.allSatisfy { $0.number("duration_seconds") < 300 })
    let startups = events.filter { $0.type == "agent.started" }
    #expect(startups.count > 400)
    #expect((0.005..<0.0375).contains(Self.share(startups) { $0.number("startup_seconds") > 0.1 }))
    let (good, failed) = (Self.tasks(events, "task.completed"), Self.tasks(events, "task.failed"))
    #expect((0.0001..<0.00075).contains(failed / (good + failed)))
    #expect((7_500..<10_000).contains((good + failed) / 4_800))
    var depth = 0.0
    Self.depths(events) { event, lanes in
      // What arrives and leaves at one time is told in this order.
      if event.type != "queue.enqueued" { depth = max(depth, lanes.values.reduce(0, +)) }
    }
    #expect((1...50).contains(depth))
    #expect(Self.mostWaiting(events) <= 20)
  }

  @Test(arguments: [3] as [UInt64]) func `in steady, windows of an alert's length stay below it too`(_ seed: UInt64) throws {
    let events = try EventStream.events(.steady, seed: seed, pace: .history, .minutes(150))
    let ends = events.filter { $0.type == "workflow.run.completed" || $0.type == "workflow.run.failed" }
    for (workflow, ends) in Dictionary(grouping: ends, by: { $0.text("workflow") }) {
      // WorkflowFailureRate: the same window of five minutes would have to be bad for five minutes.
      for last in ends.indices where ends[last].type == "workflow.run.failed" {
        let window = ends[...last].filter { $0.time > ends[last].time - .minutes(5) }
        #expect(window.count < 10 || window.count { $0.type == "workflow.run.failed" } <= 2, "\(workflow)")
      }
    }
    let agentEnds = events.filter { $0.type == "agent.run.completed" || $0.type == "agent.run.failed" }
    for (type, ends) in Dictionary(grouping: agentEnds, by: { $0.text("type") }) {
      for window in Dictionary(grouping: ends, by: { Timestamp.floorDivide($0.time.milliseconds, 600_000) }).values {
        let failed = window.count { $0.type == "agent.run.failed" }
        #expect(failed < 6 || Double(failed) / Double(window.count) < 0.05, "\(type)")
      }
    }
    // TelemetryStale: no source is silent for five minutes.
    for (source, events) in Dictionary(grouping: events, by: \.source) {
      #expect(zip(events, events.dropFirst()).allSatisfy { $1.time - $0.time < .minutes(2) }, "\(source)")
    }
    #expect(Set(events.map(\.source)).count == 4)
    // MessageQueueBackpressure
    let lost = events.filter { $0.type == "queue.dropped" }.reduce(0) { $0 + $1.count }
    #expect(lost > 100 && lost / 9_000 < 1)
    // QueueWithoutConsumers, OldestMessageTooOld, QueueWillOverflow
    let samples = events.filter { $0.type == "queue.sampled" && $0.data["consumers"] != nil }
    #expect(samples.allSatisfy { $0.number("consumers") > 0 && $0.number("oldest_message_age_seconds") < 10 })
    #expect(samples.allSatisfy { $0.number("capacity") >= 2_000 })
  }

  @Test func `live, a steady orchestra says the same more finely`() throws {
    let events = try EventStream.events(.steady, seed: 4, .seconds(150))
    var (depth, lowest) = (0.0, 0.0)
    Self.depths(events) { _, lanes in lowest = min(lowest, lanes.values.min()!) }
    // Batches are counted whole: depths matter where a second ends.
    var second = EventStream.start
    Self.depths(events) { event, lanes in
      if event.time >= second + .seconds(1) {
        depth = max(depth, lanes.values.reduce(0, +))
        second = event.time
      }
    }
    #expect(events.filter { $0.time > EventStream.start + .seconds(90) }.count < 60 * 350)
    #expect(lowest > -1_000)
    let perSecond = Self.tasks(events, "task.completed") + Self.tasks(events, "task.failed")
    #expect((7_000..<10_000).contains(perSecond / 149))
    let samples = events.filter { $0.type == "queue.sampled" }
    #expect(samples.filter { $0.time > EventStream.start + .seconds(5) }.allSatisfy { $0.number("depth") <= 2 })
  }

  @Test func `within a minute and a half everything that there is has been seen`() throws {
    let events = try EventStream.events(.steady, seed: 6, .seconds(90))
    #expect(Set(events.filter { $0.type == "workflow.run.started" }.map { $0.text("workflow") }).count == 200)
    #expect(Set(events.filter { $0.type == "agent.run.started" }.map { $0.text("agent") }).count > 800)
    #expect(Set(events.filter { $0.type == "queue.sampled" }.map { $0.text("queue") }).count == 64)
    #expect(Set(events.filter { $0.type == "agents.sampled" }.map { $0.text("tier") }).count == 4)
    let first = events.filter { $0.type == "agents.sampled" }.prefix(4)
    #expect(first.reduce(0) { $0 + $1.number("capacity") } == 928)
    #expect((550...700).contains(first.reduce(0) { $0 + $1.number("active") }))
  }

  @Test(arguments: [Pace.live, .history]) func `runs begin once, end once, and say how long they took`(_ pace: Pace) throws {
    let events = try EventStream.events(.steady, seed: 7, pace: pace, pace == .live ? .minutes(4) : .hours(1))
    for kind in ["workflow.run", "agent.run"] {
      var (starts, ends): ([String: Timestamp], Set<String>) = ([:], [])
      for event in events where event.type.hasPrefix(kind) {
        if event.type == kind + ".started" {
          #expect(starts.updateValue(event.time, forKey: event.run) == nil, "\(event.run)")
        } else if event.type.hasSuffix(".completed") || event.type.hasSuffix(".failed") || event.type.hasSuffix(".cancelled") {
          #expect(ends.insert(event.run).inserted, "\(event.run)")
          let told = event.number("duration_seconds")
          if let start = starts[event.run] { #expect(abs((event.time - start).seconds - told) < 0.0005, "\(event.run)") }
          #expect(starts[event.run] != nil || kind == "agent.run" && pace == .history)
        }
      }
      #expect(ends.count > 200)
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func `overloaded queues pass 5,000 within the first seconds and stay above`(
    _ seed: UInt64
  ) throws {
    let events = try EventStream.events(.queueOverload, seed: seed, .seconds(140))
    let flooded = Roster.lanes[Roster.floodedLane].queue
    let deserted = Roster.lanes[Roster.desertedLane].queue
    for (queue, seconds) in [(flooded, 6), (deserted, 6)] as [(String, Int64)] {
      let samples = events.filter { $0.type == "queue.sampled" && $0.text("queue") == queue }
      let late = samples.filter { $0.time > EventStream.start + .seconds(seconds + 5) }
      #expect(late.count > 20)
      #expect(late.allSatisfy { $0.number("depth") > 5_000 && $0.number("depth") <= $0.number("capacity") }, "\(queue)")
    }
    var passed: Timestamp?
    Self.depths(events) { event, lanes in
      if passed == nil, lanes[flooded + "/normal", default: 0] > 5_500 { passed = event.time }
    }
    #expect(passed! - EventStream.start < .seconds(6))
    let consumers = events.filter { $0.type == "queue.sampled" && $0.text("queue") == deserted }.map { $0.number("consumers") }
    #expect(consumers.dropFirst().allSatisfy { $0 == 0 })
    // MessageQueueBackpressure: a full queue drops more than 100 a second, so over any minute it does from second 30 on.
    let dropped = events.filter { $0.type == "queue.dropped" && $0.text("queue") == deserted && $0.text("reason") == "queue_full" }
    #expect(dropped.first!.time - EventStream.start < .seconds(7))
    for second in 8..<139 as Range<Int64> {
      let (from, to) = (EventStream.start + .seconds(second), EventStream.start + .seconds(second + 1))
      #expect(dropped.reduce(0) { from < $1.time && $1.time <= to ? $0 + $1.count : $0 } > 250, "second \(second)")
    }
    // The others go on.
    let others = events.filter { $0.type == "queue.sampled" && ![flooded, deserted].contains($0.text("queue")) }
    #expect(others.allSatisfy { $0.number("depth") <= 2 && $0.data["consumers"].map { ($0 as! Int) > 0 } ?? true })
  }

  @Test func `overload is worked off once it is over`() throws {
    var orchestra = Orchestra(seed: 8, scenario: .queueOverload, from: EventStream.start)
    var bytes: [UInt8] = []
    orchestra.step(to: EventStream.start + .minutes(3), into: &bytes)
    orchestra.change(to: .steady)
    bytes = []
    orchestra.step(to: EventStream.start + .minutes(5), into: &bytes)
    let late = try EventStream.read(bytes).filter { $0.type == "queue.sampled" && $0.time > EventStream.start + .seconds(260) }
    #expect(late.allSatisfy { $0.number("depth") <= 2 && $0.data["consumers"].map { ($0 as! Int) > 0 } ?? true })
  }

  @Test(arguments: [1, 2] as [UInt64]) func `one workflow fails in every window of five minutes, the others do not`(
    _ seed: UInt64
  ) throws {
    let events = try EventStream.events(.failingWorkflow, seed: seed, pace: .history, .minutes(40))
    let ends = events.filter { $0.type == "workflow.run.completed" || $0.type == "workflow.run.failed" }
    let name = Roster.workflows[Roster.busiestWorkflow].name
    let (of, others) = (ends.filter { $0.text("workflow") == name }, ends.filter { $0.text("workflow") != name })
    for minute in stride(from: Int64(7), through: 40, by: 1) {
      let end = EventStream.start + .minutes(minute)
      let window = of.filter { $0.time <= end && $0.time > end - .minutes(5) }
      #expect(window.count >= 15, "minute \(minute)")
      #expect(Self.share(window) { $0.type == "workflow.run.failed" } > 0.2, "minute \(minute)")
    }
    #expect(Self.share(others) { $0.type == "workflow.run.failed" } < 0.0075)
    #expect(events.contains { $0.type == "workflow.run.retried" })
    #expect(events.contains { $0.text("error_type") == "upstream_unavailable" && $0.text("type") == "api" })
  }

  @Test(arguments: [1, 2] as [UInt64]) func `in a jam more than 20 runs wait, for longer than half an hour`(_ seed: UInt64)
    throws
  {
    let events = try EventStream.events(.approvalJam, seed: seed, pace: .history, .minutes(60), troubleAfter: .minutes(20))
    let decided = events.filter { $0.type == "workflow.run.approved" || $0.type == "workflow.run.rejected" }
    #expect(decided.count > 50)
    #expect(decided.allSatisfy { $0.time < EventStream.start + .minutes(20) })
    #expect(Self.mostWaiting(events.filter { $0.time < EventStream.start + .minutes(20) }) <= 20)
    #expect(Self.waiting(events, at: EventStream.start + .minutes(29)) > 20)
    #expect((60...RunBook.waitingLimit + 20).contains(Self.waiting(events, at: EventStream.start + .minutes(60))))
  }

  /// From the beginning of trouble to when an alert's condition holds, and stays so for its `for`.
  @Test(arguments: [1, 2, 3] as [UInt64]) func `a history's trouble leads up to an alert within the first minute`(_ seed: UInt64)
    throws
  {
    func events(_ scenario: Scenario, minutes: Int64) throws -> [ReadEvent] {
      try EventStream.events(scenario, seed: seed, pace: .history, .minutes(10 + minutes), troubleAfter: .minutes(10))
    }
    let trouble = EventStream.start + .minutes(10)

    let name = Roster.workflows[Roster.busiestWorkflow].name
    let ends = try events(.failingWorkflow, minutes: 8).filter {
      $0.text("workflow") == name && ["workflow.run.completed", "workflow.run.failed"].contains($0.type)
    }
    let failing = (Int64(0)..<32).first { step in
      let end = trouble + .seconds(15 * step)
      let window = ends.filter { $0.time <= end && $0.time > end - .minutes(5) }
      return window.count >= 10 && Self.share(window) { $0.type == "workflow.run.failed" } > 0.1
    }
    let failuresDue = 15 * failing! + 300
    #expect(Double(failuresDue) <= Scenario.failingWorkflow.lead.seconds + 45, "due after \(failuresDue)")

    let waits = try events(.approvalJam, minutes: 14)
    let jammed = (Int64(0)..<56).first { Self.waiting(waits, at: trouble + .seconds(15 * $0)) > 20 }
    let jamDue = 15 * jammed! + 1_800
    #expect(Double(jamDue) <= Scenario.approvalJam.lead.seconds + 45, "due after \(jamDue)")
  }

  @Test func `a jam ends with decisions on everything`() throws {
    var orchestra = Orchestra(seed: 8, scenario: .approvalJam, from: EventStream.start)
    orchestra.pace = .history
    var bytes: [UInt8] = []
    orchestra.step(to: EventStream.start + .minutes(40), into: &bytes)
    orchestra.change(to: .steady)
    orchestra.step(to: EventStream.start + .minutes(45), into: &bytes)
    let events = try EventStream.read(bytes)
    #expect(Self.waiting(events, at: EventStream.start + .minutes(40)) > 20)
    #expect(Self.waiting(events, at: EventStream.start + .minutes(42)) < 20)
  }

  static func tasks(_ events: [ReadEvent], _ type: String) -> Double {
    events.reduce(0) { $0 + ($1.type == type ? $1.count : 0) }
  }

  static func waiting(_ events: [ReadEvent], at time: Timestamp) -> Int {
    events.reduce(0) { $1.time <= time ? $0 + change($1) : $0 }
  }

  static func mostWaiting(_ events: [ReadEvent]) -> Int {
    var (now, most) = (0, 0)
    for event in events {
      now += change(event)
      most = max(most, now)
    }
    return most
  }

  private static func change(_ event: ReadEvent) -> Int {
    switch event.type {
    case "workflow.run.waiting_approval": 1
    case "workflow.run.approved", "workflow.run.rejected": -1
    default: 0
    }
  }
}

import Catalogue
import Foundation
import Ingest
import Instruments
import SeriesModel
import Testing

@testable import Simulation

/// A daemon's way in, on a clock of its own.
final class Daemon: Sendable {
  let directory: String
  let time: ManualTime
  let registry: Registry
  let ingest: EventIngest

  init(_ start: Timestamp) throws {
    directory = FileManager.default.temporaryDirectory.path + "/tidemark-simulation-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    time = ManualTime(start)
    registry = Registry(families: Families.all, options: RegistryOptions(time: time))
    ingest = try EventIngest(IngestConfiguration(directory: directory), registry: registry, time: time)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func take(_ events: [UInt8], at now: Timestamp) -> IngestAnswer {
    time.set(now)
    return ingest.accept(body: events, contentType: FastForward.contentType, now: now)
  }

  func total(_ family: Family, where matches: (LabelSet) -> Bool = { _ in true }) -> Double {
    registry.values(family).reduce(0) { $0 + (matches($1.labels) ? $1.value : 0) }
  }
}

@Suite struct FastForwardTests {
  @Test(arguments: Scenario.allCases) func `everything told of a history is accepted, and fills all families`(_ scenario: Scenario)
    throws
  {
    let now = Timestamp(rfc3339: "2026-11-21T02:25:12.573Z")!
    var history = FastForward(seed: 1, scenario: scenario, through: now, span: .minutes(25), interval: .minutes(1))
    let daemon = try Daemon(history.first - .minutes(1))
    let last = history.last
    var events = 0
    let areas: [Family.Area] = [.workflow, .agent, .queue, .tasks]
    var silent = Families.all.filter { areas.contains($0.area) }
    history.run { bytes, grid in
      let answer = daemon.take(bytes, at: grid)
      let count = bytes.count { $0 == UInt8(ascii: "\n") }
      events += count
      #expect(answer.status == 200)
      #expect(String(decoding: answer.body, as: UTF8.self) == #"{"accepted":\#(count),"duplicates":0,"rejected":[]}"#)
      if grid.milliseconds % 300_000 == 0 || grid == last {
        silent.removeAll { family in daemon.registry.values(family).contains { $0.value > 0 } }
      }
    }
    #expect(events > 7_000)
    // In so short a time maybe no run is tried again, and in a jam nobody decides: those are there, and 0.
    let rare: Set = ["workflow_retries_total", scenario == .approvalJam ? "workflow_approval_wait_seconds" : ""]
    #expect(silent.map(\.name).filter { !rare.contains($0) } == [], "no data in \(scenario)")
    #expect(silent.allSatisfy { !daemon.registry.values($0).isEmpty }, "no series in \(scenario)")
    let waiting = daemon.total(Families.workflowsActive) { $0["state"] == "waiting_approval" }
    #expect(scenario == .approvalJam ? waiting > 20 : waiting <= 20)
    let depth = daemon.total(Families.queueDepth)
    #expect(scenario == .queueOverload ? depth > 10_000 : depth <= 50)
    #expect(daemon.registry.values(Families.agentRunsTotal).count == 928 * 4)
    #expect(Set(daemon.registry.values(Families.workflowRunsTotal).map { $0.labels["workflow"]! }).count == 200)
    #expect(daemon.total(Families.agentsCapacity) == 928)
    #expect(daemon.total(Families.workflowRunsTotal) { $0["status"] == "lost" || $0["workflow"] == "unknown" } == 0)
  }

  @Test func `after its history the orchestra lives on in real time`() throws {
    let now = Timestamp(rfc3339: "2026-11-21T02:25:12.573Z")!
    var history = FastForward(seed: 2, scenario: .steady, through: now, span: .minutes(10), interval: .seconds(15))
    let daemon = try Daemon(history.first - .minutes(1))
    history.run { bytes, grid in #expect(daemon.take(bytes, at: grid).status == 200) }
    var orchestra = history.orchestra
    #expect(orchestra.now == history.last)
    let tasks = daemon.total(Families.tasksProcessedTotal)
    for second in 1...60 as ClosedRange<Int64> {
      var bytes: [UInt8] = []
      let count = orchestra.step(to: history.last + .seconds(second), into: &bytes)
      let answer = daemon.take(bytes, at: orchestra.now)
      #expect(String(decoding: answer.body, as: UTF8.self) == #"{"accepted":\#(count),"duplicates":0,"rejected":[]}"#)
      #expect(count > 100)
      #expect(daemon.total(Families.queueDepth) <= 50)
    }
    let perSecond = (daemon.total(Families.tasksProcessedTotal) - tasks) / 60
    #expect((7_000..<11_000).contains(perSecond))
  }

  @Test(arguments: [(30, 60), (60, 60), (45, 90), (300, 300)] as [(Int64, Int64)])
  func `the grid is coarse at first, then that of the interval`(_ seconds: Int64, _ coarse: Int64) {
    let now = Timestamp(rfc3339: "2026-11-21T02:25:12.573Z")!
    var history = FastForward(
      seed: 3, scenario: .steady, through: now, span: .minutes(40), interval: .seconds(seconds), fine: .minutes(10))
    #expect(history.coarseInterval == .seconds(coarse))
    let fineFrom = history.fineFrom
    var (grid, outside, most) = ([Timestamp](), 0, 0)
    history.run { bytes, at in
      grid.append(at)
      let step = PromDuration.seconds(at <= fineFrom ? coarse : seconds)
      let events = (try? EventStream.read(bytes)) ?? []
      outside += events.count { $0.time > at || $0.time <= at - step }
      most = max(most, events.count)
    }
    #expect(outside == 0)
    #expect(most <= 10_000)
    #expect(grid.count == history.steps)
    #expect(grid.allSatisfy { $0.milliseconds % (seconds * 1000) == 0 })
    #expect(grid.allSatisfy { $0 > fineFrom || $0.milliseconds % (coarse * 1000) == 0 })
    #expect(zip(grid, grid.dropFirst()).allSatisfy { $1 - $0 == .seconds($1 <= fineFrom ? coarse : seconds) })
    #expect(abs((now - .minutes(10) - fineFrom).seconds) <= Double(coarse + seconds))
    #expect((now - .minutes(40) - grid[0]).seconds <= Double(coarse))
    #expect(grid.last! <= now && now - grid.last! < .seconds(seconds))
  }

  @Test func `the last minutes of a history are told as finely as what follows`() throws {
    var history = FastForward(
      seed: 3, scenario: .queueOverload, through: EventStream.start, span: .minutes(30), interval: .seconds(15))
    var last: [UInt8] = []
    history.run { bytes, at in if at > EventStream.start - .minutes(4) { last += bytes } }
    let events = try EventStream.read(last)
    #expect(events.count { $0.type == "agent.run.started" } > 300)
    // The trouble began `lead` before the end, to the second.
    let full = events.first { $0.type == "queue.dropped" && $0.text("reason") == "queue_full" }!
    let sinceTrouble = full.time - (EventStream.start - Scenario.queueOverload.lead)
    #expect(sinceTrouble > .zero && sinceTrouble < .seconds(7))
  }

  @Test func `what goes wrong while a history is applied ends it`() {
    struct Full: Error {}
    var history = FastForward(
      seed: 3, scenario: .steady, through: EventStream.start, span: .minutes(10), interval: .seconds(60))
    var calls = 0
    #expect(throws: Full.self) {
      try history.run { (_, _) throws(Full) in
        calls += 1
        if calls == 3 { throw Full() }
      }
    }
    #expect(calls == 3)
  }
}

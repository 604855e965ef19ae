import DurableLog
import Foundation
import GRDB
import Orchestration
import SeriesModel
import Testing

@testable import Ingest

struct RunListTests {
  @Test func `a run's row gathers what its events say`() throws {
    let bench = try EventBench()
    bench.time.advance(by: .minutes(5))
    bench.send([
      EventText.started("r"),
      EventText.event("workflow.run.waiting_approval", id: "w", at: 10, #"{"run_id":"r","workflow":"triage"}"#),
    ])
    bench.pump(after: .seconds(3))
    let store = try #require(bench.ingest.runs)
    #expect(try store.run("r").map(\.state) == ["waiting_approval"])
    #expect(try store.approvals().map(\.run.id) == ["r"])
    bench.send([
      EventText.event("workflow.run.approved", id: "a", at: 20, #"{"run_id":"r","workflow":"triage","approver":"ann"}"#),
      EventText.event("workflow.run.failed", id: "f", at: 30, #"{"run_id":"r","error_type":"timeout","cost_usd":2}"#),
    ])
    bench.pump(after: .seconds(3))
    let row = try #require(try store.run("r").first)
    #expect(row.state == "failed" && row.name == "triage" && row.trigger == "cron" && row.approver == "ann")
    #expect(row.seconds == 30 && row.errorType == "timeout" && row.costUSD == 2)
    #expect(row.startedAt == EventText.start && row.endedAt == EventText.start + .seconds(30))
    #expect(try store.approvals().isEmpty)
  }

  @Test func `lists go by state, workflow and cursor, newest first`() throws {
    let bench = try EventBench()
    for i in 0..<25 { bench.send([EventText.started("r\(i)", workflow: i % 2 == 0 ? "even" : "odd")]) }
    for i in 0..<5 { bench.send([EventText.completed("r\(i)")]) }
    bench.pump(after: .seconds(3))
    let store = try #require(bench.ingest.runs)
    #expect(try store.runs(state: "success").runs.count == 5)
    #expect(try store.runs(state: "running", workflow: "odd").runs.count == 10)
    var (cursor, seen) = (Int64?.none, [Int64]())
    repeat {
      let page = try store.runs(cursor: cursor, limit: 10)
      seen += page.runs.map(\.sequence)
      cursor = page.next
    } while cursor != nil
    #expect(seen.count == 25 && seen == seen.sorted(by: >))
  }

  @Test func `the agents of a workflow run are found`() throws {
    let bench = try EventBench()
    bench.send([
      EventText.event(
        "agent.run.started", id: "1",
        #"{"run_id":"a1","agent":"coder","type":"llm","workflow_run_id":"r","tier":"gold","model":"m"}"#),
      EventText.event("agent.run.completed", id: "2", at: 5, #"{"run_id":"a1","input_tokens":10,"output_tokens":2}"#),
      EventText.event("agent.run.started", id: "3", #"{"run_id":"a2","agent":"coder","type":"llm","workflow_run_id":"other"}"#),
    ])
    bench.pump(after: .seconds(3))
    let row = try #require(try bench.ingest.runs?.agents(of: "r").first)
    #expect(row.run.id == "a1" && row.state == "success" && row.agentType == "llm" && row.tier == "gold" && row.model == "m")
    #expect(row.seconds == 5 && row.inputTokens == 10 && row.outputTokens == 2)
  }

  @Test func `rows that no checkpoint saw are there after a crash`() throws {
    let bench = try EventBench()
    bench.send([EventText.started("r"), EventText.completed("r")])
    try bench.crash()
    bench.pump(after: .seconds(3))
    #expect(try bench.ingest.runs?.run("r").map(\.state) == ["success"])
    #expect(try bench.ingest.runs?.position() != nil)
  }

  @Test(arguments: 0..<6 as Range<UInt64>) func `rows written before a crash are the rows written after it`(seed: UInt64) throws {
    let (steady, dying) = (try EventBench(Self.twoOrchestrators), try EventBench(Self.twoOrchestrators))
    for (i, request) in CrashTests.stream(seed).enumerated() {
      for bench in [steady, dying] {
        bench.send(request)
        bench.send(request.map { $0.replacing("/hub", with: "/west").replacing(":\"r", with: ":\"west-r") })
        bench.pump(after: .seconds(5))
      }
      if i % 2 == 1 { try dying.crash() }
    }
    for bench in [steady, dying] { bench.pump(after: .seconds(5)) }
    let (a, b) = (try #require(try steady.ingest.runs?.runs(limit: 1000)), try #require(try dying.ingest.runs?.runs(limit: 1000)))
    #expect(a.runs.count > 20)
    #expect(a.runs.map(\.sequence) == b.runs.map(\.sequence), "seed \(seed)")
    #expect(
      a.runs.map { [$0.run.id, $0.orchestrator, $0.state, $0.name] }
        == b.runs.map { [$0.run.id, $0.orchestrator, $0.state, $0.name] })
  }

  static func twoOrchestrators(_ configuration: inout IngestConfiguration) {
    configuration.orchestrators = try! OrchestratorMap(["/west": "west"])
  }

  @Test func `a database from before is kept, and new runs come behind its rows`() throws {
    let bench = try EventBench()
    bench.send([EventText.started("old"), EventText.started("older")])
    bench.pump(after: .seconds(3))
    try bench.crash { directory in
      for name in ["events", "checkpoint"] { try FileManager.default.removeItem(atPath: directory + "/" + name) }
    }
    bench.send([EventText.started("new")])
    bench.pump(after: .seconds(3))
    try bench.crash()
    bench.send([EventText.started("newest")])
    bench.pump(after: .seconds(3))
    #expect(try bench.ingest.runs?.runs().runs.map(\.run.id) == ["newest", "new", "older", "old"])
  }

  @Test func `a database that does not take rows stops nothing`() throws {
    let bench = try EventBench()
    try FileManager.default.removeItem(atPath: bench.directory + "/runs.sqlite")
    bench.send([EventText.started("r")])
    try bench.crash { directory in
      for name in ["runs.sqlite", "runs.sqlite-wal", "runs.sqlite-shm"] {
        try? FileManager.default.removeItem(atPath: directory + "/" + name)
      }
      try FileManager.default.createDirectory(atPath: directory + "/runs.sqlite", withIntermediateDirectories: false)
    }
    #expect(bench.ingest.runs == nil)
    #expect(bench.send([EventText.completed("r")]).status == 200)
    bench.pump(after: .seconds(60))
    #expect(bench.ingest.problems.count == 1)
    try FileManager.default.removeItem(atPath: bench.directory + "/runs.sqlite")
    bench.pump(after: .seconds(3))
    #expect(bench.ingest.problems.isEmpty)
    #expect(try bench.ingest.runs?.run("r").map(\.state) == ["success"])
  }

  @Test func `ended runs go after their retention, active ones stay`() throws {
    let bench = try EventBench { $0.runRetention = .hours(1) }
    bench.send([EventText.started("old"), EventText.completed("old"), EventText.started("long")])
    bench.pump(after: .seconds(3))
    bench.pump(after: .hours(2))
    #expect(try bench.ingest.runs?.runs().runs.map(\.run.id) == ["long"])
  }

  @Test func `rows that could not be written lie under newer ones`() {
    var outbox = RunOutbox(limit: 2)
    var first = RunUpdate(kind: .workflow, run: RunKey("r"), updatedAt: EventText.start)
    first.state = .active(.running)
    first.name = "w"
    outbox.add(first, of: "o")
    let taken = outbox.take()
    var second = RunUpdate(kind: .workflow, run: RunKey("r"), updatedAt: EventText.start + .seconds(1))
    second.state = .ended(.success)
    outbox.add(second, of: "o")
    outbox.putBack(taken)
    let row = outbox.rows.values.first?.update
    #expect(row?.name == "w" && row?.state == .ended(.success))
    for name in ["a", "b"] {
      var update = RunUpdate(kind: .agent, run: RunKey(name), updatedAt: EventText.start)
      update.state = .active(.running)
      outbox.add(update, of: "o")
    }
    #expect(outbox.rows.count == 2 && outbox.dropped == 1)
  }

  @Test func `runs are found wherever they stand between old segments and the newest rows`() throws {
    let bench = try EventBench()
    let store = try #require(bench.ingest.runs)
    let count = RunIndex.segmentRows * 7 / 2
    var rows: [Int64: RunOutbox.Row] = [:]
    for n in 1...count {
      var update = RunUpdate(kind: n % 2 == 0 ? .workflow : .agent, run: RunKey("r\(n)"), updatedAt: EventText.start)
      update.state = .ended(.success)
      update.name = "n\(n % 1000)"
      update.workflowRun = n % 2 == 0 ? nil : "r\(n / 1000 * 1000 + 2)"
      rows[n] = RunOutbox.Row(orchestrator: "o", update: update)
    }
    try store.write(rows, through: .start)
    #expect(try store.pool.read(RunIndex.sealed) == RunIndex.segmentRows * 2)
    for n in [2, 16_384, 20_000, 40_000, count / 2 * 2] { #expect(try store.run("r\(n)").map(\.sequence) == [n]) }
    #expect(try store.run("r1").isEmpty)
    #expect(try store.agents(of: "r20002").map(\.sequence) == Array(stride(from: 20_001, to: 21_000, by: 2)))
    var (cursor, seen) = (Int64?.none, [Int64]())
    repeat {
      let page = try store.runs(state: "success", workflow: "n8", cursor: cursor, limit: 7)
      seen += page.runs.map(\.sequence)
      cursor = page.next
    } while cursor != nil
    #expect(seen == (1...count).filter { $0 % 1000 == 8 }.reversed())
    // A name that comes later is found too.
    var late = RunUpdate(kind: .workflow, run: RunKey("r2"), updatedAt: EventText.start)
    late.name = "late"
    try store.write([2: RunOutbox.Row(orchestrator: "o", update: late)], through: .start)
    #expect(try store.runs(workflow: "late").runs.map(\.sequence) == [2])
    while try store.deleteEnded(before: EventText.start + .hours(1)) > 0 {}
    #expect(try store.runs().runs.isEmpty)
    #expect(try store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM run_index") } == 0)
  }
}

import AlertModel
import Ingest
import Instruments
import PromQLEngine
import RuleModel
import Rules
import SeriesModel
import Storage
import Testing

@testable import Simulation

/// The shipped rules, evaluated over what the simulation tells; a jam takes too long for this.
@Suite struct AlertsTests {
  private struct Nobody: AlertSink {
    func receive(_ updates: [AlertUpdate], of rule: RuleID, at time: Timestamp) {}
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var scenario: Scenario
    var minutes: Int64
    /// Rule files; all when empty.
    var files: Set<String> = []
    /// Names of alerts that fire two minutes after the history's end; the grid of this test is one of minutes.
    var firing: Set<String>
    var testDescription: String { scenario.rawValue }
  }

  @Test(arguments: [
    Case(scenario: .steady, minutes: 4, firing: ["Watchdog"]),
    Case(
      scenario: .queueOverload, minutes: 4, files: ["backpressure.yml", "meta.yml"],
      firing: ["Watchdog", "CriticalTaskQueueDepth", "QueueWithoutConsumers"]),
    Case(scenario: .failingWorkflow, minutes: 8, files: ["workflow.yml"], firing: ["WorkflowFailureRate"]),
  ])
  func `soon after its history a scenario's alerts fire, and no others`(_ expected: Case) throws {
    let step = PromDuration.minutes(1)
    var history = FastForward(
      seed: 7, scenario: expected.scenario, through: EventStream.start, span: .minutes(expected.minutes), interval: step)
    let daemon = try Daemon(history.first - .minutes(1))
    let head = Head(options: HeadOptions(), time: daemon.time)
    let sampler = Sampler(daemon.registry, into: head, .init(interval: step, instance: "test"))
    let engine = Engine(options: EngineOptions(), time: daemon.time)
    let ruler = try Ruler(
      RulesConfiguration(evaluationInterval: step, directory: nil), source: head, sink: head, alerts: Nobody(), time: daemon.time
    ) { expr throws(QueryError) in try engine.prepare(expr) }
    defer { ruler.stop() }
    let files = try ShippedContent.files("rules", ".yml").filter { path in
      expected.files.isEmpty || expected.files.contains(String(path.split(separator: "/").last!))
    }
    daemon.time.set(history.first - .minutes(1))
    try ruler.load(files.map { try #require(RuleFileReader.read(try RuleFiles.load($0)).0) })

    func live(_ events: [UInt8], _ grid: Timestamp) throws {
      #expect(daemon.take(events, at: grid).status == 200)
      _ = try sampler.sample(at: grid)
      _ = ruler.run(through: daemon.time.monotonic())
    }
    try history.run(live)
    var orchestra = history.orchestra
    // As coarsely as before: on this grid a step has to fit into one request.
    orchestra.pace = .recent
    for i in 1...2 as ClosedRange<Int64> {
      var events: [UInt8] = []
      let grid = history.last + .minutes(i)
      orchestra.step(to: grid, into: &events)
      try live(events, grid)
    }
    let rules = ruler.snapshot().flatMap(\.rules)
    #expect(rules.allSatisfy { $0.lastError.isEmpty }, "\(rules.filter { !$0.lastError.isEmpty }.map(\.name))")
    let firing = rules.filter { $0.alerting?.alerts.contains(where: \.isFiring) == true }
    #expect(Set(firing.map(\.name)) == expected.firing)
  }
}

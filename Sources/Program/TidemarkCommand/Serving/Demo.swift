import Foundation
import Ingest
import SeriesModel
import Simulation
import Threading

/// A daemon, an orchestration that drives it over loopback, and a consumer of its webhooks.
final class Demo: Sendable {
  struct Plan: Sendable {
    var scenario: Scenario
    var seed: UInt64
    /// Lived through on simulated time before the demo begins.
    var past: PromDuration
    /// Single task events a second.
    var taskEvents: Int
  }

  let daemon: Daemon
  private let plan: Plan
  private let clock: HistoryTime
  private let folder: TemporaryFolder?
  private let consumer: WebhookConsumer?
  private let driving = BlockingLock<(driver: SimulationDriver, thread: PumpThread)?>(nil)

  /// - Parameter folder: removed at the end.
  init(
    _ configuration: Configuration, folder: TemporaryFolder?, plan: Plan, read: @escaping @Sendable () throws -> Configuration
  ) throws {
    let system = SystemTime()
    let now = system.now()
    var configuration = configuration
    // The daemon's own clock shows the past until the past has been lived through.
    clock = HistoryTime(plan.past > .zero ? now - plan.past - .minutes(2) : nil, then: system)
    consumer =
      configuration.webhooks.isEmpty && configuration.alertmanagerFile == nil
      ? try WebhookConsumer(time: system) { StandardOutput.line($0) } : nil
    if let consumer { configuration.webhooks = [consumer.url] }
    let own = (data: configuration.dataDirectory, webhooks: configuration.webhooks)
    daemon = try Daemon(
      configuration,
      in: .init(time: clock, log: { StandardError.line("tidemark: \($0)") }) {
        var next = try read()
        next.dataDirectory = own.data
        if next.webhooks.isEmpty, next.alertmanagerFile == nil { next.webhooks = own.webhooks }
        return next
      })
    self.plan = plan
    self.folder = folder
  }

  /// Lives through the past, then lets everything run. Takes some seconds.
  func begin() throws {
    var orchestra = try plan.past > .zero ? livedThrough() : Orchestra(seed: plan.seed, scenario: plan.scenario, from: clock.now())
    clock.end()
    try daemon.start()
    orchestra.singleTaskEvents = plan.taskEvents
    let driver = SimulationDriver(url: "http://\(daemon.address)", orchestra: orchestra, time: clock)
    let thread = PumpThread("simulation", driver, time: clock, patience: 1)
    guard thread.start() else { throw DemoProblem(text: "the system has no thread for the simulation") }
    driving.withLock { $0 = (driver, thread) }
    obeyOrders(SimulationConsole(driver))
  }

  func stop() {
    let driving = driving.withLock { driving in
      defer { driving = nil }
      return driving
    }
    driving?.driver.stop()
    driving?.thread.stop()
    daemon.stop(within: .seconds(5))
    consumer?.stop()
    folder?.remove()
  }

  /// Rules live through this much of the past, so that what lasts long enough to be told is told at once.
  private static let ruledPast = PromDuration.minutes(10)

  private func livedThrough() throws -> Orchestra {
    let interval = daemon.reloading.now.configuration.sampleInterval
    var history = FastForward(
      seed: plan.seed, scenario: plan.scenario, through: SystemTime().now(), span: plan.past, interval: interval)
    let ruledFrom = history.last - max(Self.ruledPast, plan.scenario.lead) - .minutes(1)
    // What the head would forget at once is not sampled.
    let sampledFrom = history.last - daemon.reloading.now.configuration.history
    let begin = clock.monotonic()
    try history.run { (body: [UInt8], grid: Timestamp) throws in
      clock.set(grid)
      if !body.isEmpty {
        let answer = daemon.ingest.accept(body: body, contentType: FastForward.contentType, now: grid)
        guard answer.status == 200 else {
          throw DemoProblem(text: "the past was refused: " + String(decoding: answer.body, as: UTF8.self))
        }
      }
      if grid >= sampledFrom { _ = try daemon.sampler.sample(at: grid) }
      if grid >= ruledFrom {
        try daemon.loadRules()
        _ = daemon.ruler.run(through: clock.monotonic())
      }
    }
    let seconds = clock.monotonic() - begin
    StandardOutput.line("\(plan.past) lived through in \(Int(seconds * 10) / 10) s.")
    return history.orchestra
  }

  private func obeyOrders(_ console: SimulationConsole) {
    let thread = Thread {
      while let line = readLine() {
        if let answer = console.answer(line) { StandardOutput.line(answer) }
      }
    }
    thread.name = "orders"
    thread.start()
  }
}

struct DemoProblem: Error, CustomStringConvertible {
  var text: String
  var description: String { text }
}

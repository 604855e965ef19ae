import ArgumentParser
import Foundation
import SeriesModel
import Simulation

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Serves, beside a simulated orchestration that drives the daemon through its public event API.",
    discussion: """
      928 agents, 200 workflows and 64 queues tell of themselves; a day of their life lies in the store before. Webhooks are printed, \
      unless --webhook names somebody else. While it runs, the lines pause, resume, scenario NAME, status and help are obeyed.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Option(help: "What the orchestration goes through: \(Scenario.allCases.map(\.rawValue).joined(separator: ", ")).")
  var scenario = Scenario.steady
  @Option(help: "Equal seeds make equal lives. Default: another each time.")
  var seed: UInt64?
  @Option(help: "How much of its life lies in the store when the demo begins; 0s: nothing.")
  var past = "24h"
  @Option(help: "So many task events a second, up to 10000, one for each task or a few. Default: a handful tell of all.")
  var taskEvents = 0

  func validate() throws {
    guard PromDuration(past).map({ $0 <= .hours(24 * 30) }) ?? false else {
      throw ValidationError("--past is \"\(past)\", expected a duration up to 30d")
    }
    guard (0...10_000).contains(taskEvents) else {
      throw ValidationError("--task-events is \(taskEvents), expected a number from 0 to 10000")
    }
  }

  func run() throws {
    Allocator.returnLargeBlocks()
    let orders = Orders()
    let seed = seed ?? UInt64.random(in: 1...999_999)
    let demo: Demo
    do {
      var configuration = try options.configuration()
      let folder = options.data == nil ? TemporaryFolder() : nil
      if let folder { orders.whenAbandoned { folder.remove() } }
      if let folder { configuration.dataDirectory = folder.path }
      demo = try Demo(
        configuration, folder: folder,
        plan: .init(scenario: scenario, seed: seed, past: PromDuration(past)!, taskEvents: taskEvents),
        read: options.reader)
    } catch {
      StandardError.line("tidemark: \(ServeCommand.explanation(of: error))")
      throw ExitCode(1)
    }
    StandardOutput.line(ServeCommand.welcome(demo.daemon))
    StandardOutput.line("\nScenario \(scenario.rawValue), seed \(seed): \(scenario.summary).")
    do { try demo.begin() } catch {
      demo.stop()
      StandardError.line("tidemark: \(error)")
      throw ExitCode(1)
    }
    orders.serving()
    while orders.next() {
      do { try demo.daemon.reload() } catch {
        StandardError.line("tidemark: nothing is reloaded: \(ServeCommand.explanation(of: error))")
      }
    }
    demo.stop()
  }
}

extension Scenario: ExpressibleByArgument {}

/// A folder of its own, gone with its owner.
final class TemporaryFolder: Sendable {
  let path = FileManager.default.temporaryDirectory.appending(path: "tidemark-demo-\(UUID().uuidString)").path
  func remove() { try? FileManager.default.removeItem(atPath: path) }
}

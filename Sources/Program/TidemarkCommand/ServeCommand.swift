import ArgumentParser
import HTTPServer
import RuleModel
import Rules
import SeriesModel

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Takes events and answers scrapes, until it is told to stop.")

  @OptionGroup var options: ConfigurationOptions

  func run() throws {
    Allocator.returnLargeBlocks()
    let orders = Orders()
    let daemon: Daemon
    do {
      let configuration = try options.configuration()
      for stray in Setting.strays(among: Environment.names) { StandardError.line("tidemark: \(stray)") }
      daemon = try Daemon(
        configuration, in: .init(time: SystemTime(), log: { StandardError.line("tidemark: \($0)") }, read: options.reader))
      try daemon.start()
    } catch {
      StandardError.line("tidemark: \(Self.explanation(of: error))")
      throw ExitCode(1)
    }
    StandardOutput.line(Self.welcome(daemon))
    orders.serving()
    while orders.next() {
      do { try daemon.reload() } catch { StandardError.line("tidemark: nothing is reloaded: \(Self.explanation(of: error))") }
    }
    daemon.stop(within: .seconds(5))
  }

  /// What was wrong, with the flag that changes it.
  static func explanation(of error: any Error) -> String {
    switch error {
    case let error as ServerError: "\(error); choose another with --web.listen-address"
    case let error as RuleFileError: "cannot read \(error.path): \(error.reason) (--config.file)"
    case let error as RulesError: error.message
    default: "\(error)"
    }
  }

  static func welcome(_ daemon: Daemon) -> String {
    let address = daemon.address
    return """
      Tidemark \(Version.text) listens on http://\(address)
        events   POST http://\(address)/api/events
        queries  http://\(address)/api/v1, for Grafana a Prometheus data source at http://\(address)
        rules    \(daemon.rulesSummary)
        metrics  http://\(address)/metrics; to scrape them:

      scrape_configs:
        - job_name: tidemark
          honor_labels: true
          static_configs:
            - targets: ["\(address)"]
      """
  }
}

import ArgumentParser
import HTTPServer
import SeriesModel

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Takes events and answers scrapes, until it is told to stop.")

  @Option(name: [.customLong("web.listen-address"), .customLong("listen")], help: "Address to listen on; port 0 takes a free one.")
  var listen = ListenAddress(host: "127.0.0.1", port: 10874)

  @Option(name: [.customLong("storage.path"), .customLong("data")], help: "Folder for the event log, checkpoints and run lists.")
  var data = "tidemark-data"

  @Flag(
    name: .customLong("web.allow-unauthenticated"),
    help: "Listen beyond this machine although nobody is asked who they are.")
  var allowsUnauthenticated = false

  func validate() throws {
    if !listen.isLoopback, !allowsUnauthenticated {
      throw ValidationError(
        "\(listen) can be reached from other machines and nobody would be asked who they are; listen on 127.0.0.1, or allow it with --web.allow-unauthenticated"
      )
    }
  }

  func run() throws {
    Signals.hold()
    let daemon: Daemon
    do {
      daemon = try Daemon(
        .init(listen: listen, dataDirectory: data), time: SystemTime(),
        log: { StandardError.line("level=warn component=http msg=\"\($0)\"") })
    } catch let error as ServerError {
      StandardError.line("tidemark: \(error) (--web.listen-address)")
      throw ExitCode(1)
    } catch {
      StandardError.line("tidemark: \(error)")
      throw ExitCode(1)
    }
    let address = ListenAddress(host: listen.host, port: daemon.server.port)
    StandardOutput.line(
      """
      Tidemark \(Version.text) listens on http://\(address)
        events   POST http://\(address)/api/events
        metrics  http://\(address)/metrics; to scrape them:

      scrape_configs:
        - job_name: tidemark
          honor_labels: true
          static_configs:
            - targets: ["\(address)"]
      """)
    while Signals.next() == .hangUp {}
    daemon.stop(within: .seconds(5))
  }
}

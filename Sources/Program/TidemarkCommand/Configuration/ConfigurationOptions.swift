import ArgumentParser
import RuleModel
import SourceText

/// The flags that every serving command takes. A flag wins over the environment, which wins over the file.
struct ConfigurationOptions: ParsableArguments {
  @Option(name: [.customLong("config.file"), .customLong("config")], help: "Configuration file.")
  var file: String?

  @Option(
    name: [.customLong("web.listen-address"), .customLong("listen")],
    help: "Address to listen on; port 0 takes a free one. Default: 127.0.0.1:10874.")
  var listen: String?

  @Flag(name: .customLong("web.enable-lifecycle"), help: "Allow POST /-/reload.")
  var enablesLifecycle = false

  @Flag(name: .customLong("web.enable-remote-write-receiver"), help: "Take samples at POST /api/v1/write.")
  var receivesRemoteWrite = false

  @Flag(name: .customLong("web.allow-unauthenticated"), help: "Listen beyond this machine although nobody is asked who they are.")
  var allowsUnauthenticated = false

  @Option(name: .customLong("web.external-url"), help: "Where people reach the daemon.")
  var externalURL: String?

  @Option(
    name: [.customLong("storage.path"), .customLong("data")],
    help: "Folder for the event log, checkpoints and run lists. Default: tidemark-data.")
  var data: String?

  @Option(name: .customLong("storage.sync"), help: "What an acknowledged event has reached: kernel (default) or always (the disk).")
  var sync: String?

  @Option(name: .customLong("storage.history"), help: "How far back samples are kept in memory. Default: 6h30m.")
  var history: String?

  @Option(name: .customLong("storage.head-bytes"), help: "Memory that samples may take. Default: 2GiB.")
  var headBytes: String?

  @Option(name: .customLong("sampling.interval"), help: "Between two samples of the own series. Default: 15s.")
  var sampleInterval: String?

  @Option(name: .customLong("events.body-bytes"), help: "The largest request for events, unpacked. Default: 8MiB.")
  var eventBodyBytes: String?

  /// The flags that were given, by setting.
  var given: [(key: String, value: String)] {
    let options = [
      ("web.listen-address", listen), ("web.external-url", externalURL), ("storage.path", data), ("storage.sync", sync),
      ("storage.history", history), ("storage.head-bytes", headBytes), ("sampling.interval", sampleInterval),
      ("events.body-bytes", eventBodyBytes), ("web.enable-lifecycle", enablesLifecycle ? "true" : nil),
      ("web.enable-remote-write-receiver", receivesRemoteWrite ? "true" : nil),
      ("web.allow-unauthenticated", allowsUnauthenticated ? "true" : nil),
    ]
    return options.compactMap { key, value in value.map { (key, $0) } }
  }

  /// File, then environment, then flags. What is wrong is thrown as the text to show.
  func configuration(environment: (String) -> String? = Environment.variable) throws -> Configuration {
    var configuration = Configuration()
    if let file {
      let source = try RuleFiles.load(file)
      let (read, diagnostics) = ConfigurationFile.read(source)
      guard !diagnostics.contains(where: { $0.severity == .error }) else {
        throw ConfigurationProblem(text: DiagnosticRenderer().render(diagnostics, in: source))
      }
      configuration = read
    }
    try configuration.applyEnvironment(environment)
    for (key, value) in given { try configuration.apply(value, to: key, from: "--" + key) }
    guard configuration.listen.isLoopback || configuration.allowsUnauthenticated else {
      throw ConfigurationProblem(
        text: "\(configuration.listen) can be reached from other machines and nobody would be asked who they are; "
          + "listen on 127.0.0.1 (--web.listen-address), or allow it with --web.allow-unauthenticated")
    }
    return configuration
  }
}

/// A configuration that cannot be used.
struct ConfigurationProblem: Error, CustomStringConvertible {
  var text: String
  var description: String { text }
}

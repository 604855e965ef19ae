import ArgumentParser

/// The program's commands; see `tidemark help`.
public struct TidemarkCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "tidemark",
    abstract: "Metrics, rules and alerts of multi-agent systems.",
    version: Version.text,
    subcommands: [ServeCommand.self, DemoCommand.self, CheckCommand.self, TestCommand.self, QueryCommand.self])

  public init() {}
}

/// What this program calls itself.
enum Version {
  static let text = "0.1.0"
  /// Builds from a checkout do not know their commit.
  static let revision = "unknown"
  #if compiler(>=6.4)
  static let swift = "6.4+"
  #else
  static let swift = "6.3"
  #endif
}

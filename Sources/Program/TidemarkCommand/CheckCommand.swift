import ArgumentParser
import Checks
import Glibc
import SourceText

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Says what is wrong in files: 0 nothing, 1 broken, 3 findings made fatal.",
    subcommands: [CheckRulesCommand.self])
}

struct CheckRulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "rules", abstract: "Checks Prometheus rule files.")

  @Argument(help: "Rule files.") var files: [String]
  @Flag(help: "Findings of the linter end with 3.") var lintFatal = false
  @Flag(help: "One JSON object instead of text.") var json = false

  func run() throws {
    let report = RuleChecks.check(files: files, options: .init(lintIsFatal: lintFatal))
    if json {
      StandardOutput.write(report.json() + [UInt8(ascii: "\n")])
    } else {
      let coloured = DiagnosticRenderer.showsColours(on: STDOUT_FILENO, environment: Environment.variable)
      StandardOutput.write(Array(report.text(coloured: coloured).utf8))
    }
    if report.exitCode != 0 { throw ExitCode(report.exitCode) }
  }
}

import ArgumentParser
import Checks
import Glibc
import RuleModel
import SourceText

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Says what is wrong in files: 0 nothing, 1 broken, 3 findings made fatal.",
    subcommands: [CheckConfigCommand.self, CheckRulesCommand.self])
}

struct CheckRulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "rules", abstract: "Checks Prometheus rule files.")

  @Argument(help: "Rule files.") var files: [String]
  @Flag(help: "Findings of the linter end with 3.") var lintFatal = false
  @Flag(help: "One JSON object instead of text.") var json = false

  func run() throws {
    try RuleChecks.check(files: files, options: .init(lintIsFatal: lintFatal)).print(asJSON: json)
  }
}

struct CheckConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "config", abstract: "Checks configuration files.")

  @Argument(help: "Configuration files.") var files: [String]
  @Flag(help: "One JSON object instead of text.") var json = false

  func run() throws {
    let checked = files.map { path in
      do throws(RuleFileError) {
        let source = try RuleFiles.load(path)
        var (configuration, diagnostics) = ConfigurationFile.read(source)
        if !diagnostics.contains(where: { $0.severity == .error }) {
          configuration.anchorFiles(at: path)
          diagnostics += Self.problems(of: configuration)
        }
        return CheckReport.File(source, diagnostics: diagnostics, count: configuration.ruleFiles.count)
      } catch {
        let finding = Diagnostic(.error, "config/file", at: .unknown, "cannot read the file: \(error.reason)")
        return CheckReport.File(SourceFile(name: path, utf8: []), diagnostics: [finding], count: nil)
      }
    }
    try CheckReport(subject: "rule file patterns", files: checked).print(asJSON: json)
  }

  /// What the files that it names have of errors.
  private static func problems(of configuration: Configuration) -> [Diagnostic] {
    let attempts: [() throws -> Void] = [
      { if !configuration.ruleFiles.isEmpty { _ = try RuleSet.load(configuration) } }, { _ = try configuration.notification() },
    ]
    return attempts.compactMap { attempt in
      do { try attempt() } catch { return Diagnostic(.error, "config/file", at: .unknown, ServeCommand.explanation(of: error)) }
      return nil
    }
  }
}

extension CheckReport {
  /// Prints the report and ends with its exit code.
  func print(asJSON: Bool) throws {
    if asJSON {
      StandardOutput.write(json() + [UInt8(ascii: "\n")])
    } else {
      let coloured = DiagnosticRenderer.showsColours(on: STDOUT_FILENO, environment: Environment.variable)
      StandardOutput.write(Array(text(coloured: coloured).utf8))
    }
    if exitCode != 0 { throw ExitCode(exitCode) }
  }
}

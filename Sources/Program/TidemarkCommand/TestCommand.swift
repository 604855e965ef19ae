import ArgumentParser
import Scenarios

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Runs test scripts of PromQL; ends with 1 when a case does not hold.",
    discussion: """
      NAME.test files hold scripts: load, eval and what is expected. Everything experimental is switched on for them. \
      One line tells of each case that does not hold, NAME.test:LINE first; the last one counts.
      """)

  @Argument(help: "Files that end in .test.") var files: [String]

  func validate() throws {
    if let other = files.first(where: { !$0.hasSuffix(".test") }) {
      throw ValidationError("\(other) is no test script, expected a file that ends in .test")
    }
  }

  func run() throws {
    var unread: [ScriptFileError] = []
    var scripts: [ScriptFile] = []
    for path in files {
      do throws(ScriptFileError) { scripts.append(try ScriptFile(path: path)) } catch { unread.append(error) }
    }
    let report = Scenarios.run(files: scripts)
    for error in unread { StandardError.line("tidemark: \(error)") }
    for line in report.lines { StandardOutput.line(line) }
    if !unread.isEmpty || !report.failures.isEmpty { throw ExitCode(1) }
  }
}

import ArgumentParser
import Glibc
import PromQLEngine
import Scenarios
import SourceText

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Runs unit tests of rules and test scripts of PromQL; ends with 1 when a case does not hold.",
    discussion: """
      NAME.yml and NAME.yaml hold unit tests of rule files as promtool knows them. NAME.test files hold scripts: load, eval and what \
      is expected; everything experimental is switched on for them. FILE:LINE of each case that does not hold is told with what was \
      expected and what came; the last line counts.
      """)

  @Argument(help: "Files that end in .yml, .yaml or .test.") var files: [String]
  @Option(
    name: .customLong("enable-feature"), parsing: .singleValue,
    help: "For unit tests of rules, switch on \(QueryFeature.allCases.map(\.rawValue).joined(separator: ", ")).")
  var features: [String] = []

  func validate() throws {
    if let other = files.first(where: { !Self.isScript($0) && !$0.hasSuffix(".yml") && !$0.hasSuffix(".yaml") }) {
      throw ValidationError("\(other) is no test, expected a file that ends in .yml, .yaml or .test")
    }
    if let other = featureNames.first(where: { QueryFeature(rawValue: $0) == nil }) {
      let known = QueryFeature.allCases.map(\.rawValue)
      throw ValidationError("no feature is named \"\(other)\"\(Suggestion.phrase(for: other, among: known))")
    }
  }

  func run() throws {
    var unread: [ScriptFileError] = []
    var scripts: [ScriptFile] = []
    for path in files.filter(Self.isScript) {
      do throws(ScriptFileError) { scripts.append(try ScriptFile(path: path)) } catch { unread.append(error) }
    }
    let ofScripts = Scenarios.run(files: scripts)
    let ofRules = RuleTestFiles(options: options).run(files.filter { !Self.isScript($0) })

    let renderer = DiagnosticRenderer(
      coloured: DiagnosticRenderer.showsColours(on: STDERR_FILENO, environment: Environment.variable))
    for error in unread { StandardError.line("tidemark: \(error)") }
    for (source, diagnostics) in ofRules.findings { StandardError.text(renderer.render(diagnostics, in: source)) }
    let failures = ofScripts.failures.map(\.description) + ofRules.failures.map(\.description)
    for line in failures.joined(separator: "\n").split(separator: "\n") { StandardOutput.line(renderer.printable(String(line))) }
    let failed = failures.count + unread.count + ofRules.broken
    StandardOutput.line("\(ofScripts.passed + ofRules.passed) passed, \(failed) failed")
    if failed > 0 { throw ExitCode(1) }
  }

  private static func isScript(_ path: String) -> Bool { path.hasSuffix(".test") }

  private var featureNames: [String] { features.flatMap { $0.split(separator: ",").map(String.init) } }

  private var options: EngineOptions {
    let features = Set(featureNames.compactMap(QueryFeature.init(rawValue:)))
    var options = RuleTestFiles.referenceOptions
    options.features = features.syntax
    options.delaysNameRemoval = features.contains(.delayedNameRemoval)
    options.readsTypeLabels = features.contains(.typeAndUnitLabels)
    return options
  }
}

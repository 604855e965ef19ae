import PromQLEngine
import RuleModel
import SourceText

/// Runs files of rule tests with the rule files that they name.
package struct RuleTestFiles: Sendable {
  private let options: EngineOptions

  /// - Parameter options: of queries in rules, templates and cases. The resolution of subqueries is the files' interval of evaluation.
  package init(options: EngineOptions = RuleTestFiles.referenceOptions) { self.options = options }

  /// The limit of samples that the reference's unit tests have; a query beyond it fails in both.
  package static let referenceOptions = EngineOptions(maxSamples: 10_000)

  package func run(_ paths: [String]) -> RuleTestReport {
    var report = RuleTestReport()
    for path in paths { report.add(run(path)) }
    return report
  }

  private func run(_ path: String) -> RuleTestReport {
    do throws(RuleFileError) {
      return run(try RuleFiles.load(path))
    } catch {
      var report = RuleTestReport()
      report.broken = 1
      let finding = Diagnostic(.error, RuleTestCheck.file, at: .unknown, "cannot read the file: \(error.reason)")
      report.find([finding], in: SourceFile(name: path, utf8: []))
      return report
    }
  }

  /// Patterns of rule files start from the folder of the source's name.
  package func run(_ source: SourceFile) -> RuleTestReport {
    var report = RuleTestReport()
    let (file, diagnostics) = RuleTestReader.read(source, features: options.features)
    guard let file else {
      report.broken = 1
      report.find(diagnostics, in: source)
      return report
    }
    // Without tests nothing is asked of the rules.
    guard !file.tests.isEmpty else { return report }
    var findings = diagnostics
    let rules = rules(of: file, in: source, &findings, &report)
    guard let rules else {
      report.find(findings, in: source)
      return report
    }
    findings += Self.strangers(in: file, to: rules)
    report.find(findings, in: source)
    for test in file.tests {
      var run = RuleTestRun(test, of: file, in: source, rules: rules, options: options)
      run.run()
      report.passed += run.passed
      report.failures += run.failures.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(
        \.element)
    }
    return report
  }

  // MARK: Rules

  /// The rule files; `nil` when one is broken, which is told then.
  private func rules(
    of file: RuleTestFile, in source: SourceFile, _ findings: inout [Diagnostic], _ report: inout RuleTestReport
  ) -> [RuleFile]? {
    let folder = source.name.lastIndex(of: "/").map { String(source.name[...$0]) } ?? ""
    var paths: [String] = []
    for pattern in file.ruleFiles {
      let found = RuleFiles.matching([pattern.value], in: folder)
      if found.isEmpty {
        findings.append(
          Diagnostic(.warning, RuleTestCheck.ruleFiles, at: pattern.range, "no file matches the pattern \"\(pattern.value)\""))
      }
      paths += found.filter { !paths.contains($0) }
    }
    var rules: [RuleFile] = []
    for path in paths {
      do throws(RuleFileError) {
        let source = try RuleFiles.load(path)
        let (rule, diagnostics) = RuleFileReader.read(source, features: options.features)
        if let rule { rules.append(rule) } else { report.find(diagnostics, in: source) }
      } catch {
        let finding = Diagnostic(.error, RuleCheck.file, at: .unknown, "cannot read the file: \(error.reason)")
        report.find([finding], in: SourceFile(name: path, utf8: []))
      }
    }
    if rules.count == paths.count { return rules }
    report.broken = 1
    return nil
  }

  /// Names of groups and alerts that the rules do not have: legal, and probably misspelt.
  private static func strangers(in file: RuleTestFile, to rules: [RuleFile]) -> [Diagnostic] {
    let groups = rules.flatMap(\.groups)
    let alerts = groups.flatMap(\.rules).compactMap { rule in
      if case .alerting(let rule) = rule { rule.alert } else { nil }
    }
    func findings(_ named: [RuleTestFile.Place<String>], _ check: String, _ what: String, _ known: [String]) -> [Diagnostic] {
      var seen = Set(known)
      return named.filter { seen.insert($0.value).inserted }.map { one in
        let suggestion = Suggestion.phrase(for: one.value, among: known)
        return Diagnostic(.warning, check, at: one.range, "no \(what) is named \"\(one.value)\"\(suggestion)")
      }
    }
    return findings(file.groupOrder, RuleTestCheck.groupOrder, "group", groups.map(\.name))
      + findings(file.tests.flatMap { $0.alertCases.map(\.alert) }, RuleTestCheck.alertName, "alerting rule", alerts)
  }
}

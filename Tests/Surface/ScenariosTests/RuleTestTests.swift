import Foundation
import RuleModel
import SourceText
import Testing

@testable import Scenarios

@Suite struct RuleTestTests {
  @Test(arguments: RuleTestCase.all)
  func `a file of tests goes as it should`(one: RuleTestCase) throws {
    let folder = try TestFolder()
    defer { folder.remove() }
    let report = RuleTestFiles().run([try folder.write(one)])
    #expect(Self.outcome(of: report) == one.outcome)
  }

  /// As the table has it. The time at which a rule fails is left out.
  static func outcome(of report: RuleTestReport) -> String {
    if report.broken > 0 {
      let errors = report.findings.filter { $0.source.name.hasSuffix("tests.yml") }.flatMap(\.diagnostics).filter {
        $0.severity == .error
      }
      return (["broken"] + errors.map(\.check)).joined(separator: " ")
    }
    return report.failures.map { $0.subject.replacing(/^(rule \S+) at \S+$/) { String($0.1) } }.joined(separator: "\n")
  }

  @Test func `shipped tests of shipped rules hold`() {
    let folder = Conformance.root.appending(path: "rules/tests").path
    let files = RuleFiles.matching(["*.yml"], in: folder)
    #expect(files.count >= 5)
    let report = RuleTestFiles().run(files)
    for failure in report.failures { Issue.record("\(failure)") }
    #expect(report.findings.isEmpty)
    #expect(report.passed >= 106)
  }

  @Test func `a failure tells the place, the test, and only what differs`() throws {
    let folder = try TestFolder()
    defer { folder.remove() }
    let report = RuleTestFiles().run([
      try folder.write(
        RuleTestCase(
          "",
          rules: """
            groups:
              - name: g
                rules: [{alert: A, expr: a > 3, annotations: {value: "{{ $value }}", same: text}}]
            """,
          tests: """
            tests:
              - name: the first one
                input_series: [{series: 'a{x="1"}', values: '1+1x9'}, {series: 'a{x="2"}', values: '1+2x9'}]
                alert_rule_test:
                  - {alertname: A, eval_time: 5m, exp_alerts: [
                     {exp_labels: {x: 1}, exp_annotations: {value: 5, same: text}}, {exp_labels: {x: 3}}]}
                promql_expr_test:
                  - expr: a
                    eval_time: 5m
                    exp_samples: [{labels: 'a{x="1"}', value: 6}, {labels: 'a{x="2"}', value: 12}]
            """))
    ])
    let text = report.failures.map(\.description).joined(separator: "\n").replacing(folder.path + "/", with: "")
    #expect(
      text == """
        tests.yml:6 alert A at 5m (in "the first one")
            {x="1"}, annotation value:
              expected "5"
              got      "6"
            expected {x="3"}
            got      nothing with these labels
            expected nothing with these labels
            got      {x="2"}
                       same: "text"
                       value: "11"
        tests.yml:9 query a at 5m (in "the first one")
            expected a{x="2"} 12
            got      a{x="2"} 11
        """)
  }

  @Test(arguments: [
    ("tests: [{input_serie: []}]", "unknown field \"input_serie\", did you mean \"input_series\"?", "input_serie"),
    (
      "tests: [{input_series: [{series: a, values: '1 {{schema:0}}'}]}]",
      "{{schema:0}} is a native histogram, which is not supported", "1 {{schema:0}}"
    ),
    (
      "tests: [{promql_expr_test: [{expr: 1, exp_samples: [{histogram: '{{count:1}}'}]}]}]",
      "native histograms are not supported", "'{{count:1}}'"
    ),
    (
      "tests: [{input_series: [{series: a, values: '1 2 three'}]}]",
      "unexpected identifier \"three\" in series values, expected number or \"stale\"", "three"
    ),
    ("tests: [{promql_expr_test: [{expr: 'sum(a'}]}]", "unclosed left parenthesis", ""),
    (
      "tests: [{alert_rule_test: [{alertname: A, eval_time: 2000y}]}]",
      "expected a duration such as 1h30m for \"eval_time\", found \"2000y\"", "2000y"
    ),
    (
      "evaluation_interval: 1ms\ntests: [{alert_rule_test: [{alertname: A, eval_time: 1h}]}]",
      "the last case is more than passes = 1000000 evaluations of 1ms away", ""
    ),
  ])
  func `what is wrong is told at its place`(text: String, message: String, place: String) throws {
    let (file, findings) = RuleTestReader.read(SourceFile(name: "t.yml", text: text))
    #expect(file == nil)
    let first = try #require(findings.first)
    #expect(first.message == message)
    #expect(String(decoding: Array(text.utf8)[first.range.lower..<first.range.upper], as: UTF8.self) == place)
  }

  @Test func `names that no rule has are told, and nothing fails for them`() throws {
    let folder = try TestFolder()
    defer { folder.remove() }
    let report = RuleTestFiles().run([
      try folder.write(
        RuleTestCase(
          "", rules: "groups: [{name: mine, rules: [{alert: Stalled, expr: a}]}]",
          tests: """
            group_eval_order: [min]
            tests: [{alert_rule_test: [{alertname: Staled}, {alertname: Stalled}]}]
            """))
    ])
    #expect(report.holds)
    #expect(report.passed == 2)
    #expect(
      report.findings.flatMap(\.diagnostics).map(\.message) == [
        "no group is named \"min\", did you mean \"mine\"?", "no alerting rule is named \"Staled\", did you mean \"Stalled\"?",
      ])
  }

  @Test func `a file that is not there is told`() {
    let report = RuleTestFiles().run(["/nowhere/tests.yml"])
    #expect(!report.holds)
    #expect(report.findings.flatMap(\.diagnostics).map(\.message) == ["cannot read the file: No such file or directory"])
  }
}

/// A folder with the files of a case.
struct TestFolder {
  let path = NSTemporaryDirectory() + "rule-tests-" + UUID().uuidString

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// - Returns: the path of the tests.
  func write(_ one: RuleTestCase, in name: String = "") throws -> String {
    let folder = name.isEmpty ? path : path + "/" + name
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if !one.rules.isEmpty { try one.rules.write(toFile: folder + "/rules.yml", atomically: true, encoding: .utf8) }
    try one.tests.write(toFile: folder + "/tests.yml", atomically: true, encoding: .utf8)
    return folder + "/tests.yml"
  }
}

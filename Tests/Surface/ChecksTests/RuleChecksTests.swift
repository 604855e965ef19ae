import Foundation
import SourceText
import Testing

@testable import Checks

@Suite struct RuleChecksTests {
  static let duplicates = """
    groups:
      - name: a
        rules:
          - record: x
            expr: "1"
          - record: x
            expr: "2"
          - alert: A
            expr: up == 0
            labels: {severity: page}
          - alert: A
            expr: up == 1
            labels: {severity: warn}
      - name: b
        labels: {severity: page}
        rules:
          - alert: A
            expr: up == 2
    """

  static let broken = """
    groups:
      - name: a
        rules:
          - alert: Stalled
            expr: |
              sum by (workflow) (
                rate(workflow_runs_total)
              )
            for: 5 minutes
            annotations:
              summary: >-
                {{ $labels.workflow }} stands
                since {{ $valeu | humanizeDuration }}
    """

  func report(_ texts: [(String, String)], fatal: Bool = false) -> CheckReport {
    CheckReport(subject: "rules", files: texts.map { RuleChecks.check(SourceFile(name: $0.0, text: $0.1)) }, lintIsFatal: fatal)
  }

  @Test func `text and exit status of good, doubtful and broken files`() throws {
    let good = ("rules/good.yml", "groups:\n- name: g\n  rules:\n  - record: a:b\n    expr: sum(up)\n")
    let doubtful = ("rules/duplicates.yml", Self.duplicates)
    let broken = ("rules/broken.yml", Self.broken)
    #expect(report([good]).exitCode == 0)
    #expect(report([good]).text() == "rules/good.yml: SUCCESS: 1 rules found\n")
    #expect(report([good, doubtful]).exitCode == 0)
    #expect(report([good, doubtful], fatal: true).exitCode == 3)
    #expect(report([good, doubtful, broken], fatal: true).exitCode == 1)
    try Golden.expect(report([good, doubtful, broken]).text(), "checks/rules.txt")
    try Golden.expect(String(decoding: report([good, doubtful, broken]).json(), as: UTF8.self) + "\n", "checks/rules.json")
  }

  @Test func `json is json and says the same`() throws {
    let report = report([("a.yml", Self.broken)])
    let object = try #require(try JSONSerialization.jsonObject(with: Data(report.json())) as? [String: Any])
    #expect(object["exit_code"] as? Int == 1)
    #expect((object["diagnostics"] as? [[String: Any]])?.count == report.errors)
  }

  @Test func `duplicates can be left out`() {
    let file = RuleChecks.check(SourceFile(name: "d", text: Self.duplicates), options: RuleChecks.Options(findsDuplicates: false))
    #expect(file.diagnostics.isEmpty && file.count == 5)
  }

  @Test func `a file that cannot be read is a finding`() {
    let report = RuleChecks.check(files: ["/nowhere/rules.yml"])
    #expect(report.exitCode == 1)
    #expect(
      report.text()
        == "/nowhere/rules.yml: error: cannot read the file: No such file or directory [rule/file]\n    = docs/checks/rule/file.md\n/nowhere/rules.yml: FAILED: 1 error\n"
    )
  }
}

/// Compares with a file below `Tests/Golden`; `TIDEMARK_REWRITE_GOLDEN=1` rewrites it, to be reviewed as a difference.
enum Golden {
  static func expect(_ text: String, _ path: String) throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Golden").appending(path: path)
      .standardizedFileURL
    if ProcessInfo.processInfo.environment["TIDEMARK_REWRITE_GOLDEN"] == "1" {
      try Data(text.utf8).write(to: url)
      return
    }
    let golden = try String(contentsOf: url, encoding: .utf8)
    #expect(text == golden, "\(path) differs")
  }
}

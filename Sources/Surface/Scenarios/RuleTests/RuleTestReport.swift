import SourceText

/// A case that did not hold, or a test that could not go on.
package struct RuleTestFailure: Hashable, Sendable, CustomStringConvertible {
  package var file: String
  /// Counts from 1.
  package var line: Int
  package var test: String
  /// What was looked at: `alert HighTaskQueueDepth at 5m`.
  package var subject: String
  /// What was expected and what came, a line each; further lines of a text are indented.
  package var details: [String]

  /// `FILE:LINE alert HighTaskQueueDepth at 5m (in "NAME")`, and the details beneath, indented.
  package var description: String {
    let head = "\(file):\(line) \(subject)" + (test.isEmpty ? "" : " (in \"\(test)\")")
    return ([head] + details.map { "    " + $0 }).joined(separator: "\n")
  }
}

/// How the tests of some files went.
package struct RuleTestReport: Sendable {
  package internal(set) var passed = 0
  package internal(set) var failures: [RuleTestFailure] = []
  /// What is wrong, or probably wrong, with the tests and the rules themselves, by file.
  package internal(set) var findings: [(source: SourceFile, diagnostics: [Diagnostic])] = []
  /// Files whose tests could not be run.
  package internal(set) var broken = 0

  package var holds: Bool { failures.isEmpty && broken == 0 }

  mutating func add(_ other: RuleTestReport) {
    passed += other.passed
    failures += other.failures
    findings += other.findings
    broken += other.broken
  }

  mutating func find(_ diagnostics: [Diagnostic], in source: SourceFile) {
    if !diagnostics.isEmpty { findings.append((source, diagnostics)) }
  }
}

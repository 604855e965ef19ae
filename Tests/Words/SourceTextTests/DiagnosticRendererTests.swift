import Foundation
import Testing

@testable import SourceText

@Suite struct DiagnosticRendererTests {
  /// A source with the place of the finding between `«` and `»`.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var file: String
    var marked: String
    var message: String
    var check: String
    var severity = Diagnostic.Severity.error
    var hint: String?
    var notes: [String] = []
    var testDescription: String { name }

    func build() -> (Diagnostic, SourceFile) {
      let lower = marked.utf8.firstRange(of: "«".utf8)!.lowerBound
      let opened = marked.replacingOccurrences(of: "«", with: "")
      let upper = opened.utf8.firstRange(of: "»".utf8)!.lowerBound
      let lowerOffset = marked.utf8.distance(from: marked.startIndex, to: lower)
      let upperOffset = opened.utf8.distance(from: opened.startIndex, to: upper)
      let source = SourceFile(name: file, text: opened.replacingOccurrences(of: "»", with: ""))
      return (Diagnostic(severity, check, at: SourceRange(lowerOffset, upperOffset), message, hint: hint, notes: notes), source)
    }
  }

  static let cases: [Case] = [
    Case(
      name: "house-shape", file: "slo/triage.yml",
      marked: String(repeating: "#\n", count: 13) + "    errors: rate(workflow_runs_total{status=\"failed\"}[«]»)\n",
      message: "range selector needs a window", check: "promql/missing-range", hint: "add a window such as 5m"),
    Case(name: "one-digit-line", file: "a.yml", marked: "«groups»: 1", message: "expected a sequence", check: "yaml/type"),
    Case(
      name: "notes", file: "a.yml", marked: "x:\n  a: 1\n  «a»: 2\n", message: "twice", check: "yaml/duplicate-key",
      severity: .warning,
      notes: ["first at line 2", "another note"]),
    Case(name: "tabs-and-wide-letters", file: "a.yml", marked: "\tä漢字: «böse» # 🎉\n", message: "no", check: "x/y"),
    Case(
      name: "past-the-end", file: "a.yml", marked: "a: [«»", message: "unexpected end", check: "yaml/syntax",
      hint: "close the sequence"),
    Case(name: "several-lines", file: "a.yml", marked: "a: «first\n   second»\nb: 1\n", message: "too long", check: "x/y"),
    Case(
      name: "hostile-text", file: "a\u{1b}[31m.yml", marked: "key: \u{1b}[2J«\u{202e}x»\u{7}\r\n",
      message: "bad \u{1b}]0;t\u{7} text\nhere",
      check: "x/y", hint: "never \u{1b}[0m trust"),
    Case(
      name: "long-line", file: "a.yml",
      marked: "k: " + String(repeating: "a", count: 500) + "«BAD»" + String(repeating: "b", count: 500),
      message: "in the middle", check: "x/y"),
    Case(
      name: "big-line-number", file: "a.yml", marked: String(repeating: "\n", count: 12344) + "k: «v»", message: "far down",
      check: "x/y",
      notes: ["the margin grows"]),
  ]

  @Test(arguments: cases)
  func `text is what the golden file shows`(_ item: Case) throws {
    let (diagnostic, file) = item.build()
    try Golden.expect(DiagnosticRenderer().render(diagnostic, in: file), "diagnostics/\(item.name).txt")
  }

  @Test(arguments: cases)
  func `colours change nothing but colour`(_ item: Case) {
    let (diagnostic, file) = item.build()
    let coloured = DiagnosticRenderer(coloured: true).render(diagnostic, in: file)
    #expect(coloured.contains("\u{1b}["))
    #expect(coloured.replacing(/\u{1b}\[[0-9]+m/, with: "") == DiagnosticRenderer().render(diagnostic, in: file))
  }

  @Test func `json is what the golden file shows`() throws {
    let lines = Self.cases.map { item in
      let (diagnostic, file) = item.build()
      return DiagnosticJSON.object(LocatedDiagnostic(diagnostic, in: file))
    }
    for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    try Golden.expect(lines.joined(separator: "\n") + "\n", "diagnostics/all.ndjson")
  }

  @Test func `a finding without a place has no excerpt`() {
    let file = SourceFile(name: "empty.yml", text: "")
    let text = DiagnosticRenderer().render(Diagnostic(.error, "a/b", at: .unknown, "no groups", hint: "add some"), in: file)
    #expect(text == "empty.yml: error: no groups [a/b]\n    = add some\n    = docs/checks/a/b.md\n")
  }

  @Test func `colours are for terminals alone`() {
    // A test's standard input is never asked for colours: descriptor 99 is not open.
    #expect(!DiagnosticRenderer.showsColours(on: 99) { _ in nil })
  }
}

/// Compares with a file below `Tests/Golden`; `TIDEMARK_REWRITE_GOLDEN=1` rewrites it, to be reviewed as a difference.
enum Golden {
  static func expect(_ text: String, _ path: String, source: StaticString = #filePath) throws {
    let folder = URL(filePath: "\(source)").deletingLastPathComponent().appending(path: "../../Golden")
    let url = folder.appending(path: path).standardizedFileURL
    if ProcessInfo.processInfo.environment["TIDEMARK_REWRITE_GOLDEN"] == "1" {
      try Data(text.utf8).write(to: url)
      return
    }
    let golden = try String(contentsOf: url, encoding: .utf8)
    #expect(text == golden, "\(path) differs")
  }
}

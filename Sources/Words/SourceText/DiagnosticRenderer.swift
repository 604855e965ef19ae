#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Writes diagnostics for people: a headline, the line with a caret and the next move, the notes, the page.
///
/// ```
/// slo/triage.yml:14:56: error: range selector needs a window [promql/missing-range]
///  14 |     errors: rate(workflow_runs_total{status="failed"}[])
///     |                                                        ^ add a window such as 5m
///     = docs/checks/promql/missing-range.md
/// ```
/// Control characters of the source never reach the terminal; a line longer than ``maximumColumns`` is cut around the caret.
package struct DiagnosticRenderer: Sendable {
  package var coloured: Bool
  package var maximumColumns: Int

  package init(coloured: Bool = false, maximumColumns: Int = 160) {
    self.coloured = coloured
    self.maximumColumns = maximumColumns
  }

  /// Whether a file descriptor is a terminal that shows colours; `NO_COLOR` and `TERM=dumb` say no.
  package static func showsColours(on descriptor: Int32, environment: (String) -> String?) -> Bool {
    isatty(descriptor) == 1 && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
  }

  /// A text that is safe to print on one line of a terminal: control characters become visible.
  package func printable(_ text: String) -> String { DisplayText.printable(text) }

  package func render(_ diagnostics: [Diagnostic], in file: SourceFile) -> String {
    diagnostics.map { render($0, in: file) }.joined()
  }

  /// The text of one diagnostic, with a line end.
  package func render(_ diagnostic: Diagnostic, in file: SourceFile) -> String {
    let located = LocatedDiagnostic(diagnostic, in: file)
    var out = headline(located)
    let number = located.start.map { String($0.line) } ?? ""
    if let start = located.start {
      out += excerpt(diagnostic, at: start, to: located.end ?? start, number: number, in: file)
    } else if let hint = diagnostic.hint {
      out += "    = \(DisplayText.printable(hint))\n"
    }
    let margin = String(repeating: " ", count: max(4, number.utf8.count + 2))
    for note in diagnostic.notes { out += "\(margin)= \(DisplayText.printable(note))\n" }
    if let page = located.page { out += "\(margin)= \(page)\n" }
    return out
  }

  private func headline(_ located: LocatedDiagnostic) -> String {
    let place = located.start.map { ":\($0.line):\($0.column)" } ?? ""
    let diagnostic = located.diagnostic
    let check = diagnostic.check.isEmpty ? "" : paint(" [\(diagnostic.check)]", .faint)
    let severity = paint("\(diagnostic.severity.rawValue):", Ink(diagnostic.severity))
    return paint("\(DisplayText.printable(located.file))\(place):", .bold) + " \(severity) "
      + paint(DisplayText.printable(diagnostic.message), .bold) + check + "\n"
  }

  private func excerpt(
    _ diagnostic: Diagnostic, at start: SourceLocation, to end: SourceLocation, number: String, in file: SourceFile
  ) -> String {
    let line = file.line(start.line)
    let lastColumn = end.line == start.line ? end.column : line.unicodeScalars.count + 1
    let window = DisplayText(line, keeping: start.column, of: maximumColumns)
    let caret = window.width(upTo: start.column)
    let length = max(1, window.width(upTo: lastColumn) - caret)
    // The margin is as wide as in the shape above for small numbers and grows with them.
    let shown = number.utf8.count < 2 ? "  \(number)" : " \(number)"
    let blank = String(repeating: " ", count: shown.utf8.count)
    let ink = Ink(diagnostic.severity)
    let underline = paint(
      String(repeating: "^", count: length) + (diagnostic.hint.map { " " + DisplayText.printable($0) } ?? ""), ink)
    return paint("\(shown) | ", .faint) + window.text + "\n"
      + paint("\(blank) | ", .faint) + String(repeating: " ", count: caret) + underline + "\n"
  }

  private enum Ink: String {
    case red = "31"
    case yellow = "33"
    case cyan = "36"
    case bold = "1"
    case faint = "2"
    init(_ severity: Diagnostic.Severity) {
      switch severity {
      case .error: self = .red
      case .warning: self = .yellow
      case .note: self = .cyan
      }
    }
  }

  private func paint(_ text: String, _ ink: Ink) -> String { coloured ? "\u{1b}[\(ink.rawValue)m\(text)\u{1b}[0m" : text }
}

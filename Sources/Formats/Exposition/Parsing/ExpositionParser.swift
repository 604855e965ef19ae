import SeriesModel
import SourceText

/// Reads exposition pages.
///
/// `strict` follows the definition of the format and tells everything that is wrong, for checks. `scraper` accepts what Prometheus accepts when it
/// scrapes, and stops at the first error, since a page with one is worth nothing.
package struct ExpositionParser {
  package enum Mode: Sendable { case strict, scraper }

  package let format: ExpositionFormat
  package let mode: Mode

  package init(_ format: ExpositionFormat, _ mode: Mode) {
    self.format = format
    self.mode = mode
  }

  /// - Complexity: linear; about 1 µs a line.
  package func parse(_ bytes: [UInt8]) -> ExpositionPage {
    var page = ExpositionPage()
    var checker = OpenMetricsChecker()
    let checks = mode == .strict && format == .openMetrics
    var ended = false
    var offset = 0
    while offset < bytes.count {
      let end = bytes[offset...].firstIndex(of: newline) ?? bytes.count
      if ended {
        page.diagnostics.append(
          Diagnostic(.error, "exposition/after-end", at: SourceRange(offset, end), "nothing may follow # EOF"))
        return page
      }
      let line = SourceRange(offset, end)
      do throws(ExpositionProblem) {
        if let entry = try entry(bytes, line) {
          if case .end = entry { ended = true }
          take(entry, into: &page)
          if checks { checker.see(entry, at: line, into: &page.diagnostics) }
        }
      } catch {
        page.diagnostics.append(error.diagnostic)
        if mode == .scraper { return page }
      }
      offset = end + 1
    }
    if format == .openMetrics, !ended {
      page.diagnostics.append(
        Diagnostic(.error, "exposition/missing-end", at: SourceRange(bytes.count, bytes.count), "page does not end with # EOF"))
    }
    if checks { checker.finish(into: &page.diagnostics) }
    return page
  }

  private func entry(_ bytes: [UInt8], _ line: SourceRange) throws(ExpositionProblem) -> ExpositionEntry? {
    switch format {
    case .text:
      var reader = TextLine(LineCursor(bytes, line))
      return try reader.entry()
    case .openMetrics:
      var reader = OpenMetricsLine(LineCursor(bytes, line), isStrict: mode == .strict)
      return try reader.entry()
    }
  }

  private func take(_ entry: ExpositionEntry, into page: inout ExpositionPage) {
    let none = MetricMetadata(type: .unknown, help: "", unit: "")
    switch entry {
    case .type(let name, let type): page.metadata[name, default: none].type = type
    case .help(let name, let help): page.metadata[name, default: none].help = help
    case .unit(let name, let unit): page.metadata[name, default: none].unit = unit
    case .sample(let sample): page.samples.append(sample)
    case .end: break
    }
  }
}

private let newline = UInt8(ascii: "\n")

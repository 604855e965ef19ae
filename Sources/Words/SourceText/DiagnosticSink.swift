/// Collects diagnostics about one text, up to a limit.
///
/// A reference, so that the readers of one file share it; it is not shared between threads.
package final class DiagnosticSink {
  package let file: SourceFile
  package let limit: Int
  package private(set) var diagnostics: [Diagnostic] = []
  /// How many came after the limit was reached.
  package private(set) var omitted = 0

  package init(_ file: SourceFile, limit: Int = 1000) {
    self.file = file
    self.limit = limit
  }

  /// Also of errors that came after the limit.
  package private(set) var hasErrors = false

  package func report(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .error { hasErrors = true }
    if diagnostics.count < limit { diagnostics.append(diagnostic) } else { omitted += 1 }
  }

  package func error(_ check: String, at range: SourceRange, _ message: String, hint: String? = nil, notes: [String] = []) {
    report(Diagnostic(.error, check, at: range, message, hint: hint, notes: notes))
  }

  package func warning(_ check: String, at range: SourceRange, _ message: String, hint: String? = nil, notes: [String] = []) {
    report(Diagnostic(.warning, check, at: range, message, hint: hint, notes: notes))
  }

  /// In the order of the file; what has no place comes first. The last one tells how many are missing, if any are.
  package var inFileOrder: [Diagnostic] {
    let sorted = diagnostics.enumerated()
      .sorted { ($0.element.range.lower, $0.offset) < ($1.element.range.lower, $1.offset) }
      .map(\.element)
    if omitted == 0 { return sorted }
    return sorted + [Diagnostic(.note, "", at: .unknown, "\(omitted) further findings are beyond the limit diagnostics = \(limit)")]
  }
}

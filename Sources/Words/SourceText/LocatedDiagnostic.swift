/// A diagnostic with its place as people count: what every renderer starts from.
package struct LocatedDiagnostic: Hashable, Sendable {
  package var file: String
  /// `nil` when the place is not known.
  package var start: SourceLocation?
  package var end: SourceLocation?
  package var diagnostic: Diagnostic

  package init(_ diagnostic: Diagnostic, in file: SourceFile) {
    self.file = file.name
    self.diagnostic = diagnostic
    if diagnostic.range.isUnknown { return }
    start = file.location(of: diagnostic.range.lower)
    end = file.location(of: max(diagnostic.range.lower, diagnostic.range.upper))
  }

  /// The page that explains the check, below the documentation's root.
  package var page: String? { diagnostic.check.isEmpty ? nil : "docs/checks/\(diagnostic.check).md" }
}

import SourceText

/// What was wrong with a query: one diagnostic or more, the first of them in the reference's words.
public struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
  public var query: String
  /// At least one.
  public var diagnostics: [Diagnostic]

  public init(query: String, diagnostics: [Diagnostic]) {
    precondition(!diagnostics.isEmpty, "a parse error needs a diagnostic")
    self.query = query
    self.diagnostics = diagnostics
  }

  /// `1:5: parse error: unexpected end of input`, as the HTTP API and promtool say it.
  public var description: String {
    "\(diagnostics[0].range.start(in: query)): parse error: \(diagnostics[0].message)"
  }
}

extension SourceRange {
  /// `line:column` of the beginning as the reference counts: columns are bytes, not scalars. Annotations carry it too.
  public func start(in query: String) -> String {
    if query.isEmpty || isUnknown { return "unknown position" }
    var line = 1
    var lineStart = 0
    var offset = 0
    for byte in query.utf8 {
      if offset >= lower { break }
      offset += 1
      if byte == UInt8(ascii: "\n") {
        line += 1
        lineStart = offset
      }
    }
    return "\(line):\(lower - lineStart + 1)"
  }
}

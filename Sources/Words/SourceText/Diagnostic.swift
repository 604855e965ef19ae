/// What a person wrote wrongly: where, what was found, what was expected, and the next move.
public struct Diagnostic: Hashable, Sendable {
  public enum Severity: String, Hashable, Sendable, Comparable {
    case error, warning, note
    public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
    private var rank: Int { self == .error ? 0 : self == .warning ? 1 : 2 }
  }

  public var severity: Severity
  /// A stable name with its area, such as `promql/missing-range`; a page of that name explains it.
  public var check: String
  public var range: SourceRange
  /// Lower case, without a full stop.
  public var message: String
  /// Stands beside the caret: the next move.
  public var hint: String?
  public var notes: [String]

  public init(
    _ severity: Severity, _ check: String, at range: SourceRange, _ message: String, hint: String? = nil, notes: [String] = []
  ) {
    self.severity = severity
    self.check = check
    self.range = range
    self.message = message
    self.hint = hint
    self.notes = notes
  }
}

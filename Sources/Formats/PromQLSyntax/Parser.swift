import SeriesModel
import SourceText

/// Which syntax beyond the reference's default is understood; the names are Prometheus' feature flags.
public struct SyntaxFeatures: OptionSet, Hashable, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let experimentalFunctions = SyntaxFeatures(rawValue: 1 << 0)
  public static let durationExpressions = SyntaxFeatures(rawValue: 1 << 1)
  public static let extendedRangeSelectors = SyntaxFeatures(rawValue: 1 << 2)
  public static let fillModifier = SyntaxFeatures(rawValue: 1 << 3)
  public static let all: SyntaxFeatures = [.experimentalFunctions, .durationExpressions, .extendedRangeSelectors, .fillModifier]
}

/// What was wrong with a query: one diagnostic or more, the first of them in the reference's words.
public struct ParseError: Error, Hashable, Sendable {
  public var query: String
  public var diagnostics: [Diagnostic]

  public init(query: String, diagnostics: [Diagnostic]) {
    self.query = query
    self.diagnostics = diagnostics
  }

  /// `1:5: parse error: unexpected end of input`, as the HTTP API and promtool say it.
  public var description: String {
    let first = diagnostics[0]
    if first.range.isUnknown { return "unknown position: parse error: \(first.message)" }
    let place = SourceFile(name: "", text: query).location(of: first.range.lower)
    return "\(place.line):\(place.column): parse error: \(first.message)"
  }
}

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

/// How large a query may be. Trees within these limits can be walked recursively on a small stack.
public struct SyntaxLimits: Hashable, Sendable {
  /// Bytes of a query.
  public var queryBytes: Int
  /// Parentheses, calls, aggregations and signs within each other.
  public var nesting: Int
  /// Levels of the tree; a chain of `n` binary operators has `n`.
  public var treeDepth: Int
  /// Matchers of a selector.
  public var matchers: Int
  /// Arguments of a call, labels of a grouping or matching.
  public var listed: Int
  /// Diagnostics before the parser gives up.
  public var diagnostics: Int

  public init(
    queryBytes: Int = 1 << 20, nesting: Int = 200, treeDepth: Int = 1000, matchers: Int = 256, listed: Int = 1000,
    diagnostics: Int = 20
  ) {
    self.queryBytes = queryBytes
    self.nesting = nesting
    self.treeDepth = treeDepth
    self.matchers = matchers
    self.listed = listed
    self.diagnostics = diagnostics
  }

  public static let standard = SyntaxLimits()
}

/// Reads PromQL.
///
/// - Errors: ``ParseError`` with every mistake that was found; the first is in the reference's words and at its place.
/// - Complexity: O(n) beside the regular expressions of matchers, which are compiled.
public struct PromQLParser: Sendable {
  public var features: SyntaxFeatures
  public var limits: SyntaxLimits

  public init(features: SyntaxFeatures = [], limits: SyntaxLimits = .standard) {
    self.features = features
    self.limits = limits
  }

  /// An expression, checked for types.
  public func parse(_ text: String) throws(ParseError) -> Expr {
    var parser = ExprParser(text, features: features, limits: limits)
    let expr = parser.parseExpression()
    if parser.diagnostics.isEmpty, let expr {
      var checker = TypeChecker(limit: limits.diagnostics)
      checker.check(expr)
      if checker.diagnostics.isEmpty { return expr }
      throw ParseError(query: text, diagnostics: checker.diagnostics)
    }
    throw ParseError(query: text, diagnostics: parser.diagnostics)
  }

  /// A vector selector alone, as the API's `match[]` has it. Whether it may match everything is the caller's rule.
  public func parseSelector(_ text: String) throws(ParseError) -> [Matcher] {
    var parser = ExprParser(text, features: features, limits: limits)
    if let matchers = parser.parseSelectorAlone(), parser.diagnostics.isEmpty { return matchers }
    throw ParseError(query: text, diagnostics: parser.diagnostics)
  }

  /// A metric with its labels: `name{label="value"}`.
  public func parseMetric(_ text: String) throws(ParseError) -> LabelSet {
    var parser = ExprParser(text, features: features, limits: limits)
    if let labels = parser.parseMetricAlone(), parser.diagnostics.isEmpty { return labels }
    throw ParseError(query: text, diagnostics: parser.diagnostics)
  }

  /// A series as test files write it: `name{label="value"} 1+1x5 _ stale`.
  public func parseSeries(_ text: String) throws(ParseError) -> SeriesDescription {
    var parser = ExprParser(text, features: features, limits: limits)
    if let series = parser.parseSeriesDescription(), parser.diagnostics.isEmpty { return series }
    throw ParseError(query: text, diagnostics: parser.diagnostics)
  }
}

extension Expr {
  /// Reads an expression.
  public static func parse(_ text: String, features: SyntaxFeatures = []) throws(ParseError) -> Expr {
    try PromQLParser(features: features).parse(text)
  }
}

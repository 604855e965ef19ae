import PromQLSyntax
import SourceText

/// Lexer and parser: any text is a tree, or diagnostics that lie within it.
enum SyntaxTarget: FuzzTarget {
  static let name = "parser"

  static func run(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let size = text.utf8.count
    for features in [SyntaxFeatures.all, []] {
      let parser = PromQLParser(features: features)
      check(text) { () throws(ParseError) in checkPlaces(try parser.parse(text), within: 0..<size) }
      check(text) { () throws(ParseError) in _ = try parser.parseSelector(text) }
      check(text) { () throws(ParseError) in _ = try parser.parseMetric(text) }
    }
    check(text) { () throws(ParseError) in _ = try PromQLParser(features: .all).parseSeries(text) }
  }

  private static func check(_ text: String, _ parse: () throws(ParseError) -> Void) {
    do throws(ParseError) { try parse() } catch {
      law(
        !error.diagnostics.isEmpty && error.diagnostics.count <= SyntaxLimits.standard.diagnostics,
        "\(error.diagnostics.count) diagnostics")
      for diagnostic in error.diagnostics where !diagnostic.range.isUnknown {
        law(
          diagnostic.range.lower <= diagnostic.range.upper && diagnostic.range.upper <= text.utf8.count,
          "a diagnostic at \(diagnostic.range) of \(text.utf8.count) bytes: \(diagnostic.message)")
      }
      // The reference's one line, and the page with carets.
      _ = error.description
      _ = DiagnosticRenderer().render(error.diagnostics, in: SourceFile(name: "query", text: text))
    }
  }

  /// Every node lies within its parent.
  private static func checkPlaces(_ expr: Expr, within outer: Range<Int>) {
    let range = expr.range
    law(
      range.lower < range.upper && outer.lowerBound <= range.lower && range.upper <= outer.upperBound,
      "\(expr) at \(range) within \(outer)")
    for child in expr.children { checkPlaces(child, within: range.lower..<range.upper) }
  }
}

import PromQLSyntax

/// The printer: what it writes of a tree reads back as the same tree, on one line and over several.
enum RoundTripTarget: FuzzTarget {
  static let name = "printer"
  static var seeds: [[UInt8]] { QueryWriter.seeds }

  static func run(_ bytes: [UInt8]) {
    let text = QueryWriter.query(bytes)
    let parser = PromQLParser(features: .all)
    guard let expr = try? parser.parse(text) else { return }
    let line = expr.description
    let back = read(parser, line, of: text)
    law(back.canonical == expr.canonical, "another tree: \(text) is printed as \(line)")
    law(back.description == line, "printed anew: \(line) becomes \(back.description)")
    let pretty = expr.prettyDescription
    law(read(parser, pretty, of: text).canonical == expr.canonical, "another tree: \(text) is printed over lines as \(pretty)")
  }

  private static func read(_ parser: PromQLParser, _ printed: String, of text: String) -> Expr {
    do { return try parser.parse(printed) } catch { fatalError("\(text) is printed as \(printed), which is refused: \(error)") }
  }
}

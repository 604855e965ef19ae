extension Expr {
  /// Broken into lines where a part is longer than 100 bytes, as the reference's `format_query` answers.
  public var prettyDescription: String {
    var printer = PrettyPrinter()
    printer.write(self, level: 0)
    return printer.out
  }
}

/// A part that fits on a line stays on one; else its children stand on lines of their own, two blanks further in.
private struct PrettyPrinter {
  var out = ""
  static let widest = 100

  mutating func write(_ expr: Expr, level: Int) {
    let line = expr.description
    let fits = line.utf8.count <= Self.widest
    switch expr {
    case .number, .string, .vector, .matrix: out += Self.indent(level) + line
    case .unary(let unary):
      var child = PrettyPrinter()
      child.write(unary.expr, level: level)
      out += Self.indent(level) + unary.op.rawValue + child.out.drop { $0 == " " }
    // The reference does not indent a subquery that fits.
    case .subquery where fits: out += line
    case .subquery(let subquery):
      write(subquery.expr, level: level)
      out += subquery.suffix
    case _ where fits: out += Self.indent(level) + line
    case .call(let call): write([], call.function, call.arguments, level)
    case .aggregate(let aggregate): write(aggregate.parameter.map { [$0] } ?? [], aggregate.head, [aggregate.expr], level)
    case .paren(let paren): write([], "", [paren.expr], level)
    case .binary(let binary):
      if let base = binary.signlessBase { out += Self.indent(level + 1) + base } else { write(binary.lhs, level: level + 1) }
      out += "\n" + Self.indent(level) + binary.head + "\n"
      write(binary.rhs, level: level + 1)
    }
  }

  /// `head(`, the operands a line each, `)`
  private mutating func write(_ parameters: [Expr], _ head: String, _ operands: [Expr], _ level: Int) {
    out += Self.indent(level) + head + "(\n"
    for (i, operand) in (parameters + operands).enumerated() {
      if i > 0 { out += ",\n" }
      write(operand, level: level + 1)
    }
    out += "\n" + Self.indent(level) + ")"
  }

  private static func indent(_ level: Int) -> String { String(repeating: "  ", count: level) }
}

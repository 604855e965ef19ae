import SeriesModel
import TextCoding

extension Expr: CustomStringConvertible {
  /// One line, as the reference prints it: the rules API's `query`.
  public var description: String {
    var text = ""
    write(to: &text)
    return text
  }

  func write(to out: inout String) {
    switch self {
    case .number(let literal): out += literal.text
    case .string(let literal): out += literal.broken.map { GoText.quoted($0) } ?? GoText.quoted(literal.value)
    case .vector(let selector): selector.write(to: &out)
    case .matrix(let matrix): matrix.write(to: &out)
    case .subquery(let subquery):
      subquery.expr.write(to: &out)
      out += subquery.suffix
    case .call(let call):
      out += call.function + "("
      for (i, argument) in call.arguments.enumerated() {
        if i > 0 { out += ", " }
        argument.write(to: &out)
      }
      out += ")"
    case .aggregate(let aggregate):
      out += aggregate.head + "("
      if let parameter = aggregate.parameter {
        parameter.write(to: &out)
        out += ", "
      }
      aggregate.expr.write(to: &out)
      out += ")"
    case .unary(let unary):
      out += unary.op.rawValue
      unary.expr.write(to: &out)
    case .binary(let binary):
      if let base = binary.signlessBase { out += base } else { binary.lhs.write(to: &out) }
      out += " " + binary.head + " "
      binary.rhs.write(to: &out)
    case .paren(let paren):
      out += "("
      paren.expr.write(to: &out)
      out += ")"
    }
  }

  /// Names in parentheses; those that need quotes to be read again have them.
  static func list(_ labels: [String]) -> String {
    "(" + labels.map { LabelName.isClassicMetric($0) ? $0 : GoText.quoted($0) }.joined(separator: ", ") + ")"
  }
}

extension NumberLiteral {
  var text: String {
    guard isDuration else { return NumberText.fixed(value) }
    let length = PromDuration(milliseconds: Int64((value.magnitude * 1000).rounded()))
    // A negative zero keeps its sign, which the reference loses: 1 / -0s is another number than 1 / 0s.
    return value.sign == .minus ? "-\(length)" : "\(length)"
  }
}

extension Aggregate {
  /// `sum by (a, b) `
  var head: String {
    if without { return "\(op.rawValue) without \(Expr.list(grouping)) " }
    return grouping.isEmpty ? op.rawValue : "\(op.rawValue) by \(Expr.list(grouping)) "
  }
}

extension Binary {
  /// `Inf` as the base of a power: `+Inf ^ x`, as infinity is printed elsewhere, would read as the sign of a power.
  var signlessBase: String? {
    guard op == .power, case .number(let base) = lhs, base.value == .infinity else { return nil }
    return "Inf"
  }

  /// `* bool on (a) group_left (b)`
  var head: String {
    var text = op.rawValue + (returnBool ? " bool" : "")
    guard let matching else { return text }
    let isGrouped = matching.cardinality == .manyToOne || matching.cardinality == .oneToMany
    if !matching.labels.isEmpty || matching.on || isGrouped {
      text += (matching.on ? " on " : " ignoring ") + Expr.list(matching.labels)
    }
    if isGrouped { text += (matching.cardinality == .manyToOne ? " group_left " : " group_right ") + Expr.list(matching.include) }
    switch (matching.fillLeft, matching.fillRight) {
    case (let left?, let right?) where left == right || left.isNaN && right.isNaN: text += " fill (\(NumberText.general(left)))"
    case (let left, let right):
      if let left { text += " fill_left (\(NumberText.general(left)))" }
      if let right { text += " fill_right (\(NumberText.general(right)))" }
    }
    return text
  }
}

// MARK: Selectors

extension VectorSelector {
  func write(to out: inout String) {
    writeCore(to: &out)
    out += at?.suffix ?? ""
    out += edges.suffix
    if let offset { out += " offset \(offset.text)" }
  }

  /// Name and matchers, sorted by their text.
  fileprivate func writeCore(to out: inout String) {
    out += name ?? ""
    let shown = matchers.filter { !($0.name == LabelName.metric && $0.kind == .equal && $0.value == name && !$0.value.isEmpty) }
    if shown.isEmpty {
      if name == nil { out += "{}" }
      return
    }
    out += "{" + shown.map(Self.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: ",") + "}"
  }

  private static func text(_ matcher: Matcher) -> String {
    let name = LabelName.isClassicLabel(matcher.name) ? matcher.name : GoText.quoted(matcher.name)
    return name + matcher.kind.rawValue + GoText.quoted(matcher.value)
  }
}

extension MatrixSelector {
  func write(to out: inout String) {
    selector.writeCore(to: &out)
    out += "[\(window.text)]"
    out += selector.edges.suffix
    out += selector.at?.suffix ?? ""
    if let offset = selector.offset { out += " offset \(offset.text)" }
  }
}

extension Subquery {
  /// `[1h:5m] @ 3.000 offset 1m`
  var suffix: String {
    "[\(window.text):\(step?.text ?? "")]" + (at?.suffix ?? "") + (offset.map { " offset \($0.text)" } ?? "")
  }
}

extension AtModifier {
  fileprivate var suffix: String {
    switch self {
    case .start: return " @ start()"
    case .end: return " @ end()"
    case .timestamp(let time):
      let (seconds, thousandths) = time.milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
      let fraction = String(thousandths + 1000).dropFirst()
      return " @ \(time.milliseconds < 0 ? "-" : "")\(seconds).\(fraction)"
    }
  }
}

extension RangeEdges {
  fileprivate var suffix: String {
    switch self {
    case .ordinary: ""
    case .anchored: " anchored"
    case .smoothed: " smoothed"
    }
  }
}

extension DurationExpr {
  var text: String {
    switch self {
    case .literal(let length, _): "\(length)"
    case .number(let seconds, _): NumberText.fixed(seconds)
    case .step: "step()"
    case .range: "range()"
    case .negative(let inner, _): "-\(inner.text)"
    case .paren(let inner, _): "(\(inner.text))"
    case .binary(let op, let a, let b, _): "\(a.text) \(op.rawValue) \(b.text)"
    case .minimum(let a, let b, _): "min_of(\(a.text), \(b.text))"
    case .maximum(let a, let b, _): "max_of(\(a.text), \(b.text))"
    }
  }
}

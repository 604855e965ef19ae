import SourceText

/// Signs, binary operators and what stands beside them.
extension ExprParser {
  mutating func expression(above minimum: Int = 1) throws(Stop) -> Node {
    var left = try operand()
    while let op = try peek().binaryOperator, op.precedence >= minimum {
      let operatorRange = place(of: try advance(), after: left)
      let modifiers = try binaryModifiers()
      // Powers group to the right, so a chain of them is nested.
      let right =
        op == .power
        ? try nested { parser throws(Stop) in try parser.expression(above: op.precedence) }
        : try expression(above: op.precedence + 1)
      left = try binary(op, operatorRange, modifiers, left, right)
    }
    return left
  }

  /// An operator as the reference places it: from the end of its left operand on, blanks left out.
  private func place(of op: Token, after left: Node) -> SourceRange {
    var start = left.end
    while start < op.lower, [0x20, 0x09, 0x0a, 0x0d].contains(lexer.bytes[start]) { start += 1 }
    return SourceRange(min(start, op.lower), op.upper)
  }

  private mutating func operand() throws(Stop) -> Node {
    let kind = try peek()
    guard kind == .add || kind == .subtract else { return try postfix(try primary()) }
    let sign = try advance()
    // A sign binds like multiplication: only `^` binds its operand tighter.
    let inner = try nested { parser throws(Stop) in try parser.expression(above: BinaryOperator.power.precedence) }
    let range = SourceRange(sign.lower, inner.expr.range.upper)
    if case .number(var literal) = inner.expr {
      if kind == .subtract { literal.value *= -1 }
      literal.range = range
      return Node(expr: .number(literal), type: .scalar, depth: 1)
    }
    let unary = Unary(op: kind == .add ? .plus : .minus, expr: inner.expr, range: range)
    var node = try node(.unary(unary), inner.type, over: inner.depth)
    node.believedEnd = inner.believedEnd
    return node
  }

  private mutating func binary(_ op: BinaryOperator, _ place: SourceRange, _ modifiers: Modifiers, _ left: Node, _ right: Node)
    throws(Stop) -> Node
  {
    var matching: VectorMatching? = modifiers.matching
    if left.type == .vector, right.type == .vector {
      if op.isSet, matching?.cardinality == .oneToOne { matching?.cardinality = .manyToMany }
    } else if modifiers.matching.labels.isEmpty, modifiers.matching.fillLeft == nil, modifiers.matching.fillRight == nil {
      matching = nil
    }
    // Otherwise the matching stays for the type check to complain of.
    let binary = Binary(
      op: op, lhs: left.expr, rhs: right.expr, returnBool: modifiers.returnBool, matching: matching, operatorRange: place,
      range: left.expr.range.union(right.expr.range))
    let type: ValueType = left.type == .scalar && right.type == .scalar ? .scalar : .vector
    var node = try node(.binary(binary), type, over: max(left.depth, right.depth))
    node.believedEnd = right.believedEnd
    return node
  }

  // MARK: Modifiers

  private struct Modifiers {
    var returnBool = false
    var matching = VectorMatching()
  }

  private mutating func binaryModifiers() throws(Stop) -> Modifiers {
    var modifiers = Modifiers()
    modifiers.returnBool = try take(.bool)
    let kind = try peek()
    if kind == .on || kind == .ignoring {
      try advance()
      modifiers.matching.on = kind == .on
      modifiers.matching.labels = try groupingLabels()
      let side = try peek()
      if side == .groupLeft || side == .groupRight {
        try advance()
        modifiers.matching.cardinality = side == .groupLeft ? .manyToOne : .oneToMany
        // The labels may be missing, if an operand follows.
        let next = try peek()
        if next == .leftParen || !next.beginsExpression { modifiers.matching.include = try groupingLabels() }
      }
    }
    try fillModifiers(&modifiers.matching)
    return modifiers
  }

  /// `fill(1)`, or `fill_left(1)` and `fill_right(2)` in any order. Elsewhere these words are names.
  private mutating func fillModifiers(_ matching: inout VectorMatching) throws(Stop) {
    while features.contains(.fillModifier), try peek() == .identifier, try parenFollows() {
      let word = text(try peekToken()).lowercased()
      switch word {
      case "fill" where matching.fillLeft == nil && matching.fillRight == nil:
        let value = try fillValue()
        (matching.fillLeft, matching.fillRight) = (value, value)
        return
      case "fill_left" where matching.fillLeft == nil: matching.fillLeft = try fillValue()
      case "fill_right" where matching.fillRight == nil: matching.fillRight = try fillValue()
      default: return
      }
    }
  }

  private mutating func fillValue() throws(Stop) -> Double {
    try advance()
    try advance()
    let kind = try peek()
    if kind == .add || kind == .subtract { try advance() }
    guard try numberFollows() else { throw unexpected(in: "fill modifier", expected: "number") }
    let value = try number(try advance())
    guard try take(.rightParen) else { throw unexpected(in: "fill modifier", expected: "\")\"") }
    return kind == .subtract ? -value : value
  }

  mutating func numberFollows() throws(Stop) -> Bool {
    let kind = try peek()
    return kind == .number || kind == .duration
  }

  // MARK: Labels in parentheses

  /// `(a, "b.c", d)`, after `by`, `on` and their like.
  mutating func groupingLabels() throws(Stop) -> [String] {
    guard try take(.leftParen) else { throw unexpected(in: "grouping opts", expected: "\"(\"") }
    var labels: [String] = []
    do throws(Stop) {
      while try !take(.rightParen) {
        try bound(labels.count, below: limits.listed, "labels in a list")
        labels.append(try groupingLabel())
        if try take(.comma) { continue }
        if try peek() != .rightParen { throw unexpected(in: "grouping opts", expected: "\",\" or \")\"") }
      }
    } catch {
      guard error == .syntax, try skip(to: .rightParen) else { throw error }
      try advance()
    }
    return labels
  }

  private mutating func groupingLabel() throws(Stop) -> String {
    let kind = try peek()
    if kind == .string {
      let token = try advance()
      let name = GoText.unquoted(bytes(token))
      let text = String(validating: name, as: UTF8.self)
      if text?.isEmpty ?? true {
        report("promql/syntax", at: token.range, "invalid label name for grouping: \(GoText.quoted(name))")
      }
      return text ?? ""
    }
    guard kind.isGroupingLabel else { throw unexpected(in: "grouping opts", expected: "label") }
    return text(try advance())
  }

  func unquoted(_ token: Token) -> String { String(decoding: GoText.unquoted(bytes(token)), as: UTF8.self) }
}

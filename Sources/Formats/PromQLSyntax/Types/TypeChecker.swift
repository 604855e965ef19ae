import SourceText

/// Finds operands and arguments of the wrong type. Order, texts and places are the reference's.
struct TypeChecker {
  private(set) var diagnostics: [Diagnostic] = []
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Checks a tree from its leaves up and says what it yields.
  @discardableResult
  mutating func check(_ expr: Expr) -> ValueType {
    switch expr {
    case .number: return .scalar
    case .string: return .string
    case .vector(let selector):
      check(selector)
      return .vector
    case .matrix(let matrix):
      check(matrix.selector)
      return .matrix
    case .subquery(let subquery):
      let type = check(subquery.expr)
      if type != .vector {
        report(expr.range, "subquery is only allowed on instant vector, got \(type.rawValue) instead")
      }
      return .matrix
    case .call(let call): return check(call)
    case .aggregate(let aggregate):
      check(aggregate)
      return .vector
    case .unary(let unary):
      let type = check(unary.expr)
      if type != .scalar, type != .vector {
        let found = GoText.quoted(type.documented)
        report(expr.range, "unary expression only allowed on expressions of type scalar or instant vector, got \(found)")
      }
      return type
    case .binary(let binary): return check(binary)
    case .paren(let paren): return check(paren.expr)
    }
  }

  private mutating func report(_ range: SourceRange, _ message: String) {
    if diagnostics.count < limit { diagnostics.append(Diagnostic(.error, "promql/type", at: range, message)) }
  }

  private mutating func expect(_ type: ValueType, _ expr: Expr, in place: String) {
    let found = check(expr)
    if found != type { report(expr.range, "expected type \(type.documented) in \(place), got \(found.documented)") }
  }

  private mutating func check(_ aggregate: Aggregate) {
    expect(.vector, aggregate.expr, in: "aggregation expression")
    if let parameter = aggregate.parameter {
      expect(aggregate.op == .countValues ? .string : .scalar, parameter, in: "aggregation parameter")
    }
  }

  private mutating func check(_ selector: VectorSelector) {
    if let name = selector.name {
      for matcher in selector.matchers.dropLast() where matcher.name == "__name__" {
        let names = "\(GoText.quoted(name)) or \(GoText.quoted(matcher.value))"
        report(selector.range, "metric name must not be set twice: \(names)")
      }
    } else if selector.matchers.allSatisfy(\.matchesEmpty) {
      report(selector.range, "vector selector must contain at least one non-empty matcher")
    }
  }

  private mutating func check(_ call: Call) -> ValueType {
    guard let signature = FunctionSignature.named(call.function) else { return .vector }
    let name = GoText.quoted(signature.name)
    let (least, most) = signature.argumentCounts
    let count = call.arguments.count
    if least == most {
      if count != least { report(call.range, "expected \(least) argument(s) in call to \(name), got \(count)") }
    } else if count < least {
      report(call.range, "expected at least \(least) argument(s) in call to \(name), got \(count)")
    } else if let most, count > most {
      report(call.range, "expected at most \(most) argument(s) in call to \(name), got \(count)")
    }
    if signature.name == "info", count > 1 { checkInfoSelector(call) }
    for (i, argument) in call.arguments.enumerated() {
      if signature.name == "info", i == 1, case .vector = argument { continue }
      guard let wanted = signature.type(ofArgument: i) else { break }
      expect(wanted, argument, in: "call to function \(name)")
    }
    return signature.returns
  }

  /// `info`'s second argument is a selector without a name; it may match everything.
  private mutating func checkInfoSelector(_ call: Call) {
    let argument = call.arguments[1]
    if argument.valueType != .vector {
      let found = argument.valueType.documented
      report(call.range, "expected type instant vector in call to function \"info\", got \(found)")
    }
    if case .vector(let selector) = argument {
      if selector.name != nil { report(argument.range, "expected label selectors only, got vector selector instead") }
    } else {
      report(argument.range, "expected label selectors only")
    }
  }

  private mutating func check(_ binary: Binary) -> ValueType {
    let left = check(binary.lhs)
    let right = check(binary.rhs)
    let range = binary.lhs.range.union(binary.rhs.range)
    let op = GoText.quoted(binary.op.rawValue)
    if binary.returnBool, !binary.op.isComparison {
      report(binary.operatorRange, "bool modifier can only be used on comparison operators")
    }
    if binary.op.isComparison, !binary.returnBool, left == .scalar, right == .scalar {
      report(binary.operatorRange, "comparisons between scalars must use BOOL modifier")
    }
    if let matching = binary.matching, matching.on {
      for label in matching.labels {
        for _ in matching.include where matching.include.contains(label) {
          report(binary.operatorRange, "label \(GoText.quoted(label)) must not occur in ON and GROUP clause at once")
        }
      }
    }
    for (type, side) in [(left, binary.lhs), (right, binary.rhs)] where type != .scalar && type != .vector {
      report(side.range, "binary expression must contain only scalar and instant vector types")
    }
    if let matching = binary.matching {
      let isFilled = matching.fillLeft != nil || matching.fillRight != nil
      if left != .vector || right != .vector {
        if !matching.labels.isEmpty { report(range, "vector matching only allowed between instant vectors") }
        if isFilled { report(range, "filling in missing series only allowed between instant vectors") }
      } else if binary.op.isSet {
        if matching.cardinality != .manyToMany {
          report(range, "no grouping allowed for \(op) operation")
          report(range, "set operations must always be many-to-many")
        }
        if isFilled { report(range, "filling in missing series not allowed for set operators") }
      }
    }
    if binary.op.isSet, left == .scalar || right == .scalar {
      report(range, "set operator \(op) not allowed in binary scalar expression")
    }
    return left == .scalar && right == .scalar ? .scalar : .vector
  }
}

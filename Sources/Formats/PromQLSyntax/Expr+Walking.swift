import SeriesModel
import SourceText

extension Expr {
  /// The expressions directly beneath, in the order in which they are written.
  public var children: [Expr] {
    switch self {
    case .number, .string, .vector, .matrix: []
    case .subquery(let subquery): [subquery.expr]
    case .call(let call): call.arguments
    case .aggregate(let aggregate): (aggregate.parameter.map { [$0] } ?? []) + [aggregate.expr]
    case .unary(let unary): [unary.expr]
    case .binary(let binary): [binary.lhs, binary.rhs]
    case .paren(let paren): [paren.expr]
    }
  }

  /// Visits every expression, parents first. `false` leaves out what is beneath.
  public func walk(_ visit: (Expr) -> Bool) {
    guard visit(self) else { return }
    for child in children { child.walk(visit) }
  }

  /// Every vector selector, those of ranges among them, in the order in which they are written.
  public var selectors: [VectorSelector] {
    var found: [VectorSelector] = []
    walk { expr in
      if case .vector(let selector) = expr { found.append(selector) }
      if case .matrix(let matrix) = expr { found.append(matrix.selector) }
      return true
    }
    return found
  }

  /// The same tree with every expression replaced, children before their parents.
  public func mapping(_ transform: (Expr) -> Expr) -> Expr {
    switch self {
    case .number, .string, .vector, .matrix: return transform(self)
    case .subquery(var subquery):
      subquery.expr = subquery.expr.mapping(transform)
      return transform(.subquery(subquery))
    case .call(var call):
      call.arguments = call.arguments.map { $0.mapping(transform) }
      return transform(.call(call))
    case .aggregate(var aggregate):
      aggregate.parameter = aggregate.parameter?.mapping(transform)
      aggregate.expr = aggregate.expr.mapping(transform)
      return transform(.aggregate(aggregate))
    case .unary(var unary):
      unary.expr = unary.expr.mapping(transform)
      return transform(.unary(unary))
    case .binary(var binary):
      binary.lhs = binary.lhs.mapping(transform)
      binary.rhs = binary.rhs.mapping(transform)
      return transform(.binary(binary))
    case .paren(var paren):
      paren.expr = paren.expr.mapping(transform)
      return transform(.paren(paren))
    }
  }

  /// The same tree with every place unknown: two texts that mean the same compare equal.
  public var withoutPositions: Expr {
    mapping { expr in
      switch expr {
      case .number(var e):
        e.range = .unknown
        return .number(e)
      case .string(var e):
        e.range = .unknown
        return .string(e)
      case .vector(let e): return .vector(e.withoutPositions)
      case .matrix(var e):
        (e.selector, e.window, e.range) = (e.selector.withoutPositions, e.window.withoutPositions, .unknown)
        return .matrix(e)
      case .subquery(var e):
        (e.window, e.step, e.offset) = (e.window.withoutPositions, e.step?.withoutPositions, e.offset?.withoutPositions)
        e.range = .unknown
        return .subquery(e)
      case .call(var e):
        e.range = .unknown
        return .call(e)
      case .aggregate(var e):
        e.range = .unknown
        return .aggregate(e)
      case .unary(var e):
        e.range = .unknown
        return .unary(e)
      case .binary(var e):
        (e.range, e.operatorRange) = (.unknown, .unknown)
        return .binary(e)
      case .paren(var e):
        e.range = .unknown
        return .paren(e)
      }
    }
  }
}

extension Expr {
  /// The form that decides whether two expressions are the same: without positions, matchers in the order in which they are printed.
  public var canonical: Expr {
    withoutPositions.mapping { expr in
      switch expr {
      case .vector(var selector):
        selector.matchers.sort { $0.description.utf8.lexicographicallyPrecedes($1.description.utf8) }
        return .vector(selector)
      case .matrix(var matrix):
        matrix.selector.matchers.sort { $0.description.utf8.lexicographicallyPrecedes($1.description.utf8) }
        return .matrix(matrix)
      default: return expr
      }
    }
  }
}

extension VectorSelector {
  public var withoutPositions: VectorSelector {
    var copy = self
    copy.offset = offset?.withoutPositions
    copy.range = .unknown
    return copy
  }
}

extension DurationExpr {
  public var withoutPositions: DurationExpr {
    switch self {
    case .literal(let length, _): .literal(length, .unknown)
    case .number(let seconds, _): .number(seconds, .unknown)
    case .step: .step(.unknown)
    case .range: .range(.unknown)
    case .negative(let inner, _): .negative(inner.withoutPositions, .unknown)
    case .paren(let inner, _): .paren(inner.withoutPositions, .unknown)
    case .binary(let op, let a, let b, _): .binary(op, a.withoutPositions, b.withoutPositions, .unknown)
    case .minimum(let a, let b, _): .minimum(a.withoutPositions, b.withoutPositions, .unknown)
    case .maximum(let a, let b, _): .maximum(a.withoutPositions, b.withoutPositions, .unknown)
    }
  }

  /// The length, when it is known without the query's times.
  public var constant: PromDuration? {
    if case .literal(let length, _) = self { return length }
    return nil
  }
}

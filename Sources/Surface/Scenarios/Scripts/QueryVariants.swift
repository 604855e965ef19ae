import PromQLSyntax
import SeriesModel

/// Other ways to ask the same: a case holds in all of them.
enum QueryVariants {
  /// Functions whose result depends on when they are evaluated, though their arguments may not.
  private static let timely: Set<String> = [
    "time", "timestamp", "predict_linear", "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month",
    "year",
  ]
  private static let bound: Set<String> = ["start", "end", "step", "range"]

  /// Whether the query looks at the span of its evaluation, which an instant query does not share with a range query around it.
  static func dependsOnSpan(_ expr: Expr) -> Bool {
    var found = false
    func look(_ at: AtModifier?, _ durations: DurationExpr?...) {
      if at == .start || at == .end || durations.contains(where: { $0 != nil && $0!.constant == nil }) { found = true }
    }
    expr.walk { node in
      switch node {
      case .vector(let selector): look(selector.at, selector.offset)
      case .matrix(let matrix): look(matrix.selector.at, matrix.selector.offset, matrix.window)
      case .subquery(let subquery): look(subquery.at, subquery.offset, subquery.window, subquery.step)
      case .call(let call): if bound.contains(call.function) { found = true }
      default: break
      }
      return !found
    }
    return found
  }

  /// The query with every selector that has no `@` pinned to a time; `nil` when its result depends on the time of evaluation all the same.
  static func pinned(_ expr: Expr, at time: Timestamp) -> Expr? {
    var isTimely = dependsOnSpan(expr)
    expr.walk { node in
      if case .call(let call) = node, timely.contains(call.function) { isTimely = true }
      return true
    }
    return isTimely ? nil : pin(expr, .timestamp(time))
  }

  private static func pin(_ expr: Expr, _ at: AtModifier) -> Expr {
    switch expr {
    case .number, .string: return expr
    case .vector(var selector):
      if selector.at == nil { selector.at = at }
      return .vector(selector)
    case .matrix(var matrix):
      if matrix.selector.at == nil { matrix.selector.at = at }
      return .matrix(matrix)
    case .subquery(var subquery):
      // What is within is evaluated at the subquery's own times.
      if subquery.at == nil { subquery.at = at }
      return .subquery(subquery)
    case .call(var call):
      call.arguments = call.arguments.map { pin($0, at) }
      return .call(call)
    case .aggregate(var aggregate):
      aggregate.parameter = aggregate.parameter.map { pin($0, at) }
      aggregate.expr = pin(aggregate.expr, at)
      return .aggregate(aggregate)
    case .unary(var unary):
      unary.expr = pin(unary.expr, at)
      return .unary(unary)
    case .binary(var binary):
      (binary.lhs, binary.rhs) = (pin(binary.lhs, at), pin(binary.rhs, at))
      return .binary(binary)
    case .paren(var paren):
      paren.expr = pin(paren.expr, at)
      return .paren(paren)
    }
  }

  /// Times at which a pinned query must give the same.
  static func times(around time: Timestamp) -> [Timestamp] {
    let t = time.milliseconds
    let others = t == 0 ? [-1000, 0, 1000] : [-10 * t, 0, t / 5, t, 10 * t]
    return others.map { Timestamp(milliseconds: $0) }
  }
}

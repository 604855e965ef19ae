import PromQLEngine
import PromQLSyntax
import SeriesModel

/// As much of PromQL as rules need to be seen at work: selectors, comparisons with a number, `vector(n)`, numbers and strings.
///
/// A selector of `unreadable` fails; `forbidden()` and other functions cannot be prepared.
final class SmallQuery: PreparedQuery {
  let text: String
  private let expr: Expr
  private let hook: Hook

  /// Called before each evaluation.
  typealias Hook = @Sendable (String, Cancellation) -> Void

  static func preparation(_ hook: @escaping Hook = { _, _ in }) -> QueryPreparationClosure {
    { expr throws(QueryError) in try SmallQuery(expr, hook) }
  }

  typealias QueryPreparationClosure = @Sendable (Expr) throws(QueryError) -> any PreparedQuery

  private init(_ expr: Expr, _ hook: @escaping Hook) throws(QueryError) {
    self.expr = expr
    self.hook = hook
    text = expr.description
    try Self.check(expr)
  }

  private static func check(_ expr: Expr) throws(QueryError) {
    switch expr {
    case .number, .string, .vector: break
    case .paren(let e): try check(e.expr)
    case .binary(let e): try check(e.lhs)
    case .call(let e) where e.function == "vector": break
    default: throw .badData("\(expr) is not supported")
    }
  }

  func instant(at time: Timestamp, on view: any SeriesView, until cancellation: Cancellation) throws(QueryError) -> QueryResult {
    hook(text, cancellation)
    if cancellation.isCanceled { throw .canceled("query was canceled") }
    return QueryResult(value: try value(expr, time, view))
  }

  private func value(_ expr: Expr, _ time: Timestamp, _ view: any SeriesView) throws(QueryError) -> QueryValue {
    switch expr {
    case .number(let e): return .scalar(Sample(time, e.value))
    case .string(let e): return .string(e.value, time)
    case .paren(let e): return try value(e.expr, time, view)
    case .vector(let e): return .vector(try elements(e, time, view))
    case .call(let e):
      guard case .number(let n)? = e.arguments.first else { throw .execution("vector() of something else than a number") }
      return .vector([VectorElement(labels: .empty, timestamp: time, value: n.value)])
    case .binary(let e):
      guard case .vector(let left) = try value(e.lhs, time, view), case .number(let right) = e.rhs else {
        throw .execution("only a vector can be compared with a number here")
      }
      return .vector(left.filter { Self.holds(e.op, $0.value, right.value) })
    default: throw .execution("\(expr) is not supported")
    }
  }

  private static func holds(_ op: BinaryOperator, _ a: Double, _ b: Double) -> Bool {
    switch op {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    default: false
    }
  }

  /// The newest samples of the last five minutes, but for ended series.
  private func elements(_ selector: VectorSelector, _ time: Timestamp, _ view: any SeriesView) throws(QueryError) -> [VectorElement]
  {
    if selector.metricName == "unreadable" { throw .execution("the data is unreadable") }
    let span = TimeSpan(from: time - .minutes(5) + .milliseconds(1), through: time)
    do throws(SourceError) {
      let found = try view.select(selector.matchers, in: span, limit: 10_000)
      var columns = SampleColumns()
      try view.readLatest(found.refs.span, in: span, into: &columns)
      return found.labels.enumerated().compactMap { i, labels in
        guard let last = columns.row(i).last, !Staleness.isMarker(columns.values[last]) else { return nil }
        return VectorElement(labels: labels, timestamp: time, value: columns.values[last])
      }
    } catch { throw .execution("\(error)") }
  }
}

import PromQLEngine
import PromQLSyntax
import SeriesModel

/// A query as the API understood it.
public struct QueryCall: Sendable {
  public var text: String
  /// Parsed and checked.
  public var expr: Expr
  /// How far back a sample counts; `nil`: the engine's default.
  public var lookback: PromDuration?

  public init(text: String, expr: Expr, lookback: PromDuration? = nil) {
    self.text = text
    self.expr = expr
    self.lookback = lookback
  }
}

/// Works queries out: the local engine, or another Prometheus. Called by several threads at a time; it may wait.
public protocol QueryBackend: Sendable {
  func instant(_ call: QueryCall, at time: Timestamp, until cancellation: Cancellation) throws(QueryError) -> QueryResult

  /// Always a matrix, sorted by labels; the steps are `start + k * step <= end`.
  func range(
    _ call: QueryCall, from start: Timestamp, through end: Timestamp, step: PromDuration, until cancellation: Cancellation
  ) throws(QueryError) -> QueryResult

  /// The plan of a query with what each of its operators yielded over these steps, as text; `nil`: not told by this backend.
  func explain(
    _ call: QueryCall, from start: Timestamp, through end: Timestamp, step: PromDuration, until cancellation: Cancellation
  ) throws(QueryError) -> String?

  /// Hears of a request that a limit kept from becoming a query, for its metrics.
  func refused(by limit: QueryLimit)
}

extension QueryBackend {
  public func refused(by limit: QueryLimit) {}

  public func explain(
    _ call: QueryCall, from start: Timestamp, through end: Timestamp, step: PromDuration, until cancellation: Cancellation
  ) throws(QueryError) -> String? { nil }
}

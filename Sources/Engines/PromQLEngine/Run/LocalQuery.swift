import SeriesModel

/// A query that this process evaluates.
final class LocalQuery: PreparedQuery {
  let text: String
  private let engine: Engine
  private let query: CompiledQuery

  init(_ engine: Engine, _ query: CompiledQuery, normalForm: String) {
    self.engine = engine
    self.query = query
    text = normalForm
  }

  func instant(at time: Timestamp, on view: any SeriesView, until cancellation: Cancellation) throws(QueryError) -> QueryResult {
    try engine.instant(query, at: time, on: view, until: cancellation, lookback: nil)
  }
}

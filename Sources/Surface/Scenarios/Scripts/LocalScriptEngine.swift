import PromQLEngine
import PromQLSyntax
import SeriesModel

/// Evaluates a script's queries by the local engine with everything on that is experimental.
package struct LocalScriptEngine: ScriptEngine {
  private let engine = Engine(
    options: EngineOptions(
      lookback: .minutes(5), maxSamples: 10_000, subqueryStep: .minutes(1), features: .all, delaysNameRemoval: true,
      edition: .newest))

  package init() {}

  package func instant(_ query: String, at time: Timestamp, over source: any SeriesSource) throws(QueryError) -> QueryResult {
    try engine.instant(text: query, at: time, on: source.view())
  }

  package func range(
    _ query: String, from start: Timestamp, through end: Timestamp, step: PromDuration, over source: any SeriesSource
  )
    throws(QueryError) -> QueryResult
  {
    try engine.range(text: query, from: start, through: end, step: step, on: source.view())
  }
}

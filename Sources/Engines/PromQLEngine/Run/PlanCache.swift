import PromQLSyntax
import SeriesModel
import Threading

/// Keeps compiled queries by their text, with what they remember of series; the least recently asked go first.
final class PlanCache: Sendable {
  private struct Entry: Sendable {
    var query: CompiledQuery
    var asked: UInt64
  }
  private struct State: Sendable {
    var entries: [Key: Entry] = [:]
    var clock: UInt64 = 0
  }
  private struct Key: Hashable, Sendable {
    var expr: Expr
    var source: ExactText
  }

  private let limit: Int
  private let seriesLimit: Int
  private let textLimit: Int
  private let state = BlockingLock(State())

  init(limit: Int, series seriesLimit: Int, text textLimit: Int) {
    self.limit = limit
    self.textLimit = textLimit
    self.seriesLimit = seriesLimit
  }

  func query(
    _ expr: Expr, _ source: String, make: () throws(QueryError) -> CompiledQuery
  ) throws(QueryError) -> CompiledQuery {
    if limit <= 0 || source.utf8.count > textLimit { return try make() }
    let key = Key(expr: expr, source: ExactText(source))
    let known = state.withLock { state in
      state.clock += 1
      state.entries[key]?.asked = state.clock
      return state.entries[key]?.query
    }
    if let known { return known }
    let query = try make()
    state.withLock { state in
      var series = state.entries.values.reduce(0) { $0 + $1.query.seriesKept.load(ordering: .relaxed) }
      while state.entries.count >= limit || series > seriesLimit,
        let (key, oldest) = state.entries.min(by: { $0.value.asked < $1.value.asked })
      {
        series -= oldest.query.seriesKept.load(ordering: .relaxed)
        state.entries[key] = nil
      }
      state.entries[key] = Entry(query: query, asked: state.clock)
    }
    return query
  }
}

import Orchestration
import SeriesModel

/// Which row of the run lists.
struct RowKey: Hashable, Sendable {
  var orchestrator: String
  var kind: RunUpdate.Kind
  var run: RunKey
}

/// Updates of rows that the database has not taken yet, one a run.
struct RunOutbox: Sendable {
  private(set) var rows: [RowKey: RunUpdate] = [:]
  private(set) var dropped = 0
  let limit: Int

  init(limit: Int) { self.limit = limit }

  mutating func add(_ update: RunUpdate, of orchestrator: String) {
    let key = RowKey(orchestrator: orchestrator, kind: update.kind, run: update.run)
    if rows[key] == nil, rows.count >= limit {
      dropped += 1
      return
    }
    if rows[key]?.merge(update) == nil { rows[key] = update }
  }

  /// Everything, to be written; see ``putBack(_:)``.
  mutating func take() -> [RowKey: RunUpdate] {
    defer { rows = [:] }
    return rows
  }

  /// What could not be written, under what came since.
  mutating func putBack(_ older: [RowKey: RunUpdate]) {
    for (key, update) in older {
      var merged = update
      if let newer = rows[key] {
        merged.merge(newer)
      } else if rows.count >= limit {
        dropped += 1
        continue
      }
      rows[key] = merged
    }
  }
}

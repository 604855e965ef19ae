import DurableLog
import GRDB
import Orchestration
import SeriesModel

/// Runs for lists and history, in a SQLite database that lags the events by a few seconds at most.
///
/// Rows are numbered in order of first sight and written in that order; looking up runs by id or name goes through ``RunIndex``. Nothing here is needed to
/// count; the database may be deleted while the daemon is stopped.
/// - Cost: 6 µs and about 700 bytes written for a run, however many there are.
package final class RunStore: Sendable {
  let pool: DatabasePool

  package init(path: String) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(2)
    configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA synchronous = NORMAL") }
    pool = try DatabasePool(path: path, configuration: configuration)
    var migrator = DatabaseMigrator()
    migrator.registerMigration("runs") { db in try db.execute(sql: Self.schema + RunIndex.schema) }
    try migrator.migrate(pool)
  }

  private static let schema = """
    CREATE TABLE runs (
      seq INTEGER PRIMARY KEY,
      kind INTEGER NOT NULL, orchestrator TEXT NOT NULL, run_id TEXT NOT NULL, attempt INTEGER NOT NULL,
      state TEXT NOT NULL, name TEXT, trigger TEXT, agent_type TEXT, action TEXT,
      started_at INTEGER, ended_at INTEGER, waiting_since INTEGER, updated_at INTEGER NOT NULL,
      duration_seconds REAL, error_type TEXT, cost_usd REAL, approver TEXT,
      workflow_run_id TEXT, tier TEXT, model TEXT, input_tokens REAL, output_tokens REAL
    );
    CREATE INDEX runs_by_state ON runs (kind, state, seq);
    CREATE TABLE log_position (id INTEGER PRIMARY KEY CHECK (id = 0), segment INTEGER NOT NULL, offset INTEGER NOT NULL);

    """

  // MARK: Writing

  /// Takes updates in, with how far in the log they reach, in one transaction.
  func write(_ rows: [Int64: RunOutbox.Row], through position: LogPosition) throws {
    try pool.write { db in
      let statement = try db.cachedStatement(sql: Self.upsert)
      let sealed = try RunIndex.sealed(db)
      for (number, row) in rows.sorted(by: { $0.key < $1.key }) {
        try statement.execute(arguments: Self.arguments(number, row))
        if number < sealed { try RunIndex.add(number, row.update, db) }
      }
      try db.execute(
        sql: "INSERT OR REPLACE INTO log_position VALUES (0, ?, ?)",
        arguments: [Int64(bitPattern: position.segment), Int64(bitPattern: position.offset)])
      try RunIndex.seal(db)
    }
  }

  /// A run that is known keeps what the update does not say.
  private static let upsert = """
    INSERT INTO runs (seq, kind, orchestrator, run_id, attempt, state, name, trigger, agent_type, action, started_at, ended_at, waiting_since,
      updated_at, duration_seconds, error_type, cost_usd, approver, workflow_run_id, tier, model, input_tokens, output_tokens)
    VALUES (?, ?, ?, ?, ?, coalesce(?, 'pending'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (seq) DO UPDATE SET
      state = coalesce(?, state), name = coalesce(excluded.name, name), trigger = coalesce(excluded.trigger, trigger),
      agent_type = coalesce(excluded.agent_type, agent_type), action = coalesce(excluded.action, action),
      started_at = coalesce(excluded.started_at, started_at), ended_at = coalesce(excluded.ended_at, ended_at),
      waiting_since = coalesce(excluded.waiting_since, waiting_since), updated_at = max(excluded.updated_at, updated_at),
      duration_seconds = coalesce(excluded.duration_seconds, duration_seconds,
        CASE WHEN excluded.ended_at IS NOT NULL AND started_at IS NOT NULL THEN max(0, excluded.ended_at - started_at) / 1000.0 END),
      error_type = coalesce(excluded.error_type, error_type), cost_usd = coalesce(excluded.cost_usd, cost_usd),
      approver = coalesce(excluded.approver, approver), workflow_run_id = coalesce(excluded.workflow_run_id, workflow_run_id),
      tier = coalesce(excluded.tier, tier), model = coalesce(excluded.model, model),
      input_tokens = coalesce(excluded.input_tokens, input_tokens), output_tokens = coalesce(excluded.output_tokens, output_tokens)
    """

  private static func arguments(_ number: Int64, _ row: RunOutbox.Row) -> StatementArguments {
    let (update, state) = (row.update, row.update.state?.label)
    return [
      number, Int(update.kind.rawValue), row.orchestrator, update.run.id, Int64(update.run.attempt), state, update.name,
      update.trigger,
      update.agentType, update.action, update.startedAt?.milliseconds, update.endedAt?.milliseconds,
      update.waitingSince?.milliseconds,
      update.updatedAt.milliseconds, update.seconds, update.errorType, update.costUSD, update.approver, update.workflowRun,
      update.tier,
      update.model, update.inputTokens, update.outputTokens, state,
    ]
  }

  /// Deletes runs that ended and were not heard of since `time`, a few thousand of the oldest at a time. Returns how many.
  @discardableResult
  func deleteEnded(before time: Timestamp, limit: Int = 10_000) throws -> Int {
    try pool.write { db in
      try db.execute(
        sql: """
          DELETE FROM runs WHERE seq IN
            (SELECT seq FROM (SELECT seq, state, updated_at FROM runs ORDER BY seq LIMIT ?)
             WHERE updated_at < ? AND state IN ('success', 'failed', 'cancelled', 'lost'))
          """, arguments: [limit, time.milliseconds])
      let deleted = db.changesCount
      if deleted > 0 { try RunIndex.forgetDeleted(db) }
      return deleted
    }
  }

  /// How far in the log the rows reach; `nil` for a new database.
  func position() throws -> LogPosition? {
    try pool.read { db in
      try Row.fetchOne(db, sql: "SELECT segment, offset FROM log_position").map {
        LogPosition(segment: UInt64(bitPattern: $0["segment"]), offset: UInt64(bitPattern: $0["offset"]))
      }
    }
  }

  /// The highest number of a row.
  func newest() throws -> Int64 { try pool.read { try Int64.fetchOne($0, sql: "SELECT max(seq) FROM runs") ?? 0 } }

  func close() throws { try pool.close() }
}

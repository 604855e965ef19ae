import DurableLog
import Foundation
import GRDB
import Orchestration
import SeriesModel

/// Runs for lists and history, in a SQLite database that lags the events by a few seconds at most.
///
/// Rows come in order of first sight. Nothing here is needed to count; the database may be deleted while the daemon is stopped.
package final class RunStore: Sendable {
  private let pool: DatabasePool

  package init(path: String) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(2)
    configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA synchronous = NORMAL") }
    pool = try DatabasePool(path: path, configuration: configuration)
    var migrator = DatabaseMigrator()
    migrator.registerMigration("runs") { db in try db.execute(sql: Self.schema) }
    try migrator.migrate(pool)
  }

  private static let schema = """
    CREATE TABLE runs (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      kind INTEGER NOT NULL, orchestrator TEXT NOT NULL, run_id TEXT NOT NULL, attempt INTEGER NOT NULL,
      state TEXT NOT NULL, name TEXT, trigger TEXT, agent_type TEXT, action TEXT,
      started_at INTEGER, ended_at INTEGER, waiting_since INTEGER, updated_at INTEGER NOT NULL,
      duration_seconds REAL, error_type TEXT, cost_usd REAL, approver TEXT,
      workflow_run_id TEXT, tier TEXT, model TEXT, input_tokens REAL, output_tokens REAL,
      UNIQUE (kind, orchestrator, run_id, attempt)
    );
    CREATE INDEX runs_by_state ON runs (kind, state, seq);
    CREATE INDEX runs_by_name ON runs (kind, name, seq);
    CREATE INDEX runs_by_id ON runs (run_id);
    CREATE INDEX runs_by_workflow_run ON runs (workflow_run_id) WHERE workflow_run_id IS NOT NULL;
    CREATE INDEX runs_by_age ON runs (updated_at);
    CREATE TABLE log_position (id INTEGER PRIMARY KEY CHECK (id = 0), segment INTEGER NOT NULL, offset INTEGER NOT NULL);
    """

  // MARK: Writing

  /// Takes updates in, with how far in the log they reach, in one transaction.
  func write(_ rows: [RowKey: RunUpdate], through position: LogPosition) throws {
    try pool.write { db in
      let statement = try db.cachedStatement(sql: Self.upsert)
      // In order of time, so that equal batches make equal lists.
      for (key, update) in rows.sorted(by: { ($0.value.updatedAt, $0.key.run) < ($1.value.updatedAt, $1.key.run) }) {
        try statement.execute(arguments: Self.arguments(key, update))
      }
      try db.execute(
        sql: "INSERT OR REPLACE INTO log_position VALUES (0, ?, ?)",
        arguments: [Int64(bitPattern: position.segment), Int64(bitPattern: position.offset)])
    }
  }

  /// A run that is known keeps what the update does not say; one that ended does not become active again.
  private static let upsert = """
    INSERT INTO runs (kind, orchestrator, run_id, attempt, state, name, trigger, agent_type, action, started_at, ended_at, waiting_since, updated_at,
      duration_seconds, error_type, cost_usd, approver, workflow_run_id, tier, model, input_tokens, output_tokens)
    VALUES (?, ?, ?, ?, coalesce(?, 'pending'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (kind, orchestrator, run_id, attempt) DO UPDATE SET
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

  private static func arguments(_ key: RowKey, _ update: RunUpdate) -> StatementArguments {
    let state = update.state?.label
    return [
      Int(key.kind.rawValue), key.orchestrator, key.run.id, Int64(key.run.attempt), state, update.name, update.trigger,
      update.agentType, update.action,
      update.startedAt?.milliseconds, update.endedAt?.milliseconds, update.waitingSince?.milliseconds,
      update.updatedAt.milliseconds, update.seconds,
      update.errorType, update.costUSD, update.approver, update.workflowRun, update.tier, update.model, update.inputTokens,
      update.outputTokens, state,
    ]
  }

  /// Deletes runs that ended and were not heard of since `time`, a few thousand at a time. Returns how many.
  @discardableResult
  func deleteEnded(before time: Timestamp, limit: Int = 5000) throws -> Int {
    try pool.write { db in
      try db.execute(
        sql: """
          DELETE FROM runs WHERE seq IN
            (SELECT seq FROM runs WHERE updated_at < ? AND state IN ('success', 'failed', 'cancelled', 'lost') LIMIT ?)
          """, arguments: [time.milliseconds, limit])
      return db.changesCount
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

  func close() throws { try pool.close() }
}

// MARK: Reading

/// One run as the lists show it.
package struct RunRow: Equatable, Sendable {
  /// Order of first sight; a list's cursor.
  package var sequence: Int64
  /// `workflow` or `agent`.
  package var kind: RunUpdate.Kind
  package var orchestrator: String
  package var run: RunKey
  /// `pending`, `running`, `waiting_approval`, `success`, `failed`, `cancelled` or `lost`.
  package var state: String
  package var name: String?
  package var trigger: String?
  package var agentType: String?
  package var action: String?
  package var startedAt: Timestamp?
  package var endedAt: Timestamp?
  package var waitingSince: Timestamp?
  package var updatedAt: Timestamp
  package var seconds: Double?
  package var errorType: String?
  package var costUSD: Double?
  package var approver: String?
  package var workflowRun: String?
  package var tier: String?
  package var model: String?
  package var inputTokens: Double?
  package var outputTokens: Double?
}

/// A part of a list, newest first. ``next`` is the cursor of the part behind it.
package struct RunPage: Equatable, Sendable {
  package var runs: [RunRow]
  package var next: Int64?
}

extension RunStore {
  package static let pageLimit = 1000

  /// Workflow runs, newest first; at most ``pageLimit``.
  package func runs(state: String? = nil, workflow: String? = nil, cursor: Int64? = nil, limit: Int = 100) throws -> RunPage {
    try page(kind: .workflow, [("state", state), ("name", workflow)], cursor: cursor, limit: limit)
  }

  /// Agent runs, newest first; at most ``pageLimit``.
  package func agentRuns(state: String? = nil, agent: String? = nil, cursor: Int64? = nil, limit: Int = 100) throws -> RunPage {
    try page(kind: .agent, [("state", state), ("name", agent)], cursor: cursor, limit: limit)
  }

  /// The attempts of a workflow run, the first first.
  package func run(_ id: String) throws -> [RunRow] {
    try pool.read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM runs WHERE run_id = ? AND kind = 0 ORDER BY orchestrator, attempt LIMIT ?",
        arguments: [id, Self.pageLimit]
      )
      .map(RunRow.init)
    }
  }

  /// The agent runs of a workflow run, in order of first sight.
  package func agents(of workflowRun: String) throws -> [RunRow] {
    try pool.read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM runs WHERE workflow_run_id = ? AND kind = 1 ORDER BY seq LIMIT ?",
        arguments: [workflowRun, Self.pageLimit]
      )
      .map(RunRow.init)
    }
  }

  /// Workflow runs that wait for approval, the longest wait first.
  package func approvals(limit: Int = 100) throws -> [RunRow] {
    try pool.read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM runs WHERE kind = 0 AND state = 'waiting_approval' ORDER BY waiting_since, seq LIMIT ?",
        arguments: [min(max(1, limit), Self.pageLimit)]
      ).map(RunRow.init)
    }
  }

  private func page(kind: RunUpdate.Kind, _ filters: [(String, String?)], cursor: Int64?, limit: Int) throws -> RunPage {
    var sql = "SELECT * FROM runs WHERE kind = ?"
    var arguments: StatementArguments = [Int(kind.rawValue)]
    for case (let column, let value?) in filters {
      sql += " AND \(column) = ?"
      arguments += [value]
    }
    if let cursor {
      sql += " AND seq < ?"
      arguments += [cursor]
    }
    let size = min(max(1, limit), Self.pageLimit)
    sql += " ORDER BY seq DESC LIMIT ?"
    arguments += [size + 1]
    return try pool.read { db in
      let found = try Row.fetchAll(db, sql: sql, arguments: arguments).map(RunRow.init)
      let runs = Array(found.prefix(size))
      return RunPage(runs: runs, next: found.count > size ? runs.last?.sequence : nil)
    }
  }
}

private extension RunRow {
  init(_ row: Row) {
    func time(_ column: String) -> Timestamp? { (row[column] as Int64?).map(Timestamp.init(milliseconds:)) }
    self.init(
      sequence: row["seq"], kind: RunUpdate.Kind(rawValue: row["kind"]) ?? .workflow, orchestrator: row["orchestrator"],
      run: RunKey(row["run_id"], attempt: UInt32(truncatingIfNeeded: row["attempt"] as Int64)), state: row["state"],
      name: row["name"],
      trigger: row["trigger"], agentType: row["agent_type"], action: row["action"], startedAt: time("started_at"),
      endedAt: time("ended_at"),
      waitingSince: time("waiting_since"), updatedAt: time("updated_at")!, seconds: row["duration_seconds"],
      errorType: row["error_type"],
      costUSD: row["cost_usd"], approver: row["approver"], workflowRun: row["workflow_run_id"], tier: row["tier"],
      model: row["model"],
      inputTokens: row["input_tokens"], outputTokens: row["output_tokens"])
  }
}

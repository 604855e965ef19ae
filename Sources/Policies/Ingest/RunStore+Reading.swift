import GRDB
import Orchestration
import SeriesModel

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
    try page(kind: .workflow, state: state, name: workflow, cursor: cursor, limit: limit)
  }

  /// Agent runs, newest first; at most ``pageLimit``.
  package func agentRuns(state: String? = nil, agent: String? = nil, cursor: Int64? = nil, limit: Int = 100) throws -> RunPage {
    try page(kind: .agent, state: state, name: agent, cursor: cursor, limit: limit)
  }

  /// The attempts of a workflow run, the first first.
  package func run(_ id: String) throws -> [RunRow] {
    try pool.read { db in
      try RunIndex.rows(db, .run(id), kind: .workflow, limit: Self.pageLimit)
        .sorted { ($0.orchestrator, $0.run.attempt) < ($1.orchestrator, $1.run.attempt) }
    }
  }

  /// The agent runs of a workflow run, in order of first sight.
  package func agents(of workflowRun: String) throws -> [RunRow] {
    try pool.read { db in try RunIndex.rows(db, .workflowRun(workflowRun), kind: .agent, limit: Self.pageLimit).reversed() }
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

  private func page(kind: RunUpdate.Kind, state: String?, name: String?, cursor: Int64?, limit: Int) throws -> RunPage {
    let size = min(max(1, limit), Self.pageLimit)
    let found = try pool.read { db in
      if let name { return try RunIndex.rows(db, .name(name), kind: kind, state: state, before: cursor, limit: size + 1) }
      return try Row.fetchAll(
        db,
        sql:
          "SELECT * FROM runs WHERE kind = ? \(state == nil ? "AND ? IS NULL" : "AND state = ?") AND seq < ? ORDER BY seq DESC LIMIT ?",
        arguments: [Int(kind.rawValue), state, cursor ?? .max, size + 1]
      ).map(RunRow.init)
    }
    let runs = Array(found.prefix(size))
    return RunPage(runs: runs, next: found.count > size ? runs.last?.sequence : nil)
  }
}

extension RunRow {
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

/// The fields of an event that are looked at. All others are checked as JSON and left alone.
enum EventField: Int, CaseIterable, Sendable {
  case specversion = 0
  case id, source, type, time, subject, datacontenttype, data

  // Within `data`.
  case runID
  case workflow, trigger, attempt, startedAt, durationSeconds, errorType, costUSD, approver
  case agent, agentType, action, workflowRunID, tier, model, inputTokens, outputTokens
  case startupSeconds, active, capacity, memoryBytes
  case queue, priority, depth, inFlight, consumers, oldestMessageAgeSeconds, count, reason
  case bytes, dropped, direction

  static let firstOfData = EventField.runID

  /// The name within its object.
  var name: String {
    switch self {
    case .specversion: "specversion"
    case .id: "id"
    case .source: "source"
    case .type, .agentType: "type"
    case .time: "time"
    case .subject: "subject"
    case .datacontenttype: "datacontenttype"
    case .data: "data"
    case .runID: "run_id"
    case .workflow: "workflow"
    case .trigger: "trigger"
    case .attempt: "attempt"
    case .startedAt: "started_at"
    case .durationSeconds: "duration_seconds"
    case .errorType: "error_type"
    case .costUSD: "cost_usd"
    case .approver: "approver"
    case .agent: "agent"
    case .action: "action"
    case .workflowRunID: "workflow_run_id"
    case .tier: "tier"
    case .model: "model"
    case .inputTokens: "input_tokens"
    case .outputTokens: "output_tokens"
    case .startupSeconds: "startup_seconds"
    case .active: "active"
    case .capacity: "capacity"
    case .memoryBytes: "memory_bytes"
    case .queue: "queue"
    case .priority: "priority"
    case .depth: "depth"
    case .inFlight: "in_flight"
    case .consumers: "consumers"
    case .oldestMessageAgeSeconds: "oldest_message_age_seconds"
    case .count: "count"
    case .reason: "reason"
    case .bytes: "bytes"
    case .dropped: "dropped"
    case .direction: "direction"
    }
  }

  /// As a refusal names it.
  var path: String { rawValue < Self.firstOfData.rawValue ? name : "data." + name }
}

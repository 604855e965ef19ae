import SeriesModel

// Workflow runs and agent runs.

extension Families {
  package static let workflowRunsTotal = Family.counter(
    "workflow_runs_total", .workflow, ["workflow", "trigger", .runStatus], "Workflow runs that ended, by how they ended")
  package static let workflowDurationSeconds = Family.histogram(
    "workflow_duration_seconds", .workflow, ["workflow", .runStatus], "Time from the start of a workflow run to its end",
    unit: .seconds,
    buckets: [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200])
  package static let workflowsActive = Family.gauge(
    "workflows_active", .workflow, ["workflow", .closed("state", "pending", "running", "waiting_approval")],
    "Workflow runs that have not ended, by state", ttl: Family.month)
  package static let workflowApprovalWaitSeconds = Family.histogram(
    "workflow_approval_wait_seconds", .workflow, ["workflow"], "Time that a workflow run waited for an approval or a rejection",
    unit: .seconds,
    buckets: [10, 60, 300, 900, 1800, 3600, 14_400, 86_400])
  package static let workflowOldestPendingApprovalAgeSeconds = Family.gauge(
    "workflow_oldest_pending_approval_age_seconds", .workflow, ["workflow"], "Age of the oldest approval that is still waited for",
    unit: .seconds,
    fold: .max, ttl: Family.month)
  package static let workflowRetriesTotal = Family.counter(
    "workflow_retries_total", .workflow, ["workflow"], "Workflow runs that were started again after a failure")
  package static let workflowCostUSDTotal = Family.counter(
    "workflow_cost_usd_total", .workflow, ["workflow"], "Cost of workflow runs", unit: .usd)

  static let workflow = [
    workflowRunsTotal, workflowDurationSeconds, workflowsActive, workflowApprovalWaitSeconds,
    workflowOldestPendingApprovalAgeSeconds,
    workflowRetriesTotal, workflowCostUSDTotal,
  ]

  package static let agentRunsTotal = Family.counter(
    "agent_runs_total", .agent, ["agent", .agentType, .runStatus], "Agent runs that ended, by how they ended")
  package static let agentDurationSeconds = Family.histogram(
    "agent_duration_seconds", .agent, ["agent"], "Time from the start of an agent run to its end", unit: .seconds,
    buckets: [0.1, 0.4, 1.6, 6.4, 25.6, 102.4, 409.6])
  package static let agentErrorsTotal = Family.counter(
    "agent_errors_total", .agent, ["agent", .agentType, "error_type"], "Errors of agent runs, by kind")
  package static let agentRetriesTotal = Family.counter(
    "agent_retries_total", .agent, ["agent"], "Agent runs that were tried again")
  package static let agentsActive = Family.gauge("agents_active", .agent, ["tier"], "Agents that are running")
  package static let agentsCapacity = Family.gauge("agents_capacity", .agent, ["tier"], "Agents that may run at once")
  package static let agentsStartedTotal = Family.counter("agents_started_total", .agent, ["tier"], "Agents that were started")
  package static let agentStartupDurationSeconds = Family.histogram(
    "agent_startup_duration_seconds", .agent, ["tier"], "Time that an agent took to start", unit: .seconds,
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5])
  package static let agentTokensTotal = Family.counter(
    "agent_tokens_total", .agent, ["agent", "model", .closed("direction", "input", "output")],
    "Tokens that agents sent to and got from models")
  package static let agentCostUSDTotal = Family.counter(
    "agent_cost_usd_total", .agent, ["agent", "model"], "Cost of agent runs", unit: .usd)
  package static let agentMemoryBytes = Family.gauge(
    "agent_memory_bytes", .agent, ["tier"], "Memory that agents hold", unit: .bytes)

  static let agent = [
    agentRunsTotal, agentDurationSeconds, agentErrorsTotal, agentRetriesTotal, agentsActive, agentsCapacity, agentsStartedTotal,
    agentStartupDurationSeconds, agentTokensTotal, agentCostUSDTotal, agentMemoryBytes,
  ]
}

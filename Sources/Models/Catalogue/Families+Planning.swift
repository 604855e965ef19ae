import SeriesModel

// Planners, resolution loops, quality gates.

extension Families {
  package static let plannerPlansTotal = Family.counter(
    "planner_plans_total", .planner, ["planner", .outcome], "Plans that a planner made, by how that ended")
  package static let plannerStepDurationSeconds = Family.histogram(
    "planner_step_duration_seconds", .planner, ["planner", "step"], "Time that a step of planning took", unit: .seconds,
    buckets: [0.5, 1, 5, 10, 30, 60, 300])
  package static let plannerBacklogItems = Family.gauge(
    "planner_backlog_items", .planner, ["planner", .closed("state", "pending", "in_progress", "blocked")],
    "Open items of a backlog, by state")
  package static let plannerBacklogItemsDoneTotal = Family.counter(
    "planner_backlog_items_done_total", .planner, ["planner"], "Items of a backlog that were done")
  package static let plannerBacklogReturnsTotal = Family.counter(
    "planner_backlog_returns_total", .planner, ["planner"], "Items that went back from in progress to pending")
  package static let plannerFlappingItems = Family.gauge(
    "planner_flapping_items", .planner, ["planner"], "Items that went back to pending again and again")
  package static let plannerOrphanedItems = Family.gauge(
    "planner_orphaned_items", .planner, ["planner"], "Items in progress that nobody works on")
  package static let plannerBacklogOldestInProgressAgeSeconds = Family.gauge(
    "planner_backlog_oldest_in_progress_age_seconds", .planner, ["planner"], "Time that the oldest item has been in progress",
    unit: .seconds,
    fold: .max)
  package static let plannerObligationsOpen = Family.gauge(
    "planner_obligations_open", .planner, ["planner"], "Obligations that are not fulfilled")
  package static let plannerObligationsTotal = Family.counter(
    "planner_obligations_total", .planner, ["planner", .closed("outcome", "fulfilled", "breached")], "Obligations that ended")
  package static let plannerOldestOpenObligationAgeSeconds = Family.gauge(
    "planner_oldest_open_obligation_age_seconds", .planner, ["planner"], "Age of the oldest obligation that is not fulfilled",
    unit: .seconds,
    fold: .max)
  package static let plannerCritiquesTotal = Family.counter(
    "planner_critiques_total", .planner,
    ["planner", .closed("result", "accepted", "rejected", "count_exhausted", "token_exhausted")],
    "Critiques of plans, by result")
  package static let plannerTemplateProblems = Family.gauge(
    "planner_template_problems", .planner, ["planner", .closed("problem", "missing", "inactive")],
    "Templates that a planner cannot use")
  package static let plannerWorldStateTimestampSeconds = Family.gauge(
    "planner_world_state_timestamp_seconds", .planner, ["planner"], "When a planner last saw the state of its world, as Unix time",
    unit: .seconds, fold: .min, ttl: Family.month)
  package static let plannerContractDriftsTotal = Family.counter(
    "planner_contract_drifts_total", .planner, ["planner"], "Times that a contract and what it describes fell apart")

  static let planner = [
    plannerPlansTotal, plannerStepDurationSeconds, plannerBacklogItems, plannerBacklogItemsDoneTotal, plannerBacklogReturnsTotal,
    plannerFlappingItems, plannerOrphanedItems, plannerBacklogOldestInProgressAgeSeconds, plannerObligationsOpen,
    plannerObligationsTotal,
    plannerOldestOpenObligationAgeSeconds, plannerCritiquesTotal, plannerTemplateProblems, plannerWorldStateTimestampSeconds,
    plannerContractDriftsTotal,
  ]

  package static let resolutionLoopsActive = Family.gauge(
    "resolution_loops_active", .resolution, [], "Resolution loops that have not ended")
  package static let resolutionActiveMaxAttempts = Family.gauge(
    "resolution_active_max_attempts", .resolution, [], "Attempts of the active loop that has most", fold: .max)
  package static let resolutionLoopsTotal = Family.counter(
    "resolution_loops_total", .resolution, [.closed("outcome", "closed", "escalated", "abandoned")], "Resolution loops that ended")
  package static let resolutionAttempts = Family.histogram(
    "resolution_attempts", .resolution, [], "Attempts that closed loops took", buckets: [1, 2, 3, 5, 8])
  package static let resolutionIncidentsTotal = Family.counter(
    "resolution_incidents_total", .resolution, [], "Incidents that resolution loops raised")

  static let resolution = [
    resolutionLoopsActive, resolutionActiveMaxAttempts, resolutionLoopsTotal, resolutionAttempts, resolutionIncidentsTotal,
  ]

  package static let qualityGateDecisionsTotal = Family.counter(
    "quality_gate_decisions_total", .quality, ["gate", .closed("decision", "approved", "rejected")], "Decisions of quality gates")
  package static let qualityGateRejectionsTotal = Family.counter(
    "quality_gate_rejections_total", .quality, ["gate", "reason"], "Rejections by quality gates, by reason")
  package static let qualityGateRubricScore = Family.histogram(
    "quality_gate_rubric_score", .quality, ["dimension"], "Scores from 0 to 1 that rubrics gave",
    buckets: (1...10).map { Double($0) / 10 })
  package static let qualityGateConsensusTotal = Family.counter(
    "quality_gate_consensus_total", .quality, [.closed("outcome", "reached", "failed")], "Attempts of reviewers to agree")

  static let quality = [qualityGateDecisionsTotal, qualityGateRejectionsTotal, qualityGateRubricScore, qualityGateConsensusTotal]
}

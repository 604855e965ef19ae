import SeriesModel

// What Tidemark tells of its rules, notifications, queries and HTTP server. Names follow what people know from the originals.

extension Families {
  package static let tidemarkRuleGroupIterationsTotal = Family.counter(
    "tidemark_rule_group_iterations_total", .own, ["rule_group"], "Passes of a rule group that were due")
  package static let tidemarkRuleGroupIterationsMissedTotal = Family.counter(
    "tidemark_rule_group_iterations_missed_total", .own, ["rule_group"],
    "Passes of a rule group that were skipped because it was late")
  package static let tidemarkRuleGroupLastDurationSeconds = Family.gauge(
    "tidemark_rule_group_last_duration_seconds", .own, ["rule_group"], "Time that the last pass took", unit: .seconds)
  package static let tidemarkRuleGroupIntervalSeconds = Family.gauge(
    "tidemark_rule_group_interval_seconds", .own, ["rule_group"], "Time between two passes", unit: .seconds)
  package static let tidemarkRuleGroupLastEvaluationTimestampSeconds = Family.gauge(
    "tidemark_rule_group_last_evaluation_timestamp_seconds", .own, ["rule_group"],
    "When the group was last evaluated, as Unix time",
    unit: .seconds)
  package static let tidemarkRuleGroupLastEvaluationSamples = Family.gauge(
    "tidemark_rule_group_last_evaluation_samples", .own, ["rule_group"], "Samples that the last pass wrote")
  package static let tidemarkRuleGroupRules = Family.gauge("tidemark_rule_group_rules", .own, ["rule_group"], "Rules in a group")
  package static let tidemarkRuleEvaluationsTotal = Family.counter(
    "tidemark_rule_evaluations_total", .own, ["rule_group"], "Rules evaluated")
  package static let tidemarkRuleEvaluationFailuresTotal = Family.counter(
    "tidemark_rule_evaluation_failures_total", .own, ["rule_group"], "Rules that could not be evaluated")
  package static let tidemarkAlerts = Family.gauge(
    "tidemark_alerts", .own, [.closed("state", "pending", "firing")], "Alerts, by state")

  private static let integration: [FamilyLabel] = ["receiver", "integration"]
  package static let tidemarkNotificationsTotal = Family.counter(
    "tidemark_notifications_total", .own, integration, "Notifications that were tried")
  package static let tidemarkNotificationsFailedTotal = Family.counter(
    "tidemark_notifications_failed_total", .own,
    integration + [.closed("reason", "client_error", "server_error", "timeout", "connection", "other")],
    "Notifications that failed for good")
  package static let tidemarkNotificationRequestsTotal = Family.counter(
    "tidemark_notification_requests_total", .own, integration, "Requests sent for notifications, repeats counted")
  package static let tidemarkNotificationRequestsFailedTotal = Family.counter(
    "tidemark_notification_requests_failed_total", .own, integration, "Requests for notifications that failed")
  package static let tidemarkNotificationLatencySeconds = Family.histogram(
    "tidemark_notification_latency_seconds", .own, integration, "Time that a request for a notification took", unit: .seconds,
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 15, 20])
  package static let tidemarkNotificationsPending = Family.gauge(
    "tidemark_notifications_pending", .own, ["receiver"], "Notifications that wait to be delivered")
  package static let tidemarkNotificationsDroppedTotal = Family.counter(
    "tidemark_notifications_dropped_total", .own, ["receiver"], "Notifications that were thrown away because too many waited")

  package static let tidemarkQueriesTotal = Family.counter(
    "tidemark_queries_total", .own,
    [.closed("kind", "instant", "range"), .closed("result", "success", "error", "timeout", "canceled", "refused")],
    "Queries answered over HTTP")
  package static let tidemarkQueryDurationSeconds = Family.histogram(
    "tidemark_query_duration_seconds", .own, [.closed("kind", "instant", "range")], "Time that a query over HTTP took",
    unit: .seconds,
    buckets: latencies)
  package static let tidemarkQuerySamplesTotal = Family.counter(
    "tidemark_query_samples_total", .own, [], "Samples that queries read")
  package static let tidemarkQueriesActive = Family.gauge(
    "tidemark_queries_active", .own, [], "Queries that are running or wait to run")
  package static let tidemarkQueriesRefusedTotal = Family.counter(
    "tidemark_queries_refused_total", .own,
    [.closed("limit", "syntax", "samples", "series", "memory", "shared_memory", "answers", "time", "waiting")],
    "Queries that were refused or ended because they would have taken more than they may")
  package static let tidemarkQueryMemoryBytes = Family.gauge(
    "tidemark_query_memory_bytes", .own, [],
    "Memory that queries, those of rules among them, have needed at a time, until their results are written", unit: .bytes)
  package static let tidemarkQueriesWaiting = Family.gauge(
    "tidemark_queries_waiting", .own, [], "Queries that wait for their turn")
  package static let tidemarkQueriesLimit = Family.gauge("tidemark_queries_limit", .own, [], "Queries that may run at once")

  package static let tidemarkHTTPRequestsTotal = Family.counter(
    "tidemark_http_requests_total", .own, ["handler", "code"], "HTTP requests answered, by route and status")
  package static let tidemarkHTTPRequestDurationSeconds = Family.histogram(
    "tidemark_http_request_duration_seconds", .own, ["handler"], "Time from a complete request to its answer", unit: .seconds,
    buckets: latencies)
  package static let tidemarkHTTPResponseBytesTotal = Family.counter(
    "tidemark_http_response_bytes_total", .own, ["handler"], "Bytes of response bodies", unit: .bytes)
  package static let tidemarkHTTPConnections = Family.gauge("tidemark_http_connections", .own, [], "Connections that are open")
  package static let tidemarkHTTPRefusedTotal = Family.counter(
    "tidemark_http_refused_total", .own, [.closed("reason", "full", "late", "left", "no_room", "slow")],
    "Requests that no handler answered, because too many waited, they waited too long, their clients left or their answers had no room; connections cut as too slow"
  )
  package static let tidemarkHTTPAnswerBytes = Family.gauge(
    "tidemark_http_answer_bytes", .own, [], "Bytes of answers on their way to clients", unit: .bytes)
  package static let tidemarkStreamClients = Family.gauge(
    "tidemark_stream_clients", .own, [], "Clients that listen to an event stream")

  static let ownPolicies = [
    tidemarkRuleGroupIterationsTotal, tidemarkRuleGroupIterationsMissedTotal, tidemarkRuleGroupLastDurationSeconds,
    tidemarkRuleGroupIntervalSeconds, tidemarkRuleGroupLastEvaluationTimestampSeconds, tidemarkRuleGroupLastEvaluationSamples,
    tidemarkRuleGroupRules, tidemarkRuleEvaluationsTotal, tidemarkRuleEvaluationFailuresTotal, tidemarkAlerts,
    tidemarkNotificationsTotal,
    tidemarkNotificationsFailedTotal, tidemarkNotificationRequestsTotal, tidemarkNotificationRequestsFailedTotal,
    tidemarkNotificationLatencySeconds, tidemarkNotificationsPending, tidemarkNotificationsDroppedTotal, tidemarkQueriesTotal,
    tidemarkQueryDurationSeconds, tidemarkQuerySamplesTotal, tidemarkQueriesActive, tidemarkQueriesWaiting,
    tidemarkQueriesRefusedTotal,
    tidemarkQueryMemoryBytes, tidemarkQueriesLimit, tidemarkHTTPRequestsTotal,
    tidemarkHTTPRequestDurationSeconds, tidemarkHTTPResponseBytesTotal, tidemarkHTTPConnections, tidemarkHTTPRefusedTotal,
    tidemarkHTTPAnswerBytes,
    tidemarkStreamClients,
  ]
}

import SeriesModel

// Hosts, processes, model providers, APIs, databases, services, budget.

extension Families {
  package static let hostCPURatio = Family.gauge(
    "host_cpu_ratio", .resources, [], "Share of a host's processors in use", unit: .ratio, fold: .max)
  package static let hostMemoryRatio = Family.gauge(
    "host_memory_ratio", .resources, [], "Share of a host's memory in use", unit: .ratio, fold: .max)
  package static let hostDiskRatio = Family.gauge(
    "host_disk_ratio", .resources, [], "Share of a host's disk in use", unit: .ratio, fold: .max)
  package static let processResidentMemoryBytes = Family.gauge(
    "process_resident_memory_bytes", .resources, ["process"], "Memory of a process that is resident", unit: .bytes)
  package static let runtimeEventLoopLagSeconds = Family.gauge(
    "runtime_event_loop_lag_seconds", .resources, ["process"], "Delay of a process' event loop", unit: .seconds, fold: .max)
  package static let runtimeHeapUsedBytes = Family.gauge(
    "runtime_heap_used_bytes", .resources, ["process"], "Heap in use", unit: .bytes)
  package static let runtimeHeapLimitBytes = Family.gauge(
    "runtime_heap_limit_bytes", .resources, ["process"], "Heap that may be used", unit: .bytes)
  package static let providerTokensTotal = Family.counter(
    "provider_tokens_total", .resources, ["provider"], "Tokens used at a model provider")
  package static let providerRequestsTotal = Family.counter(
    "provider_requests_total", .resources, ["provider"], "Requests to a model provider")
  package static let providerTokensUsed = Family.gauge(
    "provider_tokens_used", .resources, ["provider", .tokenWindow], "Tokens used in the current window of a provider's limit")
  package static let providerTokensLimit = Family.gauge(
    "provider_tokens_limit", .resources, ["provider", .tokenWindow], "Tokens that a provider allows in a window")
  package static let providerLimitHitsTotal = Family.counter(
    "provider_limit_hits_total", .resources, ["provider"], "Times that a provider's limit was reached")
  package static let providerRecoveriesTotal = Family.counter(
    "provider_recoveries_total", .resources, ["provider"], "Times that a provider came back")
  package static let providerFailoversTotal = Family.counter(
    "provider_failovers_total", .resources, ["provider"], "Times that work moved away from a provider")
  package static let providerDowntimeSeconds = Family.histogram(
    "provider_downtime_seconds", .resources, ["provider"], "Time that a provider was away", unit: .seconds,
    buckets: [10, 60, 300, 900, 3600])

  static let resources = [
    hostCPURatio, hostMemoryRatio, hostDiskRatio, processResidentMemoryBytes, runtimeEventLoopLagSeconds, runtimeHeapUsedBytes,
    runtimeHeapLimitBytes, providerTokensTotal, providerRequestsTotal, providerTokensUsed, providerTokensLimit,
    providerLimitHitsTotal,
    providerRecoveriesTotal, providerFailoversTotal, providerDowntimeSeconds,
  ]

  package static let httpServerRequestDurationSeconds = Family.histogram(
    "http_server_request_duration_seconds", .api, ["http_route", "http_response_status_code"], "Time that a request to an API took",
    unit: .seconds, buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5])
  package static let httpServerActiveRequests = Family.gauge(
    "http_server_active_requests", .api, [], "Requests that an API is working on")
  package static let dbClientOperationDurationSeconds = Family.histogram(
    "db_client_operation_duration_seconds", .api, ["operation"], "Time that an operation on a database took", unit: .seconds,
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1])

  static let api = [httpServerRequestDurationSeconds, httpServerActiveRequests, dbClientOperationDurationSeconds]

  // A service or source that goes silent must stay in sight, so these have no end.
  package static let serviceUp = Family.gauge(
    "service_up", .services, ["service"], "Whether a service is up; 0 when it is down or silent", fold: .min, ttl: nil)
  package static let serviceReadiness = Family.gauge(
    "service_readiness", .services, ["service"], "State of a service: 0 unhealthy, 1 degraded, 2 healthy", fold: .min, ttl: nil)
  package static let sourceLastEventTimestampSeconds = Family.gauge(
    "source_last_event_timestamp_seconds", .services, ["source"], "When a source last sent an event, as Unix time", unit: .seconds,
    fold: .min,
    ttl: nil)

  static let services = [serviceUp, serviceReadiness, sourceLastEventTimestampSeconds]

  package static let aiBudgetSpendUSD = Family.gauge(
    "ai_budget_spend_usd", .budget, [], "Spend on models in the budget's window", unit: .usd, ttl: nil)
  package static let aiBudgetLimitUSD = Family.gauge(
    "ai_budget_limit_usd", .budget, [], "Spend on models that the budget allows in its window", unit: .usd, ttl: nil)

  static let budget = [aiBudgetSpendUSD, aiBudgetLimitUSD]
}

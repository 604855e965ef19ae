import SeriesModel

// What Tidemark tells of itself. These families live as long as the process and are not part of a checkpoint.

extension Families {
  // The program.
  package static let tidemarkBuildInfo = Family.gauge(
    "tidemark_build_info", .own, ["version", "revision", "swift_version"], "Always 1; the labels say what is running")
  package static let tidemarkStartTimeSeconds = Family.gauge(
    "tidemark_start_time_seconds", .own, [], "When the process started, as Unix time", unit: .seconds)
  package static let tidemarkResidentMemoryBytes = Family.gauge(
    "tidemark_resident_memory_bytes", .own, [], "Memory of the process that is resident", unit: .bytes)
  package static let tidemarkCPUSecondsTotal = Family.counter(
    "tidemark_cpu_seconds_total", .own, [], "Processor time of the process", unit: .seconds)
  package static let tidemarkConfigLastReloadSuccessful = Family.gauge(
    "tidemark_config_last_reload_successful", .own, [], "Whether the configuration was loaded when last tried")
  package static let tidemarkConfigLastReloadSuccessTimestampSeconds = Family.gauge(
    "tidemark_config_last_reload_success_timestamp_seconds", .own, [], "When the configuration was last loaded, as Unix time",
    unit: .seconds)

  // Scrapes and series.
  package static let tidemarkScrapesTotal = Family.counter(
    "tidemark_scrapes_total", .own, [.closed("format", "text", "openmetrics"), .closed("encoding", "identity", "gzip")],
    "Scrapes answered, by format and encoding")
  package static let tidemarkPageRendersTotal = Family.counter(
    "tidemark_page_renders_total", .own, [.closed("format", "text", "openmetrics")], "Pages rendered; scrapes in between share one")
  package static let tidemarkPageLastRenderDurationSeconds = Family.gauge(
    "tidemark_page_last_render_duration_seconds", .own, [.closed("format", "text", "openmetrics")],
    "Time that the last rendering took",
    unit: .seconds)
  package static let tidemarkPageBytes = Family.gauge(
    "tidemark_page_bytes", .own, [.closed("format", "text", "openmetrics")], "Size of the page, uncompressed", unit: .bytes)
  package static let tidemarkSeries = Family.gauge("tidemark_series", .own, [], "Series that a scrape shows")
  package static let tidemarkSeriesOverflowedTotal = Family.counter(
    "tidemark_series_overflowed_total", .own, ["family"], "Label sets that a family's cap did not admit")
  package static let tidemarkSeriesEvictedTotal = Family.counter(
    "tidemark_series_evicted_total", .own, [], "Label sets that were dropped because nothing updated them")

  // Self-sampling and the head.
  package static let tidemarkSamplerTicksTotal = Family.counter(
    "tidemark_sampler_ticks_total", .own, [], "Times that the own series were sampled")
  package static let tidemarkSamplerTicksMissedTotal = Family.counter(
    "tidemark_sampler_ticks_missed_total", .own, [], "Grid times that passed without a sample")
  package static let tidemarkSamplerSamplesTotal = Family.counter(
    "tidemark_sampler_samples_total", .own, [], "Samples of own series that were stored")
  package static let tidemarkSamplerSamplesRefusedTotal = Family.counter(
    "tidemark_sampler_samples_refused_total", .own, [], "Samples of own series that the storage refused")
  package static let tidemarkHeadSeries = Family.gauge("tidemark_head_series", .own, [], "Series in memory")
  package static let tidemarkHeadBytes = Family.gauge(
    "tidemark_head_bytes", .own, [], "Memory that samples and their index take", unit: .bytes)
  package static let tidemarkHeadSamplesAppendedTotal = Family.counter(
    "tidemark_head_samples_appended_total", .own, [], "Samples taken into memory, from everywhere")
  package static let tidemarkHeadSamplesRefusedTotal = Family.counter(
    "tidemark_head_samples_refused_total", .own,
    [.closed("reason", "out_of_order", "duplicate", "too_old", "too_far_in_future", "unknown_series")],
    "Samples that were not taken")

  // Events and logs.
  package static let tidemarkEventsTotal = Family.counter(
    "tidemark_events_total", .own, ["type", .closed("result", "accepted", "duplicate", "rejected")],
    "Events received, by type and result")
  package static let tidemarkEventRejectionsTotal = Family.counter(
    "tidemark_event_rejections_total", .own, ["reason"], "Events that were refused, by reason")
  package static let tidemarkEventBatchesTotal = Family.counter(
    "tidemark_event_batches_total", .own, [.closed("result", "accepted", "partial", "rejected", "busy")],
    "Requests that brought events")
  package static let tidemarkEventIdentities = Family.gauge(
    "tidemark_event_identities", .own, [], "Identities of events that are remembered to recognise duplicates")
  package static let tidemarkRunsTracked = Family.gauge(
    "tidemark_runs_tracked", .own, [.closed("kind", "workflow", "agent")], "Runs in memory, ended or not")
  package static let tidemarkLogBytesTotal = Family.counter(
    "tidemark_log_bytes_total", .own, ["log"], "Bytes written to a log", unit: .bytes)
  package static let tidemarkLogRecordsTotal = Family.counter(
    "tidemark_log_records_total", .own, ["log"], "Records written to a log")
  package static let tidemarkLogCutBytesTotal = Family.counter(
    "tidemark_log_cut_bytes_total", .own, ["log"], "Bytes of torn records that were cut off at a start", unit: .bytes)
  package static let tidemarkLogSizeBytes = Family.gauge(
    "tidemark_log_size_bytes", .own, ["log"], "Size of a log's segments", unit: .bytes)
  package static let tidemarkLogCommitDurationSeconds = Family.histogram(
    "tidemark_log_commit_duration_seconds", .own, ["log"], "Time until a batch was durable", unit: .seconds, buckets: latencies)
  package static let tidemarkCheckpointLastSuccessTimestampSeconds = Family.gauge(
    "tidemark_checkpoint_last_success_timestamp_seconds", .own, [], "When a checkpoint was last written, as Unix time",
    unit: .seconds)
  package static let tidemarkCheckpointBytes = Family.gauge(
    "tidemark_checkpoint_bytes", .own, [], "Size of the last checkpoint", unit: .bytes)

  static let latencies = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

  static let own =
    [
      tidemarkBuildInfo, tidemarkStartTimeSeconds, tidemarkResidentMemoryBytes, tidemarkCPUSecondsTotal,
      tidemarkConfigLastReloadSuccessful,
      tidemarkConfigLastReloadSuccessTimestampSeconds, tidemarkScrapesTotal, tidemarkPageRendersTotal,
      tidemarkPageLastRenderDurationSeconds,
      tidemarkPageBytes, tidemarkSeries, tidemarkSeriesOverflowedTotal, tidemarkSeriesEvictedTotal, tidemarkSamplerTicksTotal,
      tidemarkSamplerTicksMissedTotal, tidemarkSamplerSamplesTotal, tidemarkSamplerSamplesRefusedTotal, tidemarkHeadSeries,
      tidemarkHeadBytes,
      tidemarkHeadSamplesAppendedTotal, tidemarkHeadSamplesRefusedTotal, tidemarkEventsTotal, tidemarkEventRejectionsTotal,
      tidemarkEventBatchesTotal, tidemarkEventIdentities, tidemarkRunsTracked, tidemarkLogBytesTotal, tidemarkLogRecordsTotal,
      tidemarkLogCutBytesTotal, tidemarkLogSizeBytes, tidemarkLogCommitDurationSeconds,
      tidemarkCheckpointLastSuccessTimestampSeconds,
      tidemarkCheckpointBytes,
    ] + ownPolicies
}

import SeriesModel

/// Every limit of the event interface, by the name that refusals and the configuration use.
package struct IngestLimits: Equatable, Sendable {
  /// `body_bytes`: of one request, unpacked.
  package var bodyBytes = 8 << 20
  /// `batch_events`: in one request.
  package var batchEvents = 10_000
  /// `event_bytes`: of one event's JSON.
  package var eventBytes = 256 << 10
  /// `nesting`: objects and arrays within each other in one event.
  package var nesting = 32
  /// `id_bytes`: of `id`, `source`, `run_id` and `workflow_run_id`.
  package var idBytes = 512
  /// `label_bytes`: of every other text.
  package var labelBytes = 256
  /// `future`: how far an event's time may lie ahead.
  package var future = PromDuration.minutes(5)
  /// `dedupe_window`: how far it may lie back.
  package var window = PromDuration.hours(1)
  /// `dedupe_ids`: identities that are remembered; with more, the window shrinks.
  package var identities = 20_000_000
  /// `waiting_events`: events of all requests that wait for the log.
  package var waitingEvents = 200_000
  /// Greatest `count` (and number of bytes or tokens) in one event: what a sum of doubles still holds exactly, many times over.
  package var amount = 1e12

  package init() {}
}

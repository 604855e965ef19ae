import SeriesModel

/// A run's end as it was told, waiting for what it did not say.
///
/// An end's own words win over those of the run's start, so that the order in which the two came does not matter.
package struct RunEnd<Report: Equatable & Sendable>: Equatable, Sendable {
  package var status: RunStatus
  package var at: Timestamp
  package var report: Report

  package init(status: RunStatus, at: Timestamp, report: Report) {
    self.status = status
    self.at = at
    self.report = report
  }
}

/// What an end meets at a run.
package enum RunVerdict: Equatable, Sendable {
  case accepted
  /// The run has ended in this way already: nothing new.
  case repeated
  /// The run has ended in another way.
  case conflict(with: RunStatus)

  init(ended: RunStatus?, now status: RunStatus) {
    self = ended.map { $0 == status ? .repeated : .conflict(with: $0) } ?? .accepted
  }
}

/// How long something took: as told, or since its start; never below zero. `nil` when neither is known.
func elapsed(told seconds: Double?, from start: Timestamp?, to end: Timestamp) -> Double? {
  seconds ?? start.map { max(0, (end - $0).seconds) }
}

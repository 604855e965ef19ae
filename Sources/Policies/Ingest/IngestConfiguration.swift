import DurableLog
import Orchestration
import SeriesModel

/// What the event interface is made with.
package struct IngestConfiguration: Sendable {
  /// Holds the event log (`events/`), the checkpoint and the database of runs.
  package var directory: String
  package var limits = IngestLimits()
  package var policy = OrchestrationPolicy()
  package var orchestrators = OrchestratorMap()
  package var log = DurableLog.Options()
  /// Between two checkpoints while events come in.
  package var checkpointInterval = PromDuration.seconds(15)
  /// Between two writes of run rows.
  package var flushInterval = PromDuration.seconds(2)
  /// How long ended runs stay in the lists.
  package var runRetention = PromDuration.hours(30 * 24)
  /// Rows that wait for a database that does not take them; more are not kept.
  package var waitingRows = 500_000

  package init(directory: String) { self.directory = directory }
}

/// Why the event interface could not start.
package enum IngestError: Error, Equatable, CustomStringConvertible {
  case log(LogError)
  case file(path: String, problem: String)
  /// The log begins later than what the checkpoint has counted, or there is none.
  case checkpointMissing(path: String)
  case checkpointDamaged(path: String, problem: String)
  case recordDamaged(at: LogPosition, problem: String)

  package var description: String {
    switch self {
    case .log(let error): error.description
    case .file(let path, let problem): "\(path): \(problem)"
    case .checkpointMissing(let path):
      "\(path) is missing, and the event log no longer has everything it counted; restore it from a backup, or begin with an empty folder"
    case .checkpointDamaged(let path, let problem):
      "\(path) is damaged: \(problem); restore it from a backup, or begin with an empty folder"
    case .recordDamaged(let position, let problem): "event log at \(position.segment):\(position.offset): \(problem)"
    }
  }
}

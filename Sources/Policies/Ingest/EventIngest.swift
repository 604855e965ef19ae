import DurableLog
import Instruments
import Orchestration
import SeriesModel
import Threading

/// Events in: checked, made durable, counted, and answered.
///
/// The way of a request: decode → check → log → count → answer. Requests that come while another is on its way wait and go together: one write of the log
/// and one update of the instruments for all of them. Nothing is shown before it is in the log, and what an answer acknowledges is in the log and counted.
///
/// ``Pump/run(through:)`` is called by a thread of its own; it lets waiting ends and lost runs be counted, writes rows and checkpoints.
package final class EventIngest: Sendable {
  package let configuration: IngestConfiguration
  /// Runs for lists and history; `nil` as long as the database cannot be opened.
  package var runs: RunStore? { shared.withLock { $0.store } }

  /// What keeps events, rows or checkpoints from being written, if anything does. Without rows and checkpoints events count, and the log grows.
  package var problems: [String] { shared.withLock { $0.problems } }

  let time: any TimeSource
  let registry: Registry
  let log: DurableLog
  let core: BlockingLock<IngestCore>
  let upkeep: BlockingLock<Upkeep>
  let instruments: IngestInstruments
  let waiting = BlockingLock(WaitingRequests())
  let shared = BlockingLock(Shared())
  let decoders = BlockingLock<[EventDecoder]>([])

  /// What the pump has to remember.
  struct Upkeep {
    var flushAt = Timestamp.distantPast
    var checkpointAt = Timestamp.distantPast
    var checkpointed = LogPosition.start
    var pruneAt = Timestamp.distantPast
    var isStopped = false
  }

  /// What others may ask for while the pump is at work.
  struct Shared {
    var store: RunStore?
    var logProblem: String?
    var storeProblem: String?
    var checkpointProblem: String?
    var droppedRows = 0

    var problems: [String] {
      [
        logProblem, storeProblem, checkpointProblem,
        droppedRows > 0 ? "\(droppedRows) rows of runs were dropped, because the database did not take them" : nil,
      ]
      .compactMap(\.self)
    }
  }

  /// Opens the log, restores the last checkpoint and replays what came after it. On return everything that was ever acknowledged is counted in `registry`,
  /// which has to be new.
  package init(_ configuration: IngestConfiguration, registry: Registry, time: any TimeSource) throws(IngestError) {
    self.configuration = configuration
    self.registry = registry
    self.time = time
    let instruments = IngestInstruments(registry)
    self.instruments = instruments
    do { log = try DurableLog(directory: configuration.directory + "/events", options: configuration.log) } catch {
      throw .log(error)
    }
    var core = IngestCore(configuration: configuration, registry: registry)
    try Recovery(log: log, checkpoint: CheckpointFile(path: Self.checkpointPath(configuration))).run(&core, now: time.now())
    let (cut, now) = (log.recovered.bytesCut, time.now())
    registry.update { u in instruments.bear(at: now, cutBytes: cut, in: &u) }
    self.core = BlockingLock(core)
    upkeep = BlockingLock(Upkeep())
    try passOverStrangeRows()
  }

  /// Events that go together at most (a request is not divided): nobody scrapes while they are counted.
  static let groupEvents = 10_000

  static func checkpointPath(_ configuration: IngestConfiguration) -> String { configuration.directory + "/checkpoint" }

  /// Takes the events of one request.
  ///
  /// - Parameters:
  ///   - body: unpacked.
  ///   - now: when the request came.
  /// - Returns: 200 with what was accepted; 400 when nothing was good; 413, 415; 429 when too much waits, 503 when the log does not take it.
  package func accept(body: [UInt8], contentType: String?, now: Timestamp) -> IngestAnswer {
    do throws(RequestProblem) {
      let request = try decode(body, contentType, now)
      guard request.events.count > 0 else { return answerWithoutEvents(request) }
      try join(request)
      core.withLock { core in
        // Whoever comes first takes everybody along.
        while request.answer == nil { carry(waiting.withLock { $0.take(limit: Self.groupEvents) }, &core) }
      }
      return request.answer!
    } catch {
      let result: IngestInstruments.BatchResult = error.status == 429 || error.status == 503 ? .busy : .rejected
      registry.update { u in instruments.publish(.init(batches: [result: 1]), at: now, to: &u) }
      return IngestAnswer(error)
    }
  }
}

import DurableLog
import Orchestration
import SeriesModel

/// Brings a core to where the last process left off: the checkpoint, and all records behind it.
///
/// Records before the checkpoint's position are read for identities and ends only. A log that ends before it has lost its end with the machine's power (a
/// checkpoint is always synced, a log need not be); what the checkpoint has counted stays counted.
struct Recovery {
  let log: DurableLog
  let checkpoint: CheckpointFile

  func run(_ core: inout IngestCore, now: Timestamp) throws(IngestError) {
    if let bytes = try checkpoint.read() {
      do throws(CodingError) { try core.restore(bytes) } catch {
        throw .checkpointDamaged(path: checkpoint.path, problem: error.description)
      }
      try coverLoss(&core)
    } else if log.beginning.segment > Self.firstSegment {
      throw .checkpointMissing(path: checkpoint.path)
    }
    try replay(&core)
    _ = core.advance(to: now)
    core.showGauges()
  }

  /// New records will stand where lost ones stood, so the checkpoint must not claim to have counted them.
  private func coverLoss(_ core: inout IngestCore) throws(IngestError) {
    guard core.position > log.end else { return }
    core.move(to: log.end)
    try checkpoint.write(core.checkpoint())
  }

  /// The number of a new log's only segment.
  static let firstSegment: UInt64 = 0

  private func replay(_ core: inout IngestCore) throws(IngestError) {
    let counted = core.position
    var previous = log.beginning
    var damage: IngestError?
    do throws(LogError) {
      try log.replay(from: .start) { position, record throws(LogError) in
        let bytes = SpanCopy.bytes(of: record)
        do throws(CodingError) {
          if position <= counted {
            try core.remember(bytes, from: previous)
          } else {
            try core.replay(bytes, from: previous, to: position)
          }
        } catch {
          damage = .recordDamaged(at: previous, problem: error.description)
          throw .stopped(error.description)
        }
        previous = position
      }
    } catch {
      throw damage ?? .log(error)
    }
  }
}

import DurableLog
import Orchestration
import SeriesModel

/// Brings a core to where the last process left off: the checkpoint, and all records behind it.
///
/// Records before the checkpoint's position are read for identities and ends only.
struct Recovery {
  let log: DurableLog
  let checkpoint: CheckpointFile

  func run(_ core: inout IngestCore, now: Timestamp) throws(IngestError) {
    if let bytes = try checkpoint.read() {
      do throws(CodingError) { try core.restore(bytes) } catch {
        throw .checkpointDamaged(path: checkpoint.path, problem: error.description)
      }
      guard core.position <= log.end else {
        throw .checkpointDamaged(
          path: checkpoint.path,
          problem: "it has counted more than the event log holds, which ends at \(log.end.segment):\(log.end.offset)")
      }
    } else if log.beginning.segment > Self.firstSegment {
      throw .checkpointMissing(path: checkpoint.path)
    }
    try replay(&core)
    _ = core.advance(to: now)
    core.showGauges()
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

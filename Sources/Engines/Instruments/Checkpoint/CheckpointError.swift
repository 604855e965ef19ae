/// Why bytes are not a checkpoint. Nothing of it was taken, unless it is `malformed` behind a good checksum: then what came before is there.
package enum CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
  case notACheckpoint
  case unknownVersion(UInt8)
  case checksum(expected: UInt32, found: UInt32)
  case truncated(offset: Int)
  case malformed(String, offset: Int)

  package var description: String {
    switch self {
    case .notACheckpoint: "not a checkpoint: it does not begin with TMCK"
    case .unknownVersion(let version): "checkpoint version \(version) is not known, only 1"
    case .checksum(let expected, let found): "checkpoint is damaged: checksum \(found), expected \(expected)"
    case .truncated(let offset): "checkpoint ends at byte \(offset) in the middle of a field"
    case .malformed(let what, let offset): "checkpoint is malformed at byte \(offset): \(what)"
    }
  }
}

/// What can go wrong with a log on disk.
package enum LogError: Error, Hashable, Sendable {
  /// Another process, or another log of this one, has the folder open.
  case inUse(directory: String, process: String)
  /// Bytes that are not a record stand where one should be; `goodAgainAt` is where the next whole record begins, if one was looked for and found.
  case corrupt(file: String, offset: UInt64, damage: LogDamage, goodAgainAt: UInt64?)
  case missingSegment(directory: String, number: UInt64)
  case recordTooLarge(bytes: Int, limit: Int)
  /// The disk, a quota or the file size limit has no room. The log is cut back to its last whole record.
  case noSpace(file: String, bytesWanted: Int)
  /// A system call failed.
  case system(call: String, file: String, errno: Int32)
  /// The segment of this position has been removed.
  case positionRemoved(LogPosition, oldest: LogPosition)
  case positionBeyondEnd(LogPosition, end: LogPosition)
  case closed(directory: String)
  /// A sync failed earlier, so what is on disk is not known; open the log anew.
  case unusable(file: String)
  /// The body of a replay wants no more; the text is its own.
  case stopped(String)

  /// Whether the same call may succeed later without anybody repairing files.
  package var retryMayHelp: Bool {
    switch self {
    case .inUse, .noSpace, .system: true
    case .corrupt, .missingSegment, .recordTooLarge, .positionRemoved, .positionBeyondEnd, .closed, .unusable, .stopped: false
    }
  }
}

/// Why bytes are not a record.
package enum LogDamage: String, Hashable, Sendable {
  case segmentHeader = "the segment's header is not the one of this log"
  case headerCutShort = "a record's header is cut short"
  case headerCheck = "a record's header does not have its check value"
  case dataCutShort = "a record's data is cut short"
  case dataChecksum = "a record's data does not have its checksum"
}

extension LogError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .inUse(let directory, let process):
      "the log in \(directory) is in use by process \(process); stop it, or give this one another folder"
    case .corrupt(let file, let offset, let damage, let next):
      "\(file): damaged at byte \(offset): \(damage.rawValue)"
        + (next.map { "; whole records begin again at byte \($0)" } ?? "")
        + "; restore the file, or accept the loss with `truncate -s \(offset) \(file)` and remove newer segments"
    case .missingSegment(let directory, let number):
      "\(directory): segment \(number) is missing between others; restore \(SegmentName.text(number)), or move the older segments away"
    case .recordTooLarge(let bytes, let limit): "a record of \(bytes) bytes is larger than the limit of \(limit)"
    case .noSpace(let file, let bytes):
      "\(file): no space for \(bytes) bytes; nothing of them was kept, and appending works again when there is space"
    case .system(let call, let file, let errno): "\(file): \(call) failed: \(SystemText.of(errno))"
    case .positionRemoved(let position, let oldest):
      "position \(position.segment):\(position.offset) has been removed; the oldest is \(oldest.segment):\(oldest.offset)"
    case .positionBeyondEnd(let position, let end):
      "position \(position.segment):\(position.offset) is beyond the end, \(end.segment):\(end.offset)"
    case .closed(let directory): "the log in \(directory) is closed"
    case .unusable(let file): "\(file): an earlier sync failed, so what is on disk is not known; start again to recover"
    case .stopped(let reason): reason
    }
  }
}

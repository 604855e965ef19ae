import Threading

/// Records of several callers that will be written together, and the place where all of them find out how that went.
struct PendingRecords {
  private(set) var bytes: [UInt8] = []
  private var starts: [Int] = []
  let outcome = Outcome()

  /// Set once, by whoever writes the batch. The position is where its first record begins.
  final class Outcome: Sendable {
    private let result = BlockingLock<Result<LogPosition, LogError>?>(nil)
    var value: Result<LogPosition, LogError>? { result.withLock { $0 } }
    func set(_ value: Result<LogPosition, LogError>) { result.withLock { $0 = value } }
  }

  mutating func add(_ record: Span<UInt8>, checksum: UInt32) {
    starts.append(bytes.count)
    bytes.reserveCapacity(bytes.count + SegmentFormat.recordHeaderBytes + record.count)
    SegmentFormat.appendUnplacedHeader(length: record.count, checksum: checksum, to: &bytes)
    ByteCopy.append(record, to: &bytes)
  }

  /// Completes the headers once it is known where the batch will stand.
  mutating func place(segment: UInt64, offset: UInt64) {
    for start in starts { SegmentFormat.place(headerAt: start, in: &bytes, segment: segment, offset: offset + UInt64(start)) }
  }
}

import Threading

/// Keeps records in order, so that what an append has returned for is there after the process died.
///
/// - Shape: `docs/formats/log.md`.
/// - Concurrency: appends from any threads; those that wait at the same time share one write (and one sync). Replays run beside appends and see the
///   records that were durable when they began.
/// - Cost: opening reads the newest segment; an append is one `pwrite(2)`.
package final class DurableLog: Sendable {
  package enum Sync: String, Hashable, Sendable, CaseIterable {
    /// Handed to the kernel: survives `kill -9`, not the loss of power.
    case kernel
    /// `fdatasync(2)` before an append returns.
    case always
  }

  package struct Options: Hashable, Sendable {
    /// A segment is closed before a write that would take it beyond this.
    package var segmentBytes: Int
    package var recordLimitBytes: Int
    package var sync: Sync

    package init(segmentBytes: Int = 64 << 20, recordLimitBytes: Int = 16 << 20, sync: Sync = .kernel) {
      precondition(recordLimitBytes < 1 << 31, "a record's length has 32 bits, the limit \(recordLimitBytes) does not fit")
      self.segmentBytes = segmentBytes
      self.recordLimitBytes = recordLimitBytes
      self.sync = sync
    }
  }

  /// What opening had to cut off: the rest of a write that never finished.
  package struct Recovery: Hashable, Sendable {
    package var bytesCut: UInt64
    /// The end of the log after cutting.
    package var at: LogPosition
  }

  package let recovered: Recovery
  private let directory: String
  private let options: Options
  /// Held as long as the log is.
  private let lockFile: LogFile
  private let pending = BlockingLock(PendingRecords())
  private let writer: BlockingLock<LogWriter>
  private let durableEnd: BlockingLock<LogPosition>

  /// Opens the log in `directory`, which is made when it is not there, and cuts a torn tail.
  ///
  /// - Throws: ``LogError/inUse(directory:process:)`` when somebody has it open, ``LogError/corrupt(file:offset:damage:goodAgainAt:)`` when the newest
  ///   segment is damaged before its last whole record.
  package init(directory: String, options: Options = Options()) throws(LogError) {
    self.directory = directory
    self.options = options
    try Folder.create(directory)
    lockFile = try LogFile(directory + "/LOCK", .creating)
    guard try lockFile.lock() else {
      let process = String(decoding: try lockFile.read(at: 0, count: 32), as: UTF8.self)
      throw .inUse(directory: directory, process: process.isEmpty ? "unknown" : process)
    }
    try lockFile.truncate(to: 0)
    try lockFile.write(Array(SystemText.processNumber.utf8), at: 0)
    let (opened, recovery) = try LogWriter.open(directory, options)
    recovered = recovery
    durableEnd = BlockingLock(opened.end)
    writer = BlockingLock(opened)
  }

  deinit {
    close()
    lockFile.unlock()
  }

  /// The position after the last durable record.
  package var end: LogPosition { durableEnd.withLock { $0 } }

  /// The position of the oldest record that is kept.
  package var beginning: LogPosition { writer.withLock { $0.beginning } }

  /// Appends one record; durable on return. Returns the position after it.
  package func append(_ record: Span<UInt8>) throws(LogError) -> LogPosition {
    try checkSize(record.count)
    let checksum = Checksum.of(record)
    let ticket = pending.withLock { batch in
      batch.add(record, checksum: checksum)
      return Ticket(outcome: batch.outcome, end: batch.bytes.count)
    }
    return try commit(ticket)
  }

  /// Appends several records that stand next to each other, in one write; all are durable on return, or none is kept. A crash meanwhile may leave the
  /// first few. Returns the position after the last.
  package func append(_ records: [[UInt8]]) throws(LogError) -> LogPosition {
    if records.isEmpty { return end }
    for record in records { try checkSize(record.count) }
    let checksums = records.map { Checksum.of($0.span) }
    let ticket = pending.withLock { batch in
      for (record, checksum) in zip(records, checksums) { batch.add(record.span, checksum: checksum) }
      return Ticket(outcome: batch.outcome, end: batch.bytes.count)
    }
    return try commit(ticket)
  }

  /// Calls `body` with each record from `position` on and the position after it, oldest first. ``LogPosition/start`` stands for the oldest record kept.
  ///
  /// The span lives only inside the call.
  ///
  /// - Throws: what `body` throws; ``LogError/corrupt(file:offset:damage:goodAgainAt:)`` at a damaged place, after everything before it was handed out.
  package func replay(from position: LogPosition, _ body: (LogPosition, Span<UInt8>) throws(LogError) -> Void) throws(LogError) {
    let (oldest, end) = writer.withLock { ($0.beginning, $0.end) }
    guard position <= end else { throw .positionBeyondEnd(position, end: end) }
    let start = position == .start ? oldest : position
    guard start.segment >= oldest.segment else { throw .positionRemoved(position, oldest: oldest) }
    var segment = start.segment
    while segment <= end.segment {
      let file = try LogFile(directory + "/" + SegmentName.text(segment), .reading)
      let limit = segment == end.segment ? end.offset : try file.size()
      try replay(file, segment: segment, from: segment == start.segment ? start.offset : 0, end: limit, body)
      segment += 1
    }
  }

  /// Removes the segments that hold nothing at or behind `position`. The newest always stays.
  package func removeSegments(before position: LogPosition) throws(LogError) {
    try writer.withLock { (writer: inout LogWriter) throws(LogError) in try writer.remove(before: position) }
  }

  /// Syncs, refuses further appends, and leaves the folder to whoever opens it next.
  package func close() {
    writer.withLock { $0.close() }
    lockFile.unlock()
  }
}

extension DurableLog {
  /// A caller's place in a batch: its outcome, and where the caller's records end in it.
  private struct Ticket {
    var outcome: PendingRecords.Outcome
    var end: Int
  }

  private func checkSize(_ bytes: Int) throws(LogError) {
    guard bytes <= options.recordLimitBytes else { throw .recordTooLarge(bytes: bytes, limit: options.recordLimitBytes) }
  }

  /// Whoever gets the writer first writes for all who have joined the batch; the others find their outcome set when their turn comes.
  private func commit(_ ticket: Ticket) throws(LogError) -> LogPosition {
    let begin = try writer.withLock { (writer: inout LogWriter) throws(LogError) -> LogPosition in
      if let outcome = ticket.outcome.value { return try outcome.get() }
      var batch = pending.withLock { current in
        defer { current = PendingRecords() }
        return current
      }
      let outcome = Result { () throws(LogError) in try writer.write(&batch) }
      batch.outcome.set(outcome)
      if case .success = outcome {
        let end = writer.end
        durableEnd.withLock { $0 = end }
      }
      return try outcome.get()
    }
    return LogPosition(segment: begin.segment, offset: begin.offset + UInt64(ticket.end))
  }

  private func replay(
    _ file: LogFile, segment: UInt64, from offset: UInt64, end: UInt64, _ body: (LogPosition, Span<UInt8>) throws(LogError) -> Void
  ) throws(LogError) {
    guard var reader = try SegmentReader(file, segment: segment, from: offset, end: end) else {
      throw .corrupt(file: file.path, offset: 0, damage: .segmentHeader, goodAgainAt: nil)
    }
    while true {
      switch try reader.next() {
      case .record(let data):
        try body(LogPosition(segment: segment, offset: reader.offset), reader.bytes.span.extracting(data))
      case .end: return
      case .damaged(let damage):
        throw .corrupt(file: file.path, offset: reader.offset, damage: damage, goodAgainAt: try reader.wholeRecordBehind())
      }
    }
  }
}

import Orchestration
import SeriesModel

/// One record of the event log: the events of a request that were accepted. `docs/formats/event-record.md` draws it.
struct EventRecord {
  struct Entry: Equatable {
    var source: String
    var orchestrator: String
    var event: OrchestrationEvent
  }

  private struct Sender: Hashable {
    var source: String
    var orchestrator: String
  }

  static let version: UInt8 = 1

  /// - Returns: the record's bytes, 60 to 110 for an event.
  static func encode(_ entries: [Entry], receivedAt: Timestamp) -> [UInt8] {
    var out = ByteWriter(reserving: 16 + 112 * entries.count)
    var part = ByteWriter(reserving: 256)
    out.byte(version)
    out.time(receivedAt)
    out.count(entries.count)
    var senders: [Sender: Int] = [:]
    for entry in entries {
      part.bytes.removeAll(keepingCapacity: true)
      entry.event.encode(relativeTo: receivedAt, into: &part)
      let sender = Sender(source: entry.source, orchestrator: entry.orchestrator)
      if let known = senders[sender] {
        out.count(known)
      } else {
        out.count(senders.count)
        out.text(sender.source)
        out.text(sender.orchestrator)
        senders[sender] = senders.count
      }
      out.count(part.bytes.count)
      out.bytes.append(contentsOf: part.bytes)
    }
    return out.bytes
  }

  /// Calls `body` for each event with a reader that stands at it.
  private static func forEach(
    _ bytes: [UInt8],
    _ body: (_ receivedAt: Timestamp, _ source: String, _ orchestrator: String, inout ByteReader) throws(CodingError) -> Void
  ) throws(CodingError) -> Timestamp {
    var reader = ByteReader(bytes)
    guard try reader.byte() == version else { throw CodingError(expected: "an event record of version \(version)", offset: 0) }
    let receivedAt = try reader.time()
    var senders: [Sender] = []
    for _ in 0..<(try reader.count()) {
      let offset = reader.offset
      let number = try reader.unsigned()
      guard number <= senders.count else { throw CodingError(expected: "the number of a sender", offset: offset) }
      let sender = Int(number)
      if sender == senders.count {
        let source = try reader.text()
        senders.append(Sender(source: source, orchestrator: try reader.text()))
      }
      let length = try reader.count()
      let end = reader.offset + length
      try body(receivedAt, senders[sender].source, senders[sender].orchestrator, &reader)
      try reader.skip(end - reader.offset)
    }
    return receivedAt
  }

  static func decode(_ bytes: [UInt8]) throws(CodingError) -> (receivedAt: Timestamp, entries: [Entry]) {
    var entries: [Entry] = []
    let receivedAt = try forEach(bytes) { receivedAt, source, orchestrator, reader throws(CodingError) in
      let event = try OrchestrationEvent(relativeTo: receivedAt, from: &reader)
      entries.append(Entry(source: source, orchestrator: orchestrator, event: event))
    }
    return (receivedAt, entries)
  }

  /// What has to be remembered of an event that a checkpoint has counted.
  struct Trace {
    var id: EventID
    var time: Timestamp
    var orchestrator: String
    var end: (kind: RunUpdate.Kind, run: RunKey, status: RunStatus)?
  }

  /// Reads only what ``Trace`` has.
  static func traces(_ bytes: [UInt8], _ body: (Trace) -> Void) throws(CodingError) -> Timestamp {
    try forEach(bytes) { receivedAt, _, orchestrator, reader throws(CodingError) in
      let code = try reader.byte()
      guard let type = EventType(rawValue: code) else {
        throw CodingError(expected: "the code of an event's type", offset: reader.offset - 1)
      }
      let id = try reader.id()
      let time = Timestamp(milliseconds: receivedAt.milliseconds &+ (try reader.signed()))
      var trace = Trace(id: id, time: time, orchestrator: orchestrator)
      if let status = type.endStatus {
        let run = try reader.text()
        let attempt = UInt32(truncatingIfNeeded: try reader.unsigned())
        trace.end = (type.isWorkflowRun ? .workflow : .agent, RunKey(run, attempt: attempt), status)
      }
      body(trace)
    }
  }
}

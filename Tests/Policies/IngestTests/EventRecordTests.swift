import Orchestration
import SeriesModel
import Testing

@testable import Ingest

struct EventRecordTests {
  static func entries() throws -> [EventRecord.Entry] {
    let lines = CrashTests.stream(1, requests: 3).joined()
    return try lines.map { line in
      let text = Array(line.utf8)
      let decoded = try EventDecoder(limits: IngestLimits()).decode(
        text + [UInt8](repeating: 0, count: EventReader.padding), 0..<text.count, index: 0, now: EventText.start
      ).get()
      return EventRecord.Entry(source: decoded.source, orchestrator: "o", event: decoded.event)
    }
  }

  @Test func `a record reads back as it was written, whole and in traces`() throws {
    let entries = try Self.entries()
    let bytes = EventRecord.encode(entries, receivedAt: EventText.start)
    let read = try EventRecord.decode(bytes)
    #expect(read.receivedAt == EventText.start && read.entries == entries)
    var traces: [EventRecord.Trace] = []
    #expect(try EventRecord.traces(bytes) { traces.append($0) } == EventText.start)
    #expect(traces.map(\.id) == entries.map(\.event.id))
    #expect(traces.map(\.time) == entries.map(\.event.time))
    #expect(traces.map(\.end?.status) == entries.map(\.event.type.endStatus))
  }

  @Test func `bytes that are no record are refused and never trap`() throws {
    let bytes = EventRecord.encode(try Self.entries(), receivedAt: EventText.start)
    for n in 0..<bytes.count { #expect(throws: CodingError.self) { try EventRecord.decode(Array(bytes.prefix(n))) } }
    for i in bytes.indices {
      for bit in [UInt8(1), 0x40, 0x80] {
        var changed = bytes
        changed[i] ^= bit
        _ = try? EventRecord.decode(changed)
        _ = try? EventRecord.traces(changed) { _ in }
      }
    }
  }

  /// The drawing of the format, byte by byte.
  @Test func `a record has the drawn shape`() {
    let event = OrchestrationEvent(
      type: .taskFailed, id: EventID(high: 0x0102_0304_0506_0708, low: 0x1112_1314_1516_171b), time: Timestamp(milliseconds: 62),
      body: .tasks(count: 2, seconds: 0.5))
    let bytes = EventRecord.encode(
      [.init(source: "/s", orchestrator: "o", event: event), .init(source: "/s", orchestrator: "o", event: event)],
      receivedAt: Timestamp(milliseconds: 64))
    let report: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40]
    let body: [UInt8] = [65, 8, 7, 6, 5, 4, 3, 2, 1, 0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, 3] + report
    let length = UInt8(body.count)
    #expect(bytes == [1, 0x80, 1, 2] + [0, 2, 0x2f, 0x73, 1, 0x6f, length] + body + [0, length] + body)
  }
}

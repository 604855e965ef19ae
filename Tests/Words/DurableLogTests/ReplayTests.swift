import Testing

@testable import DurableLog

@Suite struct ReplayTests {
  let folder = LogFolder()

  @Test func `records come back in order, after closing and opening too`() throws {
    let records: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 7, count: 300_000), [9]]
    var log: DurableLog? = try folder.open()
    for record in records { try log!.append(record) }
    #expect(try log!.records() == records)
    let end = log!.end
    log = nil
    let again = try folder.open()
    #expect(again.recovered == .init(bytesCut: 0, at: end))
    #expect(again.end == end)
    #expect(try again.records() == records)
  }

  @Test func `a replay begins at any position that an append returned`() throws {
    let log = try folder.open(.init(segmentBytes: 100))
    let positions = try (0..<20).map { try log.append(Array(repeating: UInt8($0), count: $0)) }
    for (i, position) in positions.enumerated() {
      #expect(try log.records(from: position) == (i + 1..<20).map { Array(repeating: UInt8($0), count: $0) })
    }
    #expect(positions == positions.sorted())
    #expect(positions.last == log.end)
  }

  @Test func `positions of a replay are those of the appends`() throws {
    let log = try folder.open(.init(segmentBytes: 64))
    let positions = try (0..<9).map { try log.append([UInt8($0)]) }
    var seen: [LogPosition] = []
    try log.replay(from: .start) { (after, _) throws(LogError) in seen.append(after) }
    #expect(seen == positions)
  }

  @Test func `several records go in one write and come back as several`() throws {
    let log = try folder.open()
    let end = try log.append([[1], [2, 2], []])
    #expect(end == log.end)
    #expect(end.offset == 16 + 3 * 12 + 3)
    #expect(try log.records() == [[1], [2, 2], []])
  }

  @Test func `segments end at their limit and old ones are removed, not the newest`() throws {
    let log = try folder.open(.init(segmentBytes: 60))
    let positions = try (0..<6).map { try log.append(Array(repeating: UInt8($0), count: 20)) }
    #expect(positions.map(\.segment) == [0, 1, 2, 3, 4, 5])
    try log.removeSegments(before: positions[3])
    #expect(try log.records() == (3..<6).map { Array(repeating: UInt8($0), count: 20) })
    #expect(log.beginning == LogPosition(segment: 3, offset: 16))
    #expect(throws: LogError.positionRemoved(positions[1], oldest: log.beginning)) { try log.records(from: positions[1]) }
    try log.removeSegments(before: LogPosition(segment: 99, offset: 0))
    #expect(try log.records().count == 1)
    try log.append([1])
  }

  @Test func `a position beyond the end is refused`() throws {
    let log = try folder.open()
    let end = try log.append([1])
    let beyond = LogPosition(segment: end.segment, offset: end.offset + 1)
    #expect(throws: LogError.positionBeyondEnd(beyond, end: end)) { try log.records(from: beyond) }
  }

  @Test func `the body of a replay stops it`() throws {
    let log = try folder.open()
    for i in 0..<5 { try log.append([UInt8(i)]) }
    var seen = 0
    #expect(throws: LogError.stopped("enough")) {
      try log.replay(from: .start) { (_, _) throws(LogError) in
        seen += 1
        if seen == 2 { throw .stopped("enough") }
      }
    }
    #expect(seen == 2)
  }

  @Test func `a record beyond the limit is refused and nothing is written`() throws {
    let log = try folder.open(.init(recordLimitBytes: 10))
    #expect(throws: LogError.recordTooLarge(bytes: 11, limit: 10)) { try log.append(Array(repeating: 0, count: 11)) }
    try log.append(Array(repeating: 0, count: 10))
    #expect(try log.records().count == 1)
  }

  @Test func `a closed log refuses appends, and the folder opens again when it is gone`() throws {
    var log: DurableLog? = try folder.open()
    try log!.append([1])
    log!.close()
    #expect(throws: LogError.closed(directory: folder.path)) { try log!.append([2]) }
    log = nil
    #expect(try folder.open().records() == [[1]])
  }

  @Test func `the bytes are those of the drawing`() throws {
    let log = try folder.open()
    try log.append(Array("abc".utf8))
    let bytes = try folder.bytes()
    #expect(bytes.prefix(16) == [0x54, 0x4d, 0x4c, 0x4f, 0x47, 0, 1, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0])
    // crc32("abc") is 0x352441c2; the check covers length, that, segment 0 and offset 16.
    #expect(bytes[16..<24] == [3, 0, 0, 0, 0xc2, 0x41, 0x24, 0x35])
    #expect(bytes[28...] == [0x61, 0x62, 0x63])
    let check = Checksum.of(
      ([3, 0, 0, 0, 0xc2, 0x41, 0x24, 0x35] + Array(repeating: 0, count: 8) + [16, 0, 0, 0, 0, 0, 0, 0] as [UInt8]).span)
    #expect(SegmentFormat.word(at: 24, in: bytes.span) == check)
  }
}

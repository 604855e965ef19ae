import Testing

@testable import DurableLog

/// A small log is walked whole: every length it can be cut to, every byte that can flip.
@Suite struct DamageTests {
  static let records: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 0, count: 24), [0xff]]

  /// The bytes of a log of ``records`` and where each record ends.
  static func sample() throws -> (bytes: [UInt8], ends: [Int]) {
    let folder = LogFolder()
    let log = try folder.open()
    let ends = try records.map { Int(try log.append($0).offset) }
    return (try folder.bytes(), ends)
  }

  @Test func `cut at any byte, the whole records before the cut are kept and appending goes on`() throws {
    let (bytes, ends) = try Self.sample()
    for length in 0...bytes.count {
      let folder = LogFolder()
      try folder.replaceSegment(with: Array(bytes.prefix(length)))
      let whole = ends.count { $0 <= length }
      let keptEnd = whole == 0 ? min(length, 16) : ends[whole - 1]
      do {
        let log = try folder.open()
        #expect(log.recovered.bytesCut == UInt64(length - keptEnd), "cut to \(length)")
        #expect(try log.records() == Array(Self.records.prefix(whole)), "cut to \(length)")
        try log.append([42])
      }
      #expect(try folder.open().records() == Self.records.prefix(whole) + [[42]], "cut to \(length)")
    }
  }

  @Test func `a flipped bit is found: in the last record it is cut, before it opening is refused with the place`() throws {
    let (bytes, ends) = try Self.sample()
    let starts = [16] + ends.dropLast()
    for i in bytes.indices {
      for bit in [0, 3, 7] {
        var flipped = bytes
        flipped[i] ^= 1 << UInt8(bit)
        let folder = LogFolder()
        try folder.replaceSegment(with: flipped)
        if i >= starts.last! {
          let log = try folder.open()
          #expect(try log.records() == Self.records.dropLast(), "byte \(i) bit \(bit)")
          #expect(log.recovered.bytesCut == 13)
        } else {
          let error = #expect(throws: LogError.self, "byte \(i) bit \(bit)") { try folder.open() }
          guard case .corrupt(let file, let offset, _, let next)? = error else {
            Issue.record("byte \(i) bit \(bit): \(String(describing: error))")
            continue
          }
          let damaged = starts.lastIndex { $0 <= i }
          #expect(file == folder.segment(0))
          #expect(offset == UInt64(damaged.map { starts[$0] } ?? 0))
          #expect(next == damaged.map { UInt64(ends[$0]) })
        }
      }
    }
  }

  @Test func `a flipped bit in an older segment stops the replay there, after everything before it`() throws {
    let folder = LogFolder()
    var log: DurableLog? = try folder.open(.init(segmentBytes: 60))
    for i in 0..<6 { try log!.append(Array(repeating: UInt8(i), count: 8)) }
    #expect(log!.end.segment == 2)
    log = nil
    var bytes = try folder.bytes(ofSegment: 1)
    bytes[16 + 12] ^= 1
    try folder.replaceSegment(1, with: bytes)
    let again = try folder.open()
    var seen: [UInt8] = []
    let error = #expect(throws: LogError.self) {
      try again.replay(from: .start) { (_, data) throws(LogError) in seen.append(data[0]) }
    }
    #expect(error == .corrupt(file: folder.segment(1), offset: 16, damage: .dataChecksum, goodAgainAt: 36))
    #expect(seen == [0, 1])
    #expect(
      String(describing: error!).hasPrefix(
        "\(folder.segment(1)): damaged at byte 16: a record's data does not have its checksum; whole records begin"))
  }

  @Test func `a record of another segment or another place is not one`() throws {
    let (bytes, ends) = try Self.sample()
    let folder = LogFolder()
    // The first record again, at the end: the same bytes, another offset.
    try folder.replaceSegment(with: bytes + bytes[16..<ends[0]])
    let log = try folder.open()
    #expect(try log.records() == Self.records)
    #expect(log.recovered.bytesCut == UInt64(ends[0] - 16))
  }

  @Test func `data that holds a whole log does not look like records of this one`() throws {
    let (bytes, _) = try Self.sample()
    let folder = LogFolder()
    var log: DurableLog? = try folder.open()
    try log!.append([1])
    let second = try log!.append(bytes)
    log = nil
    var torn = try folder.bytes()
    torn[29 + 5] ^= 1
    try folder.replaceSegment(with: torn)
    let again = try folder.open()
    #expect(try again.records() == [[1]])
    #expect(again.recovered.bytesCut == second.offset - 29)
  }

  @Test func `zeros at the end are a torn tail`() throws {
    let (bytes, _) = try Self.sample()
    let folder = LogFolder()
    try folder.replaceSegment(with: bytes + Array(repeating: 0, count: 5000))
    #expect(try folder.open().recovered.bytesCut == 5000)
  }

  @Test func `a missing segment is named`() throws {
    let folder = LogFolder()
    try folder.replaceSegment(3, with: SegmentFormat.header(segment: 3))
    try folder.replaceSegment(5, with: SegmentFormat.header(segment: 5))
    #expect(throws: LogError.missingSegment(directory: folder.path, number: 4)) { try folder.open() }
  }

  @Test func `a renamed segment is refused`() throws {
    let folder = LogFolder()
    try folder.replaceSegment(3, with: SegmentFormat.header(segment: 4))
    #expect(throws: LogError.corrupt(file: folder.segment(3), offset: 0, damage: .segmentHeader, goodAgainAt: nil)) {
      try folder.open()
    }
  }
}

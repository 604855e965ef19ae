/// Walks one segment's records.
struct SegmentReader {
  enum Step {
    /// The range of the data in ``SegmentReader/bytes``.
    case record(Range<Int>)
    case end
    case damaged(LogDamage)
  }

  let file: LogFile
  let segment: UInt64
  /// Nothing at or behind this offset is read.
  let end: UInt64
  /// Where the next record begins.
  private(set) var offset: UInt64
  private(set) var bytes: [UInt8] = []
  /// The offset in the file of `bytes[0]`.
  private var base: UInt64 = 0
  private static let stretch = 1 << 18

  /// Reads the segment's header; `nil` when it is not the one of this segment.
  init?(_ file: LogFile, segment: UInt64, from offset: UInt64, end: UInt64) throws(LogError) {
    self.file = file
    self.segment = segment
    self.end = end
    self.offset = max(offset, UInt64(SegmentFormat.headerBytes))
    guard try file.read(at: 0, count: SegmentFormat.headerBytes) == SegmentFormat.header(segment: segment) else { return nil }
  }

  mutating func next() throws(LogError) -> Step {
    if offset >= end { return .end }
    guard try fill(SegmentFormat.recordHeaderBytes) else { return .damaged(.headerCutShort) }
    guard let header = SegmentFormat.fields(at: index, in: bytes.span, segment: segment, offset: offset) else {
      return .damaged(.headerCheck)
    }
    let whole = SegmentFormat.recordHeaderBytes + header.length
    guard try fill(whole) else { return .damaged(.dataCutShort) }
    let data = index + SegmentFormat.recordHeaderBytes..<index + whole
    guard Checksum.of(bytes.span.extracting(data)) == header.checksum else { return .damaged(.dataChecksum) }
    offset += UInt64(whole)
    return .record(data)
  }

  /// Where the next whole record behind ``offset`` begins, looked for at every byte.
  func wholeRecordBehind() throws(LogError) -> UInt64? {
    let start = offset + 1
    guard start < end else { return nil }
    let rest = try file.read(at: start, count: Int(end - start))
    let span = rest.span
    var i = 0
    while i + SegmentFormat.recordHeaderBytes <= rest.count {
      // Fast path: most bytes do not even begin a possible length.
      let length = Int(SegmentFormat.word(at: i, in: span))
      let data = i + SegmentFormat.recordHeaderBytes..<i + SegmentFormat.recordHeaderBytes + length
      if data.upperBound <= rest.count,
        let header = SegmentFormat.fields(at: i, in: span, segment: segment, offset: start + UInt64(i)),
        Checksum.of(span.extracting(data)) == header.checksum
      {
        return start + UInt64(i)
      }
      i += 1
    }
    return nil
  }

  private var index: Int { Int(offset - base) }

  /// Whether `count` bytes from ``offset`` on are there; reads them if they are not in memory.
  private mutating func fill(_ count: Int) throws(LogError) -> Bool {
    if index + count <= bytes.count { return true }
    guard UInt64(count) <= end - offset else { return false }
    base = offset
    bytes = try file.read(at: offset, count: min(max(count, Self.stretch), Int(end - offset)))
    return count <= bytes.count
  }
}

import SeriesModel

/// Writes the values that records of the journal are made of.
///
/// - Shape: integers are LEB128 (signed ones zigzag), numbers 8 bytes little-endian, texts and label sets a length and their bytes.
struct RecordWriter {
  private(set) var bytes: [UInt8] = []

  mutating func unsigned(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func count(_ value: Int) { unsigned(UInt64(value)) }
  mutating func time(_ value: Timestamp) { unsigned(UInt64(bitPattern: value.milliseconds << 1 ^ value.milliseconds >> 63)) }

  mutating func number(_ value: Double) {
    let bits = value.bitPattern
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
  }

  mutating func text(_ value: String) {
    count(value.utf8.count)
    bytes.append(contentsOf: value.utf8)
  }

  mutating func labels(_ value: LabelSet) {
    count(value.bytes.count)
    bytes.append(contentsOf: value.bytes)
  }
}

/// What the bytes of a record are not.
struct RecordError: Error, Hashable {
  var expected: String
  var offset: Int
}

/// Reads what a ``RecordWriter`` wrote.
struct RecordReader {
  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func unsigned() throws(RecordError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard offset < bytes.count, shift < 64 else { throw RecordError(expected: "an integer of 64 bits", offset: offset) }
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  mutating func count() throws(RecordError) -> Int {
    let value = try unsigned()
    guard value <= UInt64(bytes.count - offset) else {
      throw RecordError(expected: "a count that fits the rest of the record", offset: offset)
    }
    return Int(value)
  }

  mutating func time() throws(RecordError) -> Timestamp {
    let value = try unsigned()
    return Timestamp(milliseconds: Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1))
  }

  mutating func number() throws(RecordError) -> Double {
    guard bytes.count - offset >= 8 else { throw RecordError(expected: "a number of 8 bytes", offset: offset) }
    var bits: UInt64 = 0
    for i in 0..<8 { bits |= UInt64(bytes[offset + i]) << UInt64(8 * i) }
    offset += 8
    return Double(bitPattern: bits)
  }

  mutating func text() throws(RecordError) -> String {
    let length = try count()
    defer { offset += length }
    guard let text = String(validating: bytes[offset..<offset + length], as: UTF8.self) else {
      throw RecordError(expected: "UTF-8", offset: offset)
    }
    return text
  }

  /// Made anew from its labels, so that a damaged record cannot bring a set that is none.
  mutating func labels() throws(RecordError) -> LabelSet {
    let end = try count() + offset
    var labels: [Label] = []
    while offset < end { labels.append(Label(try text(), try text())) }
    guard offset == end else { throw RecordError(expected: "the end of a label set at byte \(end)", offset: offset) }
    return LabelSet(labels)
  }
}

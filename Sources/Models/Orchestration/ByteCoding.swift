import SeriesModel

/// Writes the small values that the event log and checkpoints are made of.
///
/// - Shape: integers are LEB128 (signed ones zigzag), numbers 8 bytes little-endian, strings a length and UTF-8, optionals a byte 0 or 1 before the value.
package struct ByteWriter: Sendable {
  package var bytes: [UInt8] = []

  package init(reserving n: Int = 0) { bytes.reserveCapacity(n) }

  package mutating func byte(_ value: UInt8) { bytes.append(value) }

  package mutating func unsigned(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  package mutating func count(_ value: Int) { unsigned(UInt64(value)) }
  package mutating func signed(_ value: Int64) { unsigned(UInt64(bitPattern: value << 1 ^ value >> 63)) }
  package mutating func time(_ value: Timestamp) { signed(value.milliseconds) }
  package mutating func number(_ value: Double) { fixed(value.bitPattern) }

  package mutating func fixed(_ value: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  package mutating func text(_ value: String) {
    count(value.utf8.count)
    bytes.append(contentsOf: value.utf8)
  }

  package mutating func id(_ value: EventID) {
    fixed(value.high)
    fixed(value.low)
  }

  package mutating func position(_ value: EventPosition) {
    time(value.time)
    id(value.id)
  }

  package mutating func optional<T>(_ value: T?, _ write: (inout ByteWriter, T) -> Void) {
    byte(value == nil ? 0 : 1)
    if let value { write(&self, value) }
  }

  package mutating func list<S: Collection>(_ values: S, _ write: (inout ByteWriter, S.Element) -> Void) {
    count(values.count)
    for value in values { write(&self, value) }
  }
}

/// What the bytes of a log record or a checkpoint are not.
package struct CodingError: Error, Equatable, CustomStringConvertible {
  package var expected: String
  package var offset: Int
  package var description: String { "expected \(expected) at byte \(offset)" }

  package init(expected: String, offset: Int) {
    self.expected = expected
    self.offset = offset
  }
}

/// Reads what a ``ByteWriter`` wrote.
package struct ByteReader: Sendable {
  private let bytes: [UInt8]
  package private(set) var offset: Int

  package init(_ bytes: [UInt8], from offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  package var isAtEnd: Bool { offset == bytes.count }
  package var remaining: Int { bytes.count - offset }

  package mutating func skip(_ n: Int) throws(CodingError) {
    guard n >= 0, n <= remaining else { throw CodingError(expected: "\(n) more bytes", offset: offset) }
    offset += n
  }

  package mutating func byte() throws(CodingError) -> UInt8 {
    guard offset < bytes.count else { throw CodingError(expected: "a byte", offset: offset) }
    offset += 1
    return bytes[offset - 1]
  }

  package mutating func unsigned() throws(CodingError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 63 || next <= 1 else { throw CodingError(expected: "an integer of 64 bits", offset: offset) }
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 { return value }
      shift += 7
    }
  }

  package mutating func count() throws(CodingError) -> Int {
    let value = try unsigned()
    guard value <= UInt64(remaining) else { throw CodingError(expected: "a count that fits the rest", offset: offset) }
    return Int(value)
  }

  package mutating func signed() throws(CodingError) -> Int64 {
    let value = try unsigned()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  package mutating func time() throws(CodingError) -> Timestamp { Timestamp(milliseconds: try signed()) }
  package mutating func number() throws(CodingError) -> Double { Double(bitPattern: try fixed()) }

  package mutating func fixed() throws(CodingError) -> UInt64 {
    guard remaining >= 8 else { throw CodingError(expected: "8 bytes", offset: offset) }
    var value: UInt64 = 0
    for i in 0..<8 { value |= UInt64(bytes[offset + i]) << UInt64(8 * i) }
    offset += 8
    return value
  }

  package mutating func text() throws(CodingError) -> String {
    let n = try count()
    offset += n
    return String(decoding: bytes[offset - n..<offset], as: UTF8.self)
  }

  package mutating func blob() throws(CodingError) -> [UInt8] {
    let n = try count()
    offset += n
    return Array(bytes[offset - n..<offset])
  }

  package mutating func id() throws(CodingError) -> EventID {
    let high = try fixed()
    return EventID(high: high, low: try fixed())
  }

  package mutating func position() throws(CodingError) -> EventPosition {
    let time = try time()
    return EventPosition(time: time, id: try id())
  }

  package mutating func optional<T>(_ read: (inout ByteReader) throws(CodingError) -> T) throws(CodingError) -> T? {
    switch try byte() {
    case 0: return nil
    case 1: return try read(&self)
    default: throw CodingError(expected: "0 or 1", offset: offset - 1)
    }
  }

  package mutating func list<T>(_ read: (inout ByteReader) throws(CodingError) -> T) throws(CodingError) -> [T] {
    let n = try count()
    var values: [T] = []
    values.reserveCapacity(n)
    for _ in 0..<n { values.append(try read(&self)) }
    return values
  }
}

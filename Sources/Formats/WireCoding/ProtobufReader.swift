/// Walks the fields of a protobuf message, or of one inside it.
///
/// - Source: the encoding page of protobuf's documentation; groups, which nobody writes any more, are refused.
struct ProtobufReader {
  private let bytes: [UInt8]
  private(set) var position: Int
  private(set) var end: Int

  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(Range<Int>)
  }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = 0
    end = bytes.count
  }

  /// The next field, or `nil` at the end of the message.
  @inline(__always)
  mutating func next() throws(WireError) -> (number: Int, value: Value)? {
    guard position < end else { return nil }
    let start = position
    let tag = try varint(of: start)
    guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw .malformed(offset: start, what: "a field number of \(tag >> 3)") }
    let value: Value =
      switch tag & 7 {
      case 0: .varint(try varint(of: start))
      case 1: .fixed64(try fixed(8, start))
      case 2: .bytes(try lengthDelimited(start))
      case 5: .fixed32(UInt32(try fixed(4, start)))
      default: throw .malformed(offset: start, what: "wire type \(tag & 7) is not one")
      }
    return (Int(tag >> 3), value)
  }

  /// Goes into the message at `range`; the state to come back with is returned.
  @inline(__always)
  mutating func enter(_ range: Range<Int>) -> (position: Int, end: Int) {
    let state = (position, end)
    position = range.lowerBound
    end = range.upperBound
    return state
  }

  @inline(__always)
  mutating func leave(_ state: (position: Int, end: Int)) { (position, end) = state }

  @inline(__always)
  private mutating func varint(of field: Int) throws(WireError) -> UInt64 {
    // Fast path: one byte.
    if position < end, bytes[position] < 0x80 {
      position += 1
      return UInt64(bytes[position - 1])
    }
    let start = position
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end {
      let byte = bytes[position]
      position += 1
      guard shift < 63 || byte <= 1 else { throw .malformed(offset: start, what: "a number of more than 64 bits") }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw .truncated(offset: field)
  }

  private mutating func fixed(_ count: Int, _ start: Int) throws(WireError) -> UInt64 {
    guard end - position >= count else { throw .truncated(offset: start) }
    var value: UInt64 = 0
    for i in 0..<count { value |= UInt64(bytes[position + i]) << UInt64(8 * i) }
    position += count
    return value
  }

  @inline(__always)
  private mutating func lengthDelimited(_ start: Int) throws(WireError) -> Range<Int> {
    let length = try varint(of: start)
    guard length <= UInt64(end - position) else { throw .truncated(offset: start) }
    let from = position
    position += Int(length)
    return from..<position
  }
}

/// Names of segment files: twenty digits and `.log`.
enum SegmentName {
  static func text(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 20 - digits.utf8.count) + digits + ".log"
  }

  static func number(of name: String) -> UInt64? {
    guard name.utf8.count == 24, name.hasSuffix(".log") else { return nil }
    return UInt64(name.prefix(20))
  }
}

/// The bytes of `docs/formats/log.md`.
enum SegmentFormat {
  static let headerBytes = 16
  static let recordHeaderBytes = 12
  private static let magic: [UInt8] = [0x54, 0x4d, 0x4c, 0x4f, 0x47, 0x00, 0x01, 0x0a]

  static func header(segment: UInt64) -> [UInt8] {
    var bytes = magic
    append(segment, to: &bytes)
    return bytes
  }

  /// A record's header without its check, which depends on where the record will stand.
  static func appendUnplacedHeader(length: Int, checksum: UInt32, to bytes: inout [UInt8]) {
    append(UInt32(length), to: &bytes)
    append(checksum, to: &bytes)
    append(UInt32(0), to: &bytes)
  }

  /// Writes the check of the header at `index` of `bytes`, whose record will stand at `offset` of `segment`.
  static func place(headerAt index: Int, in bytes: inout [UInt8], segment: UInt64, offset: UInt64) {
    let check = check(headerAt: index, in: bytes.span, segment: segment, offset: offset)
    for i in 0..<4 { bytes[index + 8 + i] = UInt8(truncatingIfNeeded: check >> (8 * UInt32(i))) }
  }

  /// The fields of a header, or `nil` when its check says that it is none.
  static func fields(at index: Int, in bytes: Span<UInt8>, segment: UInt64, offset: UInt64) -> (length: Int, checksum: UInt32)? {
    guard word(at: index + 8, in: bytes) == check(headerAt: index, in: bytes, segment: segment, offset: offset) else { return nil }
    return (Int(word(at: index, in: bytes)), word(at: index + 4, in: bytes))
  }

  static func word(at index: Int, in bytes: Span<UInt8>) -> UInt32 {
    var value: UInt32 = 0
    for i in 0..<4 { value |= UInt32(bytes[index + i]) << (8 * UInt32(i)) }
    return value
  }

  private static func check(headerAt index: Int, in bytes: Span<UInt8>, segment: UInt64, offset: UInt64) -> UInt32 {
    Checksum.ofHeader(
      fields: UInt64(word(at: index, in: bytes)) | UInt64(word(at: index + 4, in: bytes)) << 32, segment: segment, offset: offset)
  }

  private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
}

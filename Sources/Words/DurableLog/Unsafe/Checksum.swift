import CDeflate

/// CRC-32 as in gzip.
enum Checksum {
  static func of(_ bytes: Span<UInt8>) -> UInt32 {
    // Invariant: the pointer is used only inside the closure that lends it.
    unsafe bytes.withUnsafeBufferPointer { buffer in
      // libdeflate answers a null pointer with the initial value, which is the checksum of nothing.
      unsafe libdeflate_crc32(0, buffer.baseAddress, buffer.count)
    }
  }

  /// Over three numbers in little-endian order: length and data checksum, segment, offset.
  static func ofHeader(fields: UInt64, segment: UInt64, offset: UInt64) -> UInt32 {
    let words = (fields.littleEndian, segment.littleEndian, offset.littleEndian)
    // Invariant: a tuple of three 64-bit integers has no padding, and the pointer stays inside the closure.
    return unsafe withUnsafeBytes(of: words) { unsafe libdeflate_crc32(0, $0.baseAddress, $0.count) }
  }
}

import CDeflate

/// CRC-32 as gzip and zlib use it.
enum Checksum {
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    // Invariant: the array lends its bytes for the call alone.
    unsafe libdeflate_crc32(0, bytes, bytes.count)
  }
}

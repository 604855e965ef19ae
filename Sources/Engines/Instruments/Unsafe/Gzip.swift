import CDeflate

/// Gzip of whole pages.
enum Gzip {
  /// One member, level 1: of pages it makes a seventh; higher levels cost three times as much for a tenth less.
  ///
  /// - Complexity: 3 ms per MB.
  static func compress(_ bytes: [UInt8]) -> [UInt8] {
    guard let compressor = unsafe libdeflate_alloc_compressor(1) else { preconditionFailure("out of memory for a compressor") }
    defer { unsafe libdeflate_free_compressor(compressor) }
    let bound = unsafe libdeflate_gzip_compress_bound(compressor, bytes.count)
    // Invariant: the bound is the most that libdeflate writes, and `count` is what it wrote.
    let roomy = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      unsafe count = libdeflate_gzip_compress(compressor, bytes, bytes.count, buffer.baseAddress!, bound)
    }
    precondition(!roomy.isEmpty, "BUG: \(bytes.count) bytes did not fit into \(bound) compressed")
    // The bound is larger than the page; only what is used is kept.
    return Array(roomy[...])
  }
}

import CDeflate
import CZlib
import Threading

/// One gzip member of `bytes`, or `nil` when memory runs out.
///
/// - Complexity: 5.6 µs per KB at level 1.
func gzip(_ bytes: [UInt8], level: Int32) -> [UInt8]? {
  guard let compressor = CompressorShelf.shared.take(level) else { return nil }
  defer { CompressorShelf.shared.giveBack(compressor) }
  return compressor.gzip(bytes)
}

/// libdeflate's state for one level: 60 KB and more, so it is kept and lent.
// Invariant: a compressor is in one place at a time, on the shelf or with the one who took it; freed once, by deinit.
@safe private final class Compressor: @unchecked Sendable {
  let level: Int32
  private let state: OpaquePointer

  init?(level: Int32) {
    guard let state = unsafe libdeflate_alloc_compressor(level) else { return nil }
    unsafe self.state = state
    self.level = level
  }

  deinit { unsafe libdeflate_free_compressor(state) }

  func gzip(_ bytes: [UInt8]) -> [UInt8]? {
    let bound = unsafe libdeflate_gzip_compress_bound(state, bytes.count)
    // Invariant: libdeflate writes at most `bound` bytes and returns how many.
    let packed = unsafe [UInt8](unsafeUninitializedCapacity: bound) { out, count in
      unsafe bytes.withUnsafeBufferPointer { input in
        count = unsafe libdeflate_gzip_compress(state, input.baseAddress, input.count, out.baseAddress, out.count)
      }
    }
    return packed.isEmpty ? nil : packed
  }
}

private final class CompressorShelf: Sendable {
  static let shared = CompressorShelf()
  private let idle = BlockingLock<[Compressor]>([])

  func take(_ level: Int32) -> Compressor? {
    let kept: Compressor? = idle.withLock { idle in
      idle.lastIndex { $0.level == level }.map { idle.remove(at: $0) }
    }
    return kept ?? Compressor(level: level)
  }

  func giveBack(_ compressor: Compressor) {
    idle.withLock { if $0.count < 8 { $0.append(compressor) } }
  }
}

enum Inflated: Equatable { case whole([UInt8]), overflow, broken }

/// Unpacks gzip (of one or more members) or zlib, giving up beyond `limit` bytes, so that a small body cannot become a large one.
func inflate(_ packed: [UInt8], limit: Int) -> Inflated {
  guard packed.count <= UInt32.max else { return .overflow }
  var stream = unsafe z_stream()
  // 15 bits of window, and 32: gzip or zlib, whichever the first bytes say.
  guard unsafe inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return .broken }
  defer { _ = unsafe inflateEnd(&stream) }
  var packed = packed
  var out: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: min(max(packed.count * 4, 4096), 256 << 10))
  // Invariant: zlib reads `avail_in` bytes of `packed` and writes `avail_out` of `chunk`, both alive and unmoved within these closures.
  return unsafe packed.withUnsafeMutableBufferPointer { input in
    unsafe stream.next_in = input.baseAddress
    unsafe stream.avail_in = UInt32(input.count)
    while true {
      let (status, count) = unsafe chunk.withUnsafeMutableBufferPointer { space in
        unsafe stream.next_out = space.baseAddress
        unsafe stream.avail_out = UInt32(space.count)
        let status = unsafe inflate(&stream, Z_NO_FLUSH)
        return unsafe (status, space.count - Int(stream.avail_out))
      }
      guard out.count + count <= limit else { return .overflow }
      out.append(contentsOf: chunk[..<count])
      switch status {
      case Z_OK: continue
      case Z_STREAM_END:
        if unsafe stream.avail_in == 0 { return .whole(out) }
        guard unsafe inflateReset(&stream) == Z_OK else { return .broken }
      default: return .broken
      }
    }
  }
}

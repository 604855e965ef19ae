#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Comparisons of stretches of bytes, as fast as the C library does them.
enum ByteComparison {
  /// Negative, zero or positive, byte by byte; the beginning of another comes before it.
  static func order(_ a: [UInt8], _ x: Range<Int>, _ b: [UInt8], _ y: Range<Int>) -> Int {
    precondition(x.upperBound <= a.count && y.upperBound <= b.count, "\(x) of \(a.count) bytes against \(y) of \(b.count)")
    // Invariant: both ranges are inside their arrays, and the pointers stay inside the closures.
    let difference = unsafe a.withUnsafeBytes { a in
      unsafe b.withUnsafeBytes { b in
        let shared = min(x.count, y.count)
        return shared == 0 ? 0 : unsafe memcmp(a.baseAddress! + x.lowerBound, b.baseAddress! + y.lowerBound, shared)
      }
    }
    return difference != 0 ? Int(difference) : x.count - y.count
  }

  /// Whether the bytes are those of a text.
  static func equal(_ a: [UInt8], _ x: Range<Int>, _ text: inout String) -> Bool {
    precondition(x.upperBound <= a.count, "\(x) of \(a.count) bytes")
    // Invariant: the range is inside the array, and the pointers stay inside the closures.
    return text.withUTF8 { text in
      guard text.count == x.count else { return false }
      if x.isEmpty { return true }
      return unsafe a.withUnsafeBytes { a in unsafe memcmp(a.baseAddress! + x.lowerBound, text.baseAddress!, x.count) == 0 }
    }
  }

  /// How many bytes at the beginning are the same.
  static func sharedPrefix(_ a: [UInt8], _ b: [UInt8]) -> Int {
    let shared = min(a.count, b.count)
    // Invariant: eight bytes are read only where `i + 8` is not beyond either array.
    return unsafe a.withUnsafeBytes { a in
      unsafe b.withUnsafeBytes { b in
        var i = 0
        while i + 8 <= shared {
          let x = unsafe a.loadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian
          let y = unsafe b.loadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian
          if x != y { return i + (x ^ y).trailingZeroBitCount / 8 }
          i += 8
        }
        while i < shared, unsafe a[i] == b[i] { i += 1 }
        return i
      }
    }
  }
}

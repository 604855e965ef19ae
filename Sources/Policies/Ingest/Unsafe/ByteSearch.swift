import Glibc

enum ByteSearch {
  /// Where a byte first stands in a range of an array.
  static func first(_ byte: UInt8, in bytes: borrowing [UInt8], _ range: Range<Int>) -> Int? {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    // Invariant: the range lies in the array, and the pointer is used only inside the closure that lends it.
    return unsafe bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return nil }
      guard let found = unsafe memchr(base + range.lowerBound, Int32(byte), range.count) else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }
}

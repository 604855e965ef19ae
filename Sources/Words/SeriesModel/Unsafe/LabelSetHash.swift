import CXXHash

extension LabelSet {
  /// XXH3 of the bytes: 12 ns for a usual set, the same in every process.
  package var hash64: UInt64 { StableHash.of(bytes.span) }
}

/// A 64-bit hash that does not change between processes and releases, for files and prehashed tables.
public enum StableHash {
  public static func of(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
    // Invariant: the pointer is used only inside the closure that lends it.
    unsafe bytes.withUnsafeBufferPointer { unsafe XXH3_64bits_withSeed($0.baseAddress, $0.count, seed) }
  }
}

extension LabelSet {
  /// Differs from process to process, so that nobody can prepare labels that meet in one bucket.
  private static let processSeed = UInt64.random(in: 0 ... .max)

  /// The bytes at once: what would be synthesized goes through them one by one, ten times as slow.
  public func hash(into hasher: inout Hasher) { hasher.combine(StableHash.of(bytes.span, seed: Self.processSeed)) }
}

extension [UInt8] {
  /// A copy that outlives the span.
  init(copying span: Span<UInt8>) {
    // Invariant: the buffer is copied before the closure that lends it returns.
    self = unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
  }
}

enum SpanCopy {
  static func bytes(of span: Span<UInt8>) -> [UInt8] {
    // Invariant: the pointer is used only inside the closure that lends it.
    unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
  }
}

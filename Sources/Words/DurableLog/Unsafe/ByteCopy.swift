enum ByteCopy {
  static func append(_ source: Span<UInt8>, to target: inout [UInt8]) {
    // Invariant: the buffer is read only inside the closure that lends it.
    unsafe source.withUnsafeBufferPointer { unsafe target.append(contentsOf: $0) }
  }
}

/// Why bytes from the wire are not a message.
package enum WireError: Error, Hashable, Sendable {
  case tooLarge(bytes: Int, limit: Int)
  case notSnappy(bytes: Int)
  /// Offsets are into the uncompressed message.
  case truncated(offset: Int)
  case malformed(offset: Int, what: String)
}

extension WireError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLarge(let bytes, let limit): "a message of \(bytes) bytes is larger than the limit of \(limit) after decompression"
    case .notSnappy(let bytes): "the \(bytes) bytes of the body are not snappy's block format"
    case .truncated(let offset): "the message ends in the middle of a field that begins at byte \(offset)"
    case .malformed(let offset, let what): "byte \(offset) of the message: \(what)"
    }
  }
}

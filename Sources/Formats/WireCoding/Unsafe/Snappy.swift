import CSnappy

/// Snappy's block format.
package enum Snappy {
  /// - Parameter limit: the most bytes that may come out; looked at before they are allocated.
  package static func decompress(_ body: Span<UInt8>, limit: Int) throws(WireError) -> [UInt8] {
    // Invariant: the input pointer stays inside the closure that lends it.
    var length = 0
    let known = unsafe body.withUnsafeBufferPointer { input in
      unsafe input.withMemoryRebound(to: CChar.self) { input in
        unsafe input.baseAddress.map { unsafe snappy_uncompressed_length($0, input.count, &length) } ?? SNAPPY_INVALID_INPUT
      }
    }
    guard known == SNAPPY_OK else { throw .notSnappy(bytes: body.count) }
    guard length <= limit else { throw .tooLarge(bytes: length, limit: limit) }
    var status = SNAPPY_INVALID_INPUT
    // Invariant: the library writes at most the `room` bytes that the buffer has, and says how many it wrote.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: length) { output, initialized in
      initialized = 0
      unsafe body.withUnsafeBufferPointer { input in
        unsafe input.withMemoryRebound(to: CChar.self) { input in
          unsafe output.withMemoryRebound(to: CChar.self) { output in
            // An empty message has no buffer; its one byte says so already.
            guard let target = output.baseAddress else {
              return status = length == 0 && input.count == 1 ? SNAPPY_OK : SNAPPY_INVALID_INPUT
            }
            var room = length
            status = unsafe snappy_uncompress(input.baseAddress!, input.count, target, &room)
            if status == SNAPPY_OK { initialized = room }
          }
        }
      }
    }
    guard status == SNAPPY_OK, bytes.count == length else { throw .notSnappy(bytes: body.count) }
    return bytes
  }

  package static func compress(_ bytes: Span<UInt8>) -> [UInt8] {
    // Invariant: snappy_max_compressed_length bounds what compressing writes; an empty input may have no address, so a byte stands in that is not read.
    unsafe [UInt8](unsafeUninitializedCapacity: snappy_max_compressed_length(bytes.count)) { output, initialized in
      var room = output.count
      let status = unsafe bytes.withUnsafeBufferPointer { input in
        unsafe input.withMemoryRebound(to: CChar.self) { input in
          unsafe output.withMemoryRebound(to: CChar.self) { output in
            unsafe snappy_compress(input.baseAddress ?? UnsafePointer(output.baseAddress!), input.count, output.baseAddress!, &room)
          }
        }
      }
      precondition(status == SNAPPY_OK, "snappy refused to compress \(bytes.count) bytes")
      initialized = room
    }
  }
}

import SeriesModel

/// A closed chunk: samples of one series, packed.
///
/// - Shape: `docs/formats/chunk.md`.
package struct Chunk: Hashable, Sendable {
  /// The bit stream, highest bit first, without the count.
  let words: [UInt64]
  let bits: Int
  package let count: Int
  /// Milliseconds.
  package let firstTime: Int64
  package let lastTime: Int64

  /// The most samples a chunk of the head holds.
  package static let capacity = 120

  init(_ open: borrowing OpenChunk) {
    words = Array(open.words)
    bits = open.bits
    count = open.count
    firstTime = open.firstTime
    lastTime = open.lastTime
  }

  /// The bytes of a block file's chunk, count first.
  package var bytes: [UInt8] {
    var bytes = [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
    let length = (bits + 7) / 8
    bytes.reserveCapacity(length + 2)
    for i in 0..<length { bytes.append(UInt8(truncatingIfNeeded: words[i >> 3] >> UInt64(56 - (i & 7) * 8))) }
    return bytes
  }

  /// From the bytes of a block file's chunk; every sample is decoded once to know that the bits are good.
  package init(bytes: [UInt8]) throws(ChunkError) {
    guard bytes.count >= 2 else { throw .truncated(offset: bytes.count) }
    count = Int(bytes[0]) << 8 | Int(bytes[1])
    guard count > 0 else { throw .empty }
    var words = [UInt64](repeating: 0, count: (bytes.count + 5) / 8)
    for i in 2..<bytes.count { words[(i - 2) >> 3] |= UInt64(bytes[i]) << UInt64(56 - ((i - 2) & 7) * 8) }
    self.words = words
    bits = (bytes.count - 2) * 8
    var decoder = ChunkDecoder()
    let span = words.span
    var first: Int64 = 0
    for i in 0..<count {
      let before = decoder.time
      guard decoder.next(span), decoder.position <= bits else { throw .truncated(offset: bytes.count) }
      if i == 0 { first = decoder.time } else if decoder.time <= before { throw .timesDoNotRise(sample: i) }
    }
    firstTime = first
    lastTime = decoder.time
  }

  /// The samples, oldest first.
  package var samples: [Sample] {
    var columns = SampleColumns()
    ChunkDecoder.decode(words.span, count: count, from: .min, through: .max, into: &columns)
    return zip(columns.timestamps, columns.values).map { Sample(Timestamp(milliseconds: $0), $1) }
  }
}

package enum ChunkError: Error, Hashable, Sendable {
  case empty
  /// The bits run out before the last sample does.
  case truncated(offset: Int)
  case timesDoNotRise(sample: Int)
}

import CXXHash
import SeriesModel

/// The place of a series between 0 and 1 that `limit_ratio` samples by: XXH64 of the labels, as the reference hashes them.
enum SeriesSampling {
  static func place(of labels: LabelSet) -> Double {
    let bytes = encoded(labels)
    // Invariant: the pointer is used only inside the closure that lends it.
    let hash = unsafe bytes.span.withUnsafeBufferPointer { unsafe XXH64($0.baseAddress, $0.count, 0) }
    return Double(hash) / 0x1p64
  }

  /// The reference's shape of a label set. It differs from ours in lengths of 128 and more: a byte below 255, or 255 and three bytes.
  private static func encoded(_ labels: LabelSet) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(labels.bytes.count + 8)
    func append(_ text: ArraySlice<UInt8>) {
      let length = text.count
      if length < 255 {
        bytes.append(UInt8(length))
      } else {
        bytes.append(255)
        for shift in [0, 8, 16] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
      }
      bytes.append(contentsOf: text)
    }
    labels.forEachRange { name, value in
      append(labels.bytes[name])
      append(labels.bytes[value])
    }
    return bytes
  }
}

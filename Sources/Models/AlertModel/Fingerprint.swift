import SeriesModel

/// An alert's identity as alerting tools print it: 64 bits of its labels.
///
/// - Shape: FNV-1a over `name 0xff value 0xff` of the labels, sorted by name; 16 hex digits as text.
/// - Source: Fowler, Noll, Vo, "The FNV Non-Cryptographic Hash Algorithm", §2.
public struct Fingerprint: Hashable, Sendable {
  public var bits: UInt64

  public init(bits: UInt64) { self.bits = bits }

  public init(_ labels: LabelSet) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    labels.forEach { name, value in
      for i in name.indices { mix(name[i]) }
      mix(0xff)
      for i in value.indices { mix(value[i]) }
      mix(0xff)
    }
    bits = hash
  }
}

extension Fingerprint: CustomStringConvertible {
  public var description: String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}

extension Fingerprint: Comparable {
  public static func < (a: Fingerprint, b: Fingerprint) -> Bool { a.bits < b.bits }
}

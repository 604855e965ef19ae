/// An order of texts in which numbers count as numbers: `a2` before `a10`.
enum NaturalOrder {
  /// Whether `a` comes before `b`. Both are cut where digits and other characters meet; pieces of digits compare as numbers, others as bytes.
  ///
  /// - Source: facette/natsort, which the reference uses.
  static func precedes(_ a: String, _ b: String) -> Bool {
    let (x, y) = (pieces(a), pieces(b))
    for i in 0..<min(x.count, y.count) {
      let (p, q) = (x[i], y[i])
      if p == q { continue }
      if let m = number(p), let n = number(q) {
        if m == n {
          if x.count == i + 1 { return true }
          if y.count == i + 1 { return false }
          continue
        }
        return m < n
      }
      return p.lexicographicallyPrecedes(q)
    }
    return x.count < y.count
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func pieces(_ text: String) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    for byte in text.utf8 {
      if let last = pieces.last?.last, isDigit(last) == isDigit(byte) {
        pieces[pieces.count - 1].append(byte)
      } else {
        pieces.append([byte])
      }
    }
    return pieces
  }

  private static func number(_ piece: [UInt8]) -> UInt64? {
    guard let first = piece.first, isDigit(first) else { return nil }
    return UInt64(String(decoding: piece, as: UTF8.self))
  }
}

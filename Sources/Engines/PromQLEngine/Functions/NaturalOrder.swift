/// An order of texts in which numbers count as numbers: `a2` before `a10`.
enum NaturalOrder {
  /// Whether `a` comes before `b`. Both are cut where digits and other characters meet; pieces of digits compare as numbers, others as bytes.
  ///
  /// It is no order to rely on: of `a2` and `a02` each comes before the other, and of two texts of which one is empty neither.
  ///
  /// - Source: facette/natsort, which the reference uses.
  static func precedes(_ a: String, _ b: String) -> Bool {
    let (x, y) = (pieces(a), pieces(b))
    for (i, p) in x.enumerated() {
      guard i < y.count else { return false }
      let q = y[i]
      if let m = number(p), let n = number(q) {
        if m != n { return m < n }
      } else if p != q {
        return p.lexicographicallyPrecedes(q)
      }
      if i == x.count - 1 { return true }
      if i == y.count - 1 { return false }
    }
    return false
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

  private static func number(_ piece: [UInt8]) -> Int64? {
    guard let first = piece.first, isDigit(first) else { return nil }
    return Int64(String(decoding: piece, as: UTF8.self))
  }
}

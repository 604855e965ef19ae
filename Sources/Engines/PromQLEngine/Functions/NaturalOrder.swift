/// An order of texts in which numbers count as numbers: `a2` before `a10`.
enum NaturalOrder {
  /// Whether `a` comes before `b`. Both are cut where digits and other characters meet; pieces of digits compare as numbers, others as bytes.
  ///
  /// - Complexity: O(n), no allocation.
  /// - Source: facette/natsort, which the reference uses.
  static func precedes(_ a: String, _ b: String) -> Bool {
    var (x, y) = (a.utf8[...], b.utf8[...])
    while let p = nextPiece(&x), let q = nextPiece(&y) {
      if p.elementsEqual(q) { continue }
      if let m = number(p), let n = number(q) {
        if m == n {
          if x.isEmpty { return true }
          if y.isEmpty { return false }
          continue
        }
        return m < n
      }
      return p.lexicographicallyPrecedes(q)
    }
    return !y.isEmpty
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func nextPiece(_ text: inout Substring.UTF8View) -> Substring.UTF8View? {
    guard let first = text.first else { return nil }
    let piece = text.prefix { isDigit($0) == isDigit(first) }
    text = text[piece.endIndex...]
    return piece
  }

  /// `nil`: no digits, or too many.
  private static func number(_ piece: Substring.UTF8View) -> UInt64? {
    guard let first = piece.first, isDigit(first) else { return nil }
    var number: UInt64 = 0
    for byte in piece {
      let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (next, isAbove) = tens.addingReportingOverflow(UInt64(byte - 0x30))
      if isTooLarge || isAbove { return nil }
      number = next
    }
    return number
  }
}

/// An order of texts in which numbers count as numbers: `a2` before `a10`.
enum NaturalOrder {
  /// Whether `a` comes before `b`. Both are cut where digits and other characters meet; pieces of digits compare as numbers, others as bytes.
  ///
  /// It is no order to rely on: of `a2` and `a02` each comes before the other, and of two texts of which one is empty neither.
  ///
  /// - Complexity: O(n), no allocation.
  /// - Source: facette/natsort, which the reference uses.
  static func precedes(_ a: String, _ b: String) -> Bool {
    var (x, y) = (a.utf8[...], b.utf8[...])
    while let p = nextPiece(&x) {
      guard let q = nextPiece(&y) else { return false }
      if let m = number(p), let n = number(q) {
        if m != n { return m < n }
      } else if !p.elementsEqual(q) {
        return p.lexicographicallyPrecedes(q)
      }
      if x.isEmpty { return true }
      if y.isEmpty { return false }
    }
    return false
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func nextPiece(_ text: inout Substring.UTF8View) -> Substring.UTF8View? {
    guard let first = text.first else { return nil }
    let piece = text.prefix { isDigit($0) == isDigit(first) }
    text = text[piece.endIndex...]
    return piece
  }

  /// `nil`: no digits, or too many.
  private static func number(_ piece: Substring.UTF8View) -> Int64? {
    guard let first = piece.first, isDigit(first) else { return nil }
    var number: Int64 = 0
    for byte in piece {
      let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (next, isAbove) = tens.addingReportingOverflow(Int64(byte - 0x30))
      if isTooLarge || isAbove { return nil }
      number = next
    }
    return number
  }
}

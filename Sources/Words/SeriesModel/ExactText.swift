/// A text that equals another only if their bytes are the same.
///
/// Swift's own equality takes `é` and `e` with an accent after it for one text. They are two values of a label, two series, two queries.
package struct ExactText: Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }
}

extension ExactText: Hashable {
  private static let seed = UInt64.random(in: 0 ... .max)

  package static func == (a: ExactText, b: ExactText) -> Bool {
    let (x, y) = (a.text.utf8.span, b.text.utf8.span)
    guard x.count == y.count else { return false }
    for i in x.indices where x[i] != y[i] { return false }
    return true
  }

  /// The bytes at once: fed one by one they would cost ten times as much.
  package func hash(into hasher: inout Hasher) { hasher.combine(StableHash.of(text.utf8.span, seed: Self.seed)) }
}

/// A text that stands inside another one — quoted, escaped, folded or indented there — and the way back to the true place.
///
/// A query in a rule file is one: its parser counts from the first letter of the query, people count in the file.
/// - Complexity: mapping an offset is O(log runs); a run ends where the two texts stop being the same bytes.
package struct EmbeddedText: Hashable, Sendable {
  /// What the outer text means.
  package let text: String
  private let runs: [Run]

  /// A piece of the outer text and what it became.
  private struct Run: Hashable {
    var inner: Int
    var innerCount: Int
    var outer: Int
    var outerCount: Int
    /// The same bytes on both sides, so offsets within it correspond one to one.
    var isVerbatim: Bool
  }

  private init(text: String, runs: [Run]) {
    self.text = text
    self.runs = runs
  }

  /// A text that stands in the outer one as it is, from `offset` on.
  package init(verbatim text: String, at offset: Int) {
    let count = text.utf8.count
    self.init(text: text, runs: [Run(inner: 0, innerCount: count, outer: offset, outerCount: count, isVerbatim: true)])
  }

  /// A text whose way back is not known in detail: every offset of it means the whole of `range`.
  package init(_ text: String, standingFor range: SourceRange) {
    let run = Run(
      inner: 0, innerCount: text.utf8.count, outer: range.lower, outerCount: max(0, range.upper - range.lower), isVerbatim: false)
    self.init(text: text, runs: range.isUnknown ? [] : [run])
  }

  /// The outer offset of an inner one; `-1` when it is not known. The end of the inner text is the end of the last piece.
  package func offset(_ inner: Int) -> Int {
    guard let run = run(at: inner) else { return runs.last.map { $0.outer + $0.outerCount } ?? -1 }
    return run.isVerbatim ? run.outer + max(0, inner - run.inner) : run.outer
  }

  /// The outer range of an inner one: from the place of its first byte to the end of its last.
  package func range(_ inner: SourceRange) -> SourceRange {
    if inner.isUnknown || runs.isEmpty { return whole }
    let lower = offset(inner.lower)
    guard inner.upper > inner.lower, let last = run(at: inner.upper - 1) else { return SourceRange(lower, lower) }
    let upper = last.isVerbatim ? last.outer + inner.upper - last.inner : last.outer + last.outerCount
    return SourceRange(lower, max(lower, upper))
  }

  /// Where the text stands, as a whole.
  package var whole: SourceRange {
    guard let first = runs.first, let last = runs.last else { return .unknown }
    return SourceRange(first.outer, last.outer + last.outerCount)
  }

  /// A diagnostic about this text as one about the outer text.
  package func outer(_ diagnostic: Diagnostic) -> Diagnostic {
    var moved = diagnostic
    moved.range = range(diagnostic.range)
    return moved
  }

  private func run(at inner: Int) -> Run? {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].inner + runs[middle].innerCount <= inner { low = middle + 1 } else { high = middle }
    }
    return low < runs.count ? runs[low] : nil
  }
}

extension EmbeddedText {
  /// Puts an embedded text together, piece by piece in the order of the outer text.
  package struct Builder {
    package private(set) var bytes: [UInt8] = []
    private var runs: [Run] = []

    package init() {}

    /// Bytes of the outer text that mean themselves.
    package mutating func copy(_ range: Range<Int>, of outer: [UInt8]) {
      guard !range.isEmpty else { return }
      if let last = runs.last, last.isVerbatim, last.outer + last.outerCount == range.lowerBound {
        runs[runs.count - 1].innerCount += range.count
        runs[runs.count - 1].outerCount += range.count
      } else {
        runs.append(
          Run(inner: bytes.count, innerCount: range.count, outer: range.lowerBound, outerCount: range.count, isVerbatim: true))
      }
      bytes.append(contentsOf: outer[range])
    }

    /// Bytes that a piece of the outer text means: an escape, a folded line break.
    package mutating func put(_ new: some Collection<UInt8>, for range: Range<Int>) {
      guard !new.isEmpty else { return }
      runs.append(
        Run(inner: bytes.count, innerCount: new.count, outer: range.lowerBound, outerCount: range.count, isVerbatim: false))
      bytes.append(contentsOf: new)
    }

    package func build() -> EmbeddedText { EmbeddedText(text: String(decoding: bytes, as: UTF8.self), runs: runs) }
  }
}

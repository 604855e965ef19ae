import Testing

@testable import SourceText

@Suite struct EmbeddedTextTests {
  /// `a\tb` in quotes at offset 10, as YAML would read it.
  static let escaped: EmbeddedText = {
    var builder = EmbeddedText.Builder()
    let outer = Array("0123456789\"a\\tb\"".utf8)
    builder.copy(11..<12, of: outer)
    builder.put("\t".utf8, for: 12..<14)
    builder.copy(14..<15, of: outer)
    return builder.build()
  }()

  @Test(arguments: [(0, 11), (1, 12), (2, 14), (3, 15), (9, 15)])
  func `an offset goes back to its place`(_ inner: Int, _ outer: Int) {
    #expect(Self.escaped.text == "a\tb")
    #expect(Self.escaped.offset(inner) == outer)
  }

  @Test func `a range covers whole escapes`() {
    #expect(Self.escaped.range(SourceRange(1, 2)) == SourceRange(12, 14))
    #expect(Self.escaped.range(SourceRange(0, 2)) == SourceRange(11, 14))
    #expect(Self.escaped.range(SourceRange(0, 3)) == SourceRange(11, 15))
    #expect(Self.escaped.range(SourceRange(2, 2)) == SourceRange(14, 14))
    #expect(Self.escaped.range(.unknown) == SourceRange(11, 15))
  }

  @Test func `a diagnostic moves with its text`() {
    let text = EmbeddedText(verbatim: "up ==", at: 100)
    let inner = Diagnostic(.error, "promql/syntax", at: SourceRange(5, 5), "unexpected end of input", hint: "h")
    let outer = text.outer(inner)
    #expect(outer.range == SourceRange(105, 105))
    #expect(outer.hint == "h")
  }

  @Test func `without details the whole is the place`() {
    let text = EmbeddedText("abc", standingFor: SourceRange(7, 20))
    #expect(text.range(SourceRange(1, 2)) == SourceRange(7, 20))
    #expect(EmbeddedText("abc", standingFor: .unknown).range(SourceRange(1, 2)).isUnknown)
  }
}

@Suite struct DiagnosticSinkTests {
  @Test func `the limit holds and what is left out is counted`() {
    let sink = DiagnosticSink(SourceFile(name: "f", text: ""), limit: 2)
    #expect(!sink.hasErrors)
    sink.warning("a/b", at: SourceRange(9, 9), "w")
    #expect(!sink.hasErrors)
    sink.error("a/b", at: SourceRange(3, 3), "e")
    sink.error("a/b", at: SourceRange(1, 1), "e")
    #expect(sink.hasErrors && sink.omitted == 1)
    #expect(sink.inFileOrder.map(\.message) == ["e", "w", "1 further findings are beyond the limit diagnostics = 2"])
    let full = DiagnosticSink(SourceFile(name: "f", text: ""), limit: 0)
    full.error("a/b", at: .unknown, "e")
    #expect(full.hasErrors && full.diagnostics.isEmpty)
  }
}

@Suite struct SuggestionTests {
  @Test(
    arguments: [
      ("exprr", "expr"), ("annotation", "annotations"), ("lables", "labels"), ("fro", "for"), ("Alert", "alert"), ("zzz", nil),
      ("x", nil),
      ("concurrency", nil),
    ] as [(String, String?)])
  func `near words are suggested and far ones are not`(_ word: String, _ meant: String?) {
    let fields = ["record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"]
    #expect(Suggestion.closest(to: word, among: fields) == meant)
  }

  @Test(arguments: [("", "", 0), ("a", "", 1), ("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 1), ("abcd", "acbd", 1)])
  func `distances`(_ a: String, _ b: String, _ distance: Int) {
    #expect(Suggestion.editDistance(Array(a), Array(b)) == distance)
    #expect(Suggestion.editDistance(Array(b), Array(a)) == distance)
  }
}

import Testing

@testable import SeriesModel

/// `é` as one scalar and as two: Swift's equality takes them for one text.
@Suite struct ExactTextTests {
  private let composed = "\u{e9}"
  private let decomposed = "e\u{301}"

  @Test func `a text equals its bytes and no others`() {
    #expect(composed == decomposed, "the trap is there")
    #expect(ExactText(composed) != ExactText(decomposed))
    #expect(Set([ExactText(composed), ExactText(decomposed), ExactText(composed)]).count == 2)
    // The same marks in another order: as many bytes.
    #expect(ExactText("a\u{323}\u{307}") != ExactText("a\u{307}\u{323}"))
  }

  @Test func `matchers tell spellings apart`() throws {
    #expect(!Matcher.equal("a", composed).matches(decomposed))
    #expect(Matcher.notEqual("a", composed).matches(decomposed))
    #expect(try !Matcher("a", .regex, "\(composed)|x").matches(decomposed))
    let many = (0..<20).map { "v\($0)" }.joined(separator: "|")
    #expect(try !Matcher("a", .regex, "\(many)|\(composed)").matches(decomposed))
    #expect(try Matcher("a", .regex, "\(many)|\(composed)").matches(composed))
    #expect(Matcher.equal("a", composed) != Matcher.equal("a", decomposed))
  }
}

@Suite struct InstantTests {
  @Test func `a time that is too far is the last one, or the first`() {
    let now = Instant(nanoseconds: 86_400_000_000_000)
    #expect(now + PromDuration(milliseconds: .max) == Instant(nanoseconds: .max))
    #expect(now + PromDuration(milliseconds: .min) == Instant(nanoseconds: 0))
    #expect(
      now + PromDuration(milliseconds: 9_223_372_036_854) == Instant(nanoseconds: 86_400_000_000_000 + 9_223_372_036_854_000_000))
    #expect(now + PromDuration(milliseconds: -86_400_001) == Instant(nanoseconds: 0))
    #expect(now + PromDuration(milliseconds: -86_399_999) == Instant(nanoseconds: 1_000_000))
  }
}

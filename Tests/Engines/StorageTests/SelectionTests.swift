import SeriesModel
import Testing

@testable import Storage

@Suite struct SelectionTests {
  @Test func `series come sorted by label set`() throws {
    let head = Head()
    for set in [["__name__": "b"], ["__name__": "a", "x": "2"], ["__name__": "a", "x": "10"], ["__name__": "a"]]
      as [KeyValuePairs<String, String>]
    {
      try head.add(LabelSet(set), 1, 1)
    }
    #expect(try head.view().texts([]) == ["a", #"a{x="10"}"#, #"a{x="2"}"#, "b"])
  }

  @Test func `values that look the same are told apart by their bytes`() throws {
    let head = Head()
    for value in ["\u{e9}", "e\u{301}"] { try head.add(["__name__": "a", "v": value], 1, 1) }
    let view = head.view()
    for value in ["\u{e9}", "e\u{301}"] {
      #expect(try view.select([.equal("v", value)], in: .all, limit: .max).labels == [["__name__": "a", "v": value]])
      #expect(try view.select([.notEqual("v", value)], in: .all, limit: .max).labels.count == 1)
      #expect(
        try view.select([Matcher("v", .regex, "\(value)|x")], in: .all, limit: .max).labels == [["__name__": "a", "v": value]])
    }
    #expect(try view.labelValues("v", where: [], in: .all, limit: .max).count == 2)
  }

  /// Every kind of matcher, against the definition: all of them true for the series' labels.
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func `a selection is what its matchers say`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let head = Head()
    let values = ["", "a", "b", "ab", "ba", "abc", "x.y", "c-1", "é"]
    var all: [LabelSet] = []
    for i in 0..<300 {
      let set = LabelSet([
        Label("__name__", ["m", "n"].randomElement(using: &random)!), Label("i", "\(i % 40)"),
        Label("v", values.randomElement(using: &random)!),
        Label("w", values.randomElement(using: &random)!),
      ])
      if !all.contains(set) { all.append(set) }
      try head.add(set, 1, 1)
    }
    let patterns = [
      "", "a", "a|b", "a.*", ".*b", ".*b.*", ".+", ".*", "(a|b)c?", "ab|", "x\\.y", "(?:a|x)(b|\\.y)", "[ab]+", "é|c-1", "no",
      "a.+",
    ]
    let view = head.view()
    for _ in 0..<300 {
      let matchers = try (0..<Int.random(in: 0...3, using: &random)).map { _ in
        try Matcher(
          ["v", "w", "i", "__name__", "absent"].randomElement(using: &random)!,
          Matcher.Kind.allCases.randomElement(using: &random)!,
          (patterns + ["m", "7"]).randomElement(using: &random)!)
      }
      let wanted = all.filter { set in matchers.allSatisfy { Self.definition($0, set) } }.sorted()
      let found = try view.select(matchers, in: .all, limit: .max).labels
      #expect(found == wanted, "seed \(seed): \(matchers)")
    }
  }

  private static func definition(_ matcher: Matcher, _ set: LabelSet) -> Bool {
    let value = set[matcher.name] ?? ""
    return switch matcher.kind {
    case .equal: value == matcher.value
    case .notEqual: value != matcher.value
    case .regex: try! RegularExpression(matcher.value).matches(value)
    case .notRegex: try! !RegularExpression(matcher.value).matches(value)
    }
  }

  @Test func `only series that may have samples in the span are selected`() throws {
    let head = Head()
    try head.add(["__name__": "early"], 1000, 1)
    try head.add(["__name__": "late"], 5000, 1)
    let view = head.view()
    #expect(try view.texts([], in: span(0, 1000)) == ["early"])
    #expect(try view.texts([], in: span(1001, 4999)) == [])
    #expect(try view.texts([], in: span(1000, 5000)) == ["early", "late"])
  }

  @Test func `beyond the limit a selection is refused`() throws {
    let head = Head()
    for i in 0..<5 { try head.add(["i": "\(i)"], 1, 1) }
    #expect(try head.view().select([], in: .all, limit: 5).count == 5)
    #expect(throws: SourceError.tooManySeries(limit: 4)) { try head.view().select([], in: .all, limit: 4) }
  }

  @Test func `label names and values are sorted, limited and follow the matchers`() throws {
    let head = Head()
    try head.add(["__name__": "m", "a": "2", "b": "x"], 1, 1)
    try head.add(["__name__": "m", "a": "10"], 1, 1)
    try head.add(["__name__": "n", "c": "9"], 1, 1)
    let view = head.view()
    #expect(try view.labelNames(where: [], in: .all, limit: .max) == ["__name__", "a", "b", "c"])
    #expect(try view.labelNames(where: [.equal("__name__", "m")], in: .all, limit: .max) == ["__name__", "a", "b"])
    #expect(try view.labelValues("a", where: [], in: .all, limit: .max) == ["10", "2"])
    #expect(try view.labelValues("a", where: [], in: .all, limit: 1) == ["10"])
    #expect(try view.labelValues("a", where: [.equal("b", "x")], in: .all, limit: .max) == ["2"])
    #expect(try view.labelValues("a", where: [.equal("__name__", "n")], in: .all, limit: .max) == [])
  }

  @Test func `the generation changes with the set of series, and a view keeps to its own`() throws {
    let head = Head()
    try head.add(["a": "1"], 1, 1)
    let before = head.view()
    try head.add(["a": "1"], 2, 1)
    #expect(head.view().generation == before.generation)
    try head.add(["a": "2"], 2, 1)
    #expect(head.view().generation != before.generation)
    #expect(try before.texts([]) == [#"{a="1"}"#])
    #expect(try head.view().texts([]).count == 2)
  }

  @Test func `many series stay in order while more come`() throws {
    let head = Head()
    for round in 0..<4 {
      for i in stride(from: round, to: 400, by: 4) { try head.add(["i": "\(i)"], 1, 1) }
      let labels = try head.view().select([], in: .all, limit: .max).labels
      #expect(labels == labels.sorted())
      #expect(labels.count == (round + 1) * 100)
    }
  }
}

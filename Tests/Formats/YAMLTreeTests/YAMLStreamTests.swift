import SourceText
import Testing

@testable import YAMLTree

/// A node as one line, for comparison: `{a: 1, b: [x, "y"]}`.
func shape(_ node: YAMLNode) -> String {
  switch node.content {
  case .scalar(let scalar): scalar.style == .plain ? scalar.text : "\"\(scalar.text)\""
  case .sequence(let items): "[" + items.map(shape).joined(separator: ", ") + "]"
  case .mapping(let entries): "{" + entries.map { shape($0.key) + ": " + shape($0.value) }.joined(separator: ", ") + "}"
  }
}

func read(_ text: String, _ choice: YAMLStream.Choice = .only, limits: YAMLLimits = YAMLLimits()) -> YAMLStream {
  YAMLStream(SourceFile(name: "t.yml", text: text), documents: choice, limits: limits)
}

func headlines(_ stream: YAMLStream) -> [String] {
  stream.diagnostics.map { diagnostic in
    let place = stream.sink.file.location(of: diagnostic.range.lower)
    return "\(place.line):\(place.column) \(diagnostic.message) [\(diagnostic.check)]"
  }
}

@Suite struct YAMLStreamTests {
  @Test(arguments: [
    ("", ""), ("# only a comment\n", ""), ("a: 1", "{a: 1}"), ("- a\n- [b, {c: d}]\n", "[a, [b, {c: d}]]"),
    ("a: &x {b: 1}\nc: *x", "{a: {b: 1}, c: {b: 1}}"), ("a: 'it''s'\nb: \"q\\u00e9\"", "{a: \"it's\", b: \"qé\"}"),
    ("\u{feff}a: b", "{a: b}"), ("a:\nb: ~", "{a: , b: ~}"),
    ("base: &b {x: 1, y: 2}\nd:\n  <<: *b\n  y: 3\n", "{base: {x: 1, y: 2}, d: {y: 3, x: 1}}"),
    ("p: &p {x: 1}\nq: &q {x: 2, z: 3}\nd: {<<: [*p, *q]}", "{p: {x: 1}, q: {x: 2, z: 3}, d: {x: 1, z: 3}}"),
    ("d: {\"<<\": 1}", "{d: {\"<<\": 1}}"), ("? [a, b]\n: c\n", "{[a, b]: c}"),
    // Equal as texts, different as bytes: different keys.
    ("\u{e9}: 1\ne\u{301}: 2", "{\u{e9}: 1, e\u{301}: 2}"),
  ])
  func `documents become trees`(_ text: String, _ expected: String) {
    let stream = read(text)
    #expect(headlines(stream).isEmpty)
    #expect(stream.documents.map(shape).joined(separator: " --- ") == expected)
  }

  @Test(arguments: [
    ("a: 1\nb: 2\na: 3", "3:1 the key \"a\" stands twice in one mapping [yaml/duplicate-key]"),
    ("a: *nothing", "1:4 unknown anchor \"nothing\" [yaml/alias]"),
    ("base: &base 1\na: *bsae", "2:4 unknown anchor \"bsae\", did you mean \"base\"? [yaml/alias]"),
    ("a: &a [*a]", "1:8 anchor \"a\" contains itself [yaml/alias]"),
    ("a: {<<: 5}", "1:9 a merge key needs a mapping or a sequence of mappings, found the number 5 [yaml/merge]"),
    ("a: [1, 2\nb: 3", "2:2 did not find expected ',' or ']' [yaml/syntax]"),
    ("a: b: c", "1:5 mapping values are not allowed in this context [yaml/syntax]"),
    ("a:\n\t- b", "2:1 found character that cannot start any token [yaml/syntax]"),
    ("a: \"é\u{1}\"", "1:6 control characters are not allowed [yaml/syntax]"),
    ("a: 1\n\u{feff}b: 2", "2:1 unexpected byte order mark [yaml/syntax]"),
    ("a: 1\n---\nb: 2", "3:1 a second document in a file that holds one [yaml/documents]"),
  ])
  func `what is wrong is said with its place`(_ text: String, _ expected: String) {
    #expect(headlines(read(text)) == [expected])
  }

  @Test func `a choice of documents`() {
    let text = "a: 1\n---\nb: 2\n---\nc: [\n"
    #expect(read(text, .first).documents.map(shape) == ["{a: 1}"])
    #expect(headlines(read(text, .first)).isEmpty)
    let all = read(text, .all)
    #expect(all.documents.map(shape) == ["{a: 1}", "{b: 2}"])
    #expect(all.diagnostics.map(\.check) == ["yaml/syntax"])
  }

  @Test(
    arguments: [
      ([0x61, 0x3a, 0x20, 0xff], 3), ([0xc3], 0), ([0x61, 0xc0, 0x80], 1), ([0xed, 0xa0, 0x80], 0), ([0xf4, 0x90, 0x80, 0x80], 0),
      ([0xe2, 0x82], 0),
    ] as [([UInt8], Int)])
  func `broken UTF-8 is refused with its place`(_ bytes: [UInt8], _ offset: Int) {
    let stream = YAMLStream(SourceFile(name: "t.yml", utf8: bytes))
    #expect(stream.diagnostics.map(\.check) == ["yaml/encoding"])
    #expect(stream.diagnostics.first?.range.lower == offset)
  }

  @Test func `every well-formed scalar value is good UTF-8`() {
    var text = ""
    for value in stride(from: UInt32(0x80), through: 0x10ffff, by: 97) {
      if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
    }
    #expect(UTF8Check.firstError(in: Array(text.utf8)) == nil)
  }

  // MARK: Limits

  @Test func `a billion laughs are refused by name`() {
    var text = "a0: &a0 [lol, lol]\n"
    for i in 1...40 { text += "a\(i): &a\(i) [*a\(i - 1), *a\(i - 1), *a\(i - 1)]\n" }
    let stream = read(text)
    #expect(stream.documents.isEmpty)
    #expect(headlines(stream).first?.contains("more nodes than the limit alias expansion = 100000 [yaml/limit]") == true)
  }

  @Test func `merge keys count as expansion`() {
    var text = "m0: &m0 {" + (0..<50).map { "k\($0): 1" }.joined(separator: ", ") + "}\n"
    for i in 1...60 { text += "m\(i): {<<: *m0}\n" }
    let stream = read(text, limits: YAMLLimits(aliasExpansion: 1000))
    #expect(stream.diagnostics.map(\.check) == ["yaml/limit"])
  }

  @Test(arguments: [
    (String(repeating: "[", count: 200), "nested deeper than the limit depth = 100"),
    (String(repeating: "- ", count: 200) + "a", "nested deeper than the limit depth = 100"),
    ("[" + String(repeating: "a,", count: 600) + "]", "more nodes than the limit nodes = 500"),
    (String(repeating: "#", count: 5000), "the text has 5000 bytes, more than the limit document bytes = 4096"),
  ])
  func `limits are named`(_ text: String, _ message: String) {
    let stream = read(text, limits: YAMLLimits(documentBytes: 4096, nodes: 500))
    #expect(stream.diagnostics.map(\.message) == [message])
  }

  // MARK: Places

  @Test func `every node knows where it stands`() throws {
    let text = "ä: &x !!str wert\nl:\n  - a # c\n  - 'b c'\nf: {k: [1, 2]}\n"
    let stream = read(text)
    let root = try #require(stream.documents.first)
    func slice(_ node: YAMLNode?) -> String {
      node.map { String(decoding: stream.sink.file.utf8[$0.range.lower..<$0.range.upper], as: UTF8.self) } ?? "nothing"
    }
    #expect(slice(root["ä"]) == "wert")
    #expect(root["ä"]?.tag == "tag:yaml.org,2002:str")
    #expect(slice(root["l"]?.sequence?[0]) == "a")
    #expect(slice(root["l"]?.sequence?[1]) == "'b c'")
    #expect(slice(root["l"]) == "- a # c\n  - 'b c'")
    #expect(slice(root["f"]) == "{k: [1, 2]}")
    #expect(slice(root["f"]?["k"]) == "[1, 2]")
  }

  @Test func `a cut at any byte neither crashes nor hangs`() {
    let text = Array(
      "a: &x \"b\\u00e9c\"\nd: |+2\n   text\n\n>: >-\n  folded\n  more\nm: {<<: [{a: 1}], l: [*x, 'y''']}\n# ä\n".utf8)
    for end in 0...text.count {
      let stream = YAMLStream(SourceFile(name: "cut", utf8: Array(text[..<end])), documents: .all)
      for diagnostic in stream.diagnostics { #expect(diagnostic.range.upper <= end) }
    }
  }
}

import SourceText
import Testing

@testable import YAMLTree

@Suite struct ScalarPlacesTests {
  /// Every letter of these values that is a capital stands in the source once, so its place can be checked by looking.
  static let sources: [String] = [
    "k: plain A text B", "k: plain A\n  folded B\n\n  empty line C  \n   more D", "k: 'single A '' B'",
    "k: 'folded A\n   B\n\n   C'",
    "k: \"escapes \\t A \\u00e9 B \\\" C \\x41 D\"", "k: \"folded A\n  B \\\n  joined C\n\n\n  D\"",
    "k: |\n  literal A\n    deeper B\n\n  C\n",
    "k: |-\n  A\n\n\n  B\n\n", "k: |+\n  A\n\n", "k: |2\n    A\n  B\n", "k: >\n  folded A\n  B\n\n  C\n    deeper D\n  E\n",
    "k: >-\n\n  A\n  B\n",
    "k: >+\n  A\n   B\n  C\n\n\n", "k: &anchor !!str # comment\n  A tagged B", "k: | # comment\r\n  A\r\n  B\r\n",
    "k: 'A\r\n\r\n  B'",
    "a:\n  b:\n    - k: |1\n        A\n       B\n", "k: \"A\u{85}  B\u{2028}C\"", "k: >\n  A\n  \tB\n  C\n",
    "k: ä A 漢字 B \u{1f389} C", "k: A\n  # not a comment? B",
    "k: \"\"", "k: ''", "k: |\n", "k: \"\\L A\\P B\\_C\"", "[k, A B,  C  ]", "k: |\n  A\n \n  B\n \n", "? |\n  A\n: B",
  ]

  @Test(arguments: sources)
  func `the second reading equals the first`(_ source: String) throws {
    let file = SourceFile(name: "t", text: source)
    let root = try #require(YAMLStream(file).documents.first)
    var scalars = 0
    func visit(_ node: YAMLNode) {
      switch node.content {
      case .sequence(let items): items.forEach(visit)
      case .mapping(let entries):
        for entry in entries {
          visit(entry.key)
          visit(entry.value)
        }
      case .scalar(let scalar):
        scalars += 1
        let embedded = node.embeddedText(in: file)!
        #expect(embedded.text == scalar.text)
        for (offset, byte) in scalar.text.utf8.enumerated() where byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "E") {
          let place = embedded.offset(offset)
          // `\x41` is the one capital that is written otherwise.
          #expect(
            file.utf8[place] == byte || file.utf8[place] == UInt8(ascii: "\\"), "\(offset) of \(scalar.text.debugDescription)")
          #expect(embedded.range(SourceRange(offset, offset + 1)).upper > place)
        }
      }
    }
    visit(root)
    #expect(scalars >= 2)
  }

  /// Random scalars in every style, written by a small printer of our own; the second reading must never need its way out.
  @Test(arguments: 0..<300)
  func `random block scalars find their letters again`(_ seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let indent = String(repeating: " ", count: 1 + Int(random.next() % 4))
    var source = "key: " + ["|", ">"][Int(random.next() % 2)] + ["", "-", "+"][Int(random.next() % 3)] + "\n" + indent + "start\n"
    for _ in 0..<random.next() % 8 {
      let pieces = ["\n", indent + "word\n", indent + "  deep X\n", indent + "Y two\n", "  \n", indent + "\ttab\n"]
      source += pieces[Int(random.next() % UInt64(pieces.count))]
    }
    let file = SourceFile(name: "t", text: source)
    let stream = YAMLStream(file)
    guard let node = stream.documents.first?["key"], let text = node.scalar?.text else { return }
    let embedded = try #require(node.embeddedText(in: file))
    for (offset, byte) in text.utf8.enumerated() where byte != 0x20 && byte != 0x0a {
      #expect(
        file.utf8[embedded.offset(offset)] == byte, "seed \(seed), offset \(offset) of \(text.debugDescription) in\n\(source)")
    }
  }

  struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }
}

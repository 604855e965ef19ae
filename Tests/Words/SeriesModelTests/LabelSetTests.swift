import Testing

@testable import SeriesModel

@Suite struct LabelSetTests {
  static let names = ["__name__", "a", "aa", "ab", "b", "B", "é", "a.b", "z"]
  static let values = ["", "1", "10", "2", "x", String(repeating: "long", count: 50), "ü\n\"", "\u{0}"]

  static func random(_ random: inout some RandomNumberGenerator) -> [Label] {
    (0..<Int.random(in: 0...7, using: &random)).map { _ in
      Label(names.randomElement(using: &random)!, values.randomElement(using: &random)!)
    }
  }

  /// The definition: the last of a name wins, empty values are absent, sorted by the bytes of the names.
  static func definition(_ labels: [Label]) -> [Label] {
    var last: [String: String] = [:]
    for label in labels { last[label.name] = label.value }
    return last.filter { !$0.value.isEmpty }.map { Label($0.key, $0.value) }.sorted {
      $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func `labels of any order make the set that the definition says`(seed: UInt64) {
    var random = SplitMix(state: seed)
    for _ in 0..<300 {
      let labels = Self.random(&random)
      let set = LabelSet(labels)
      let wanted = Self.definition(labels)
      #expect(set.labels == wanted, "seed \(seed)")
      #expect(set.count == wanted.count && set.isEmpty == wanted.isEmpty)
      #expect(LabelSet(wanted.shuffled(using: &random)) == set)
      #expect(LabelSet(wanted.shuffled(using: &random)).hash64 == set.hash64)
      for name in Self.names { #expect(set[name] == wanted.first { $0.name == name }?.value) }
      let some = Set(Self.names.filter { _ in Bool.random(using: &random) })
      #expect(set.keeping(some) == LabelSet(wanted.filter { some.contains($0.name) }))
      #expect(set.removing(some) == LabelSet(wanted.filter { !some.contains($0.name) }))
      #expect(set.withoutMetricName == LabelSet(wanted.filter { $0.name != "__name__" }))
      let name = Self.names.randomElement(using: &random)!
      let value = Self.values.randomElement(using: &random)!
      #expect(set.setting(name, value) == LabelSet(wanted + [Label(name, value)]))
    }
  }

  @Test(arguments: [5, 6, 7] as [UInt64]) func `the order is that of the labels one after the other`(seed: UInt64) {
    var random = SplitMix(state: seed)
    func texts(_ set: LabelSet) -> [[UInt8]] { set.labels.flatMap { [Array($0.name.utf8), Array($0.value.utf8)] } }
    func precedes(_ a: LabelSet, _ b: LabelSet) -> Bool {
      for (x, y) in zip(texts(a), texts(b)) where x != y { return x.lexicographicallyPrecedes(y) }
      return texts(a).count < texts(b).count
    }
    for _ in 0..<500 {
      let (a, b) = (LabelSet(Self.random(&random)), LabelSet(Self.random(&random)))
      #expect((a < b) == precedes(a, b), "seed \(seed): \(a) \(b)")
      #expect((b < a) == precedes(b, a))
      #expect((a == b) == (!(a < b) && !(b < a)))
    }
  }

  @Test func `the hash is the same in every process`() {
    #expect(LabelSet.empty.hash64 == 0x2d06_8005_38d3_94c2)
    #expect(LabelSet(["a": "1"]).hash64 == StableHash.of([1, 0x61, 1, 0x31].span))
  }

  @Test func `long names and values keep their lengths`() {
    for length in [127, 128, 16_383, 16_384, 70_000] {
      let text = String(repeating: "y", count: length)
      let set = LabelSet(["a": text, "b": "1"])
      #expect(set["a"] == text && set["b"] == "1" && set.count == 2)
    }
  }

  @Test(
    arguments: [
      ([:], "{}"), (["__name__": "up"], "up"), (["__name__": "up", "job": "a\"b"], #"up{job="a\"b"}"#),
      (["job": "x", "a": "y"], #"{a="y", job="x"}"#),
      (["__name__": "http.requests", "a": "1"], #"{"http.requests", a="1"}"#), (["a.b": "1\n"], #"{"a.b"="1\n"}"#),
      (["a": "é\u{1}"], #"{a="é\x01"}"#),
    ] as [(LabelSet, String)]) func `descriptions are Prometheus' own`(set: LabelSet, text: String)
  {
    #expect(set.description == text)
  }
}

/// The same numbers for the same seed, everywhere.
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

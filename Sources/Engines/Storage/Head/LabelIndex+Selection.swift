import SeriesModel

extension LabelIndex {
  /// The places of the series that satisfy all matchers, in rising order.
  ///
  /// Matchers that look up lists go first, the shortest list first. A condition on many values is checked on the candidates when these are fewer.
  func places(_ matchers: [Matcher]) -> [UInt32] {
    var candidates: [UInt32]?
    for list in matchers.compactMap(listedPlaces).sorted(by: { $0.count < $1.count }) {
      candidates = candidates.map { Self.intersection($0, list) } ?? list
      if candidates!.isEmpty { return [] }
    }
    for matcher in matchers where Self.listedValues(matcher) == nil {
      candidates = narrowed(candidates, by: matcher)
      if candidates!.isEmpty { return [] }
    }
    return candidates ?? everyPlace
  }

  /// The values of a condition that names those it wants, none of them empty.
  private static func listedValues(_ matcher: Matcher) -> [String]? {
    guard !matcher.isNegative, case .oneOf(let set) = matcher.reduced, !set.contains("") else { return nil }
    return set.values
  }

  private func listedPlaces(_ matcher: Matcher) -> [UInt32]? {
    guard let values = Self.listedValues(matcher) else { return nil }
    guard let table = postings[ExactText(matcher.name)] else { return [] }
    return union(values.compactMap { table[ExactText($0)] })
  }

  private func narrowed(_ candidates: [UInt32]?, by matcher: Matcher) -> [UInt32] {
    let table = postings[ExactText(matcher.name)] ?? [:]
    // Few candidates: look at their own values.
    if let candidates, candidates.count < table.count {
      var known: [ExactText: Bool] = [:]
      return candidates.filter { place in
        let value = ExactText(labels[Int(place)][matcher.name] ?? "")
        if let verdict = known[value] { return verdict }
        let verdict = matcher.matches(value.text)
        known[value] = verdict
        return verdict
      }
    }
    if matcher.matchesEmpty {
      return Self.difference(candidates ?? everyPlace, union(refusedLists(matcher, table)))
    }
    let accepted = union(table.compactMap { matcher.matches($0.key.text) ? $0.value : nil })
    return candidates.map { Self.intersection($0, accepted) } ?? accepted
  }

  /// The lists of the values that a condition refuses. `!=` and alternatives name them.
  private func refusedLists(_ matcher: Matcher, _ table: [ExactText: [UInt32]]) -> [[UInt32]] {
    if matcher.isNegative, case .oneOf(let set) = matcher.reduced { return set.values.compactMap { table[ExactText($0)] } }
    return table.compactMap { matcher.matches($0.key.text) ? nil : $0.value }
  }

  private func union(_ lists: [[UInt32]]) -> [UInt32] {
    if lists.count < 2 { return lists.first ?? [] }
    var set = PlaceSet(capacity: labels.count)
    for list in lists { for place in list { set.insert(place) } }
    return set.places
  }

  private static func intersection(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
    var both: [UInt32] = []
    var j = 0
    for place in a {
      while j < b.count, b[j] < place { j += 1 }
      if j == b.count { break }
      if b[j] == place { both.append(place) }
    }
    return both
  }

  private static func difference(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
    if b.isEmpty { return a }
    var rest: [UInt32] = []
    var j = 0
    for place in a {
      while j < b.count, b[j] < place { j += 1 }
      if j == b.count || b[j] != place { rest.append(place) }
    }
    return rest
  }
}

/// A set of places as bits.
struct PlaceSet {
  private var words: [UInt64]

  init(capacity: Int) { words = Array(repeating: 0, count: (capacity + 63) / 64) }

  mutating func insert(_ place: UInt32) { words[Int(place >> 6)] |= 1 << UInt64(place & 63) }
  func contains(_ place: UInt32) -> Bool { Int(place >> 6) < words.count && words[Int(place >> 6)] >> UInt64(place & 63) & 1 == 1 }

  /// In rising order.
  var places: [UInt32] {
    var all: [UInt32] = []
    for (i, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        all.append(UInt32(i * 64 + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    return all
  }
}

/// A seeded source of numbers: the same seed gives the same numbers on every machine.
///
/// - Source: G. Steele et al., "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014 (SplitMix64).
struct Chance: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mix(state)
  }

  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// From 0 up to, not including, 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

  /// A whole number below `limit`.
  mutating func below(_ limit: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(limit)).high) }

  /// Whole milliseconds from `range`.
  mutating func milliseconds(_ range: ClosedRange<Int64>) -> Int64 {
    range.lowerBound + Int64(below(Int(range.upperBound - range.lowerBound) + 1))
  }

  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}

/// Says yes exactly `hits` times in each `block` of questions, at places that chance decides.
///
/// Plain chance would now and then bring enough failures together for an alert; a quota cannot: in any `n` questions there are at most
/// `hits * (n / block + 2)`.
struct Quota: Sendable {
  let hits: Int
  let block: Int
  private var hitsLeft = 0
  private var questionsLeft = 0

  init(_ hits: Int, of block: Int) {
    self.hits = hits
    self.block = block
  }

  mutating func next(_ chance: inout Chance) -> Bool {
    if questionsLeft == 0 {
      questionsLeft = block
      hitsLeft = hits
    }
    let isHit = chance.below(questionsLeft) < hitsLeft
    questionsLeft -= 1
    if isHit { hitsLeft -= 1 }
    return isHit
  }
}

/// Turns a rate into whole numbers that add up to it: what is left of one interval counts in the next.
struct WholeCount: Sendable {
  private var rest = 0.0

  mutating func take(_ amount: Double) -> Int {
    rest += amount
    let whole = rest.rounded(.down)
    rest -= whole
    return Int(whole)
  }
}

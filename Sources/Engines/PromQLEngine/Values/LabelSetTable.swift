import SeriesModel

/// Numbers label sets in the order in which they are first seen.
///
/// - Complexity: O(1) per look-up, one hash of the bytes; no allocation for a set that is known.
struct LabelSetTable {
  private(set) var sets: [LabelSet] = []
  private var hashes: [UInt64] = []
  /// A power of two of places; -1: free.
  private var slots: [Int32]

  init(capacity: Int = 0) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
  }

  var count: Int { sets.count }

  /// The number of the set with these bytes.
  mutating func number(of bytes: Span<UInt8>) -> Int {
    let hash = StableHash.of(bytes)
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place] >= 0 {
      let i = Int(slots[place])
      if hashes[i] == hash, Self.equal(sets[i].bytes, bytes) { return i }
      place = (place + 1) & (slots.count - 1)
    }
    var copy: [UInt8] = []
    copy.reserveCapacity(bytes.count)
    for i in bytes.indices { copy.append(bytes[i]) }
    return insert(LabelSet(uncheckedBytes: copy), hash, at: place)
  }

  /// The number of a set; a new one is kept as it is.
  mutating func number(of labels: LabelSet) -> Int {
    let hash = labels.hash64
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place] >= 0 {
      let i = Int(slots[place])
      if hashes[i] == hash, sets[i] == labels { return i }
      place = (place + 1) & (slots.count - 1)
    }
    return insert(labels, hash, at: place)
  }

  private static func equal(_ a: [UInt8], _ b: Span<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    let a = a.span
    for i in a.indices where a[i] != b[i] { return false }
    return true
  }

  private mutating func insert(_ labels: LabelSet, _ hash: UInt64, at place: Int) -> Int {
    let i = sets.count
    sets.append(labels)
    hashes.append(hash)
    slots[place] = Int32(i)
    if sets.count * 2 > slots.count { grow() }
    return i
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for i in sets.indices {
      var place = Int(truncatingIfNeeded: hashes[i]) & (slots.count - 1)
      while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = Int32(i)
    }
  }

  static func hasDuplicates(_ labels: [LabelSet]) -> Bool {
    if labels.count < 2 { return false }
    var table = LabelSetTable(capacity: labels.count)
    for (i, set) in labels.enumerated() where table.number(of: set) != i { return true }
    return false
  }
}

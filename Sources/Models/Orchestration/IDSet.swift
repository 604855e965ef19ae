/// A set of 126-bit hashes, each with a tag of two bits: open addressing in one array.
///
/// - Units: 16 bytes a slot; at most 85 % of the slots are taken, and a sealed set has hardly more slots than that.
/// - Complexity: O(1); a look-up usually touches one or two cache lines.
package struct IDSet: Sendable {
  /// Pairs (high, low with tag); all zero is an empty slot.
  private var slots: [UInt64]
  private var capacity: UInt64
  package private(set) var count = 0

  package init() {
    capacity = 64
    slots = [UInt64](repeating: 0, count: 128)
  }

  package var memoryBytes: Int { slots.count * 8 }

  package func contains(_ id: EventID) -> Bool { tag(of: id) != nil }

  package func tag(of id: EventID) -> UInt8? {
    let i = slot(of: id)
    let low = slots[2 * i + 1]
    return low == 0 && slots[2 * i] == 0 ? nil : UInt8(low & 3)
  }

  /// Whether the id was new. The tag of a known id stays.
  @discardableResult
  package mutating func insert(_ id: EventID, tag: UInt8 = 0) -> Bool {
    if (count + 1) * 20 > Int(capacity) * 17 { grow(to: max(64, Int(capacity) * 3 / 2)) }
    let i = slot(of: id)
    guard slots[2 * i] == 0, slots[2 * i + 1] == 0 else { return false }
    slots[2 * i] = id.high
    slots[2 * i + 1] = id.low | UInt64(tag & 3)
    count += 1
    return true
  }

  /// Gives back the slots that growing left over.
  package mutating func seal() {
    let fitting = max(64, count * 20 / 17 + 1)
    if fitting < Int(capacity) { grow(to: fitting) }
  }

  package mutating func removeAll() {
    if count > 0 { for i in slots.indices { slots[i] = 0 } }
    count = 0
  }

  package func forEach(_ body: (EventID, _ tag: UInt8) -> Void) {
    for i in stride(from: 0, to: slots.count, by: 2) where slots[i] != 0 || slots[i + 1] != 0 {
      body(EventID(high: slots[i], low: slots[i + 1]), UInt8(slots[i + 1] & 3))
    }
  }
}

private extension IDSet {
  /// Where the id is, or the empty slot where it belongs.
  func slot(of id: EventID) -> Int {
    var i = Int(id.high.multipliedFullWidth(by: capacity).high)
    while true {
      let (high, low) = (slots[2 * i], slots[2 * i + 1])
      if high == id.high && low & ~3 == id.low || high == 0 && low == 0 { return i }
      i += 1
      if i == Int(capacity) { i = 0 }
    }
  }

  mutating func grow(to n: Int) {
    let old = slots
    capacity = UInt64(n)
    slots = [UInt64](repeating: 0, count: n * 2)
    for j in stride(from: 0, to: old.count, by: 2) where old[j] != 0 || old[j + 1] != 0 {
      let i = slot(of: EventID(high: old[j], low: old[j + 1]))
      slots[2 * i] = old[j]
      slots[2 * i + 1] = old[j + 1]
    }
  }
}

import Catalogue
import SeriesModel

/// The registry from inside: valid within ``Registry/update(_:)`` only.
///
/// Values live in one array of cells; a handle leads to its cell through one look-up. An update costs 3–10 ns, resolving a handle 50–100 ns, a birth
/// about 1 µs.
package struct RegistryUpdate: ~Copyable, Sendable {
  let options: RegistryOptions
  var families: [FamilyState]
  /// Per family: the buckets' upper bounds.
  let bounds: [[Double]]
  let overflowFamily: Int?
  let evictedFamily: Int?

  var slots: [Slot] = []
  var cells: [Double] = []
  var entities: [Entity] = []
  /// Per entity: the second of its last update.
  var touched: [UInt32] = []
  var segments: [Segment] = []
  /// Per segment: the update that last changed a value in it.
  var segmentVersions: [UInt64] = []
  /// Handles of dropped entities that were led to a successor: its entity and they.
  var successors: [Int32: [Int32]] = [:]

  /// Counts updates.
  var version: UInt64 = 1
  /// The last update that changed anything that shows.
  var changed: UInt64 = 1
  /// Changes when a label set is born or dropped.
  var structure: UInt64 = 1
  var second: UInt32 = 0
  /// Reused while a key is made.
  var key: [UInt8] = []

  // MARK: Label sets

  /// The label set with these values, in the order of the family's labels. Born at 0 with its entity's other combinations when it is new.
  ///
  /// Beyond the family's cap the handle is that of `__other__` (a gauge's own value is kept aside and folded). A value for a closed label must be one of
  /// its set; see ``Registry/refusal(_:_:)``.
  package mutating func series(_ f: FamilyHandle, _ values: [String], created: Timestamp) -> SeriesHandle {
    let shape = families[Int(f.index)].shape
    precondition(
      values.count == shape.family.labels.count, "BUG: \(shape.family) has \(shape.family.labels.count) labels, not \(values.count)"
    )
    var combination = 0
    for part in shape.spread {
      guard let i = part.values.firstIndex(of: values[part.position]) else {
        preconditionFailure("BUG: \(shape.family) has no \(shape.family.labels[part.position].name)=\(values[part.position])")
      }
      combination += i * part.stride
    }
    key.removeAll(keepingCapacity: true)
    for position in shape.keyPositions { Self.appendKeyPart(values[position], to: &key) }
    return SeriesHandle(index: firstSlot(of: Int(f.index), created: created) + Int32(combination))
  }

  /// Sees to it that an entity exists: all combinations of its closed labels, at 0. `fixed` are the values of the other labels, in their order.
  package mutating func bear(_ f: FamilyHandle, fixed: [String], created: Timestamp) {
    let shape = families[Int(f.index)].shape
    precondition(
      fixed.count == shape.keyPositions.count,
      "BUG: an entity of \(shape.family) has \(shape.keyPositions.count) labels, not \(fixed.count)")
    key.removeAll(keepingCapacity: true)
    for value in fixed { Self.appendKeyPart(value, to: &key) }
    _ = firstSlot(of: Int(f.index), created: created)
  }

  /// Drops the label set's entity, all combinations of it. What a counter had goes to `__other__`.
  package mutating func remove(_ s: SeriesHandle) {
    let slot = slots[Int(s.index)]
    if slot.cell >= 0, slot.entity > 0, entities[Int(slot.entity)].standing != .other { drop(slot.entity) }
  }

  // MARK: Values

  /// Adds to a counter (not less than 0) or gauge.
  package mutating func add(_ s: SeriesHandle, _ delta: Double) {
    let slot = live(s)
    precondition(slot.kind != .histogram && (slot.kind == .gauge || delta >= 0), "BUG: \(delta) cannot be added to a \(slot.kind)")
    cells[Int(slot.cell)] += delta
    touch(slot)
  }

  /// Sets a gauge.
  package mutating func set(_ s: SeriesHandle, _ value: Double) {
    let slot = live(s)
    precondition(slot.kind == .gauge, "BUG: a \(slot.kind) cannot be set")
    cells[Int(slot.cell)] = value
    touch(slot)
  }

  /// Counts a finite value in a histogram, `count` times.
  package mutating func observe(_ s: SeriesHandle, _ value: Double, count: UInt64 = 1) {
    let slot = live(s)
    precondition(slot.kind == .histogram && value.isFinite, "BUG: \(value) cannot be observed by a \(slot.kind)")
    let buckets = bounds[Int(slot.family)].count
    var i = 0
    while i < buckets, value > bounds[Int(slot.family)][i] { i += 1 }
    let first = Int(slot.cell)
    cells[first + i] += Double(count)
    cells[first + buckets + 1] += value * Double(count)
    touch(slot)
  }

  /// A counter's or gauge's value; the number of a histogram's observations.
  package mutating func value(_ s: SeriesHandle) -> Double {
    settleFolds()
    let slot = slots[Int(s.index)]
    if slot.cell < 0 { return 0 }
    if slot.kind != .histogram { return cells[Int(slot.cell)] }
    let first = Int(slot.cell)
    return cells[first...first + bounds[Int(slot.family)].count].reduce(0, +)
  }

  /// Whether updates of this handle still reach the label set it was made for. One that was dropped is born again by its next update.
  package func isLive(_ s: SeriesHandle) -> Bool { slots[Int(s.index)].cell >= 0 }
}

extension RegistryUpdate {
  /// The label set's slot; a dropped one is born again.
  private mutating func live(_ s: SeriesHandle) -> Slot {
    let slot = slots[Int(s.index)]
    return slot.cell >= 0 ? slot : bornAgain(s)
  }

  private mutating func touch(_ slot: Slot) {
    markChanged(slot.segment)
    touched[Int(slot.entity)] = second
  }

  mutating func markChanged(_ segment: Int32) {
    segmentVersions[Int(segment)] = version
    changed = version
  }

  static func appendKeyPart(_ value: String, to key: inout [UInt8]) {
    var length = value.utf8.count
    while length >= 0x80 {
      key.append(UInt8(truncatingIfNeeded: length) | 0x80)
      length >>= 7
    }
    key.append(UInt8(length))
    key.append(contentsOf: value.utf8)
  }

  /// The byte ranges of a key's values.
  static func parts(of key: [UInt8]) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var offset = 0
    while offset < key.count {
      var length = 0
      var shift = 0
      while true {
        let byte = key[offset]
        offset += 1
        length |= Int(byte & 0x7f) << shift
        if byte < 0x80 { break }
        shift += 7
      }
      parts.append(offset..<offset + length)
      offset += length
    }
    return parts
  }
}

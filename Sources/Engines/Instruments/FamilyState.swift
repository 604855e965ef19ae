import Catalogue
import SeriesModel

/// The catalogue's row, compiled. Never changes, so that it can be held while the family does.
///
/// An **entity** is what the open and property labels of a family name, such as one workflow with one trigger. Its label sets — every combination of
/// the closed labels — are born, admitted and dropped together, and stand side by side.
final class FamilyShape: Sendable {
  enum Kind: UInt8 { case counter, gauge, histogram }

  let family: Family
  let kind: Kind
  let combinations: Int
  /// Cells of one label set: a value; or for a histogram each bucket's own count, `+Inf`'s, and the sum.
  let cellsPerSet: Int
  /// Positions of the labels that name an entity.
  let keyPositions: [Int]
  /// For each of those whether it becomes `__other__`.
  let keyIsOpen: [Bool]
  let hasOpenLabels: Bool
  /// Closed labels: position, values, and how far apart their combinations stand.
  let spread: [(position: Int, values: [String], stride: Int)]
  /// Of hashes; from the name, so that it stays the same when the catalogue grows.
  let seed: UInt64

  init(_ family: Family) {
    self.family = family
    switch family.type {
    case .counter: kind = .counter
    case .gauge: kind = .gauge
    case .histogram: kind = .histogram
    default: preconditionFailure("BUG: a registry has no \(family.type.rawValue), as \(family.name) wants to be")
    }
    combinations = family.combinations
    cellsPerSet = kind == .histogram ? family.buckets.count + 2 : 1
    keyPositions = family.labels.indices.filter { family.labels[$0].spread == nil }
    keyIsOpen = keyPositions.map { family.labels[$0].isOpen }
    hasOpenLabels = keyIsOpen.contains(true)
    var stride = family.combinations
    var spread: [(position: Int, values: [String], stride: Int)] = []
    for (position, label) in family.labels.enumerated() {
      guard let values = label.spread else { continue }
      stride /= values.count
      spread.append((position, values, stride))
    }
    self.spread = spread
    let name = Array(family.name.utf8)
    seed = StableHash.of(name.span)
  }

  var cellsPerEntity: Int { cellsPerSet * combinations }
  var linesPerEntity: Int { combinations * family.linesPerLabelSet }

  func hash(of key: [UInt8]) -> UInt64 { StableHash.of(key.span, seed: seed) }
  /// Where to look when another key has the same hash.
  static func next(_ hash: UInt64) -> UInt64 { (hash ^ (hash >> 31)) &* 0x9e37_79b9_7f4a_7c15 &+ 1 }
}

/// A family in its registry: who was admitted, and who was not.
struct FamilyState: Sendable {
  let shape: FamilyShape
  /// Entities by the hash of their key.
  var index: [UInt64: Int32] = [:]
  /// Hashes of entities that the cap did not admit.
  var overflowed: Set<UInt64> = []
  /// More overflowed than are remembered, so nobody new is admitted.
  var isSealed = false
  /// Label sets admitted; `__other__` is not counted.
  var admitted = 0
  /// Cells of dropped entities, free for the next.
  var freeCells: [Int32] = []
  /// Entities that are shown only through `__other__`.
  var ghosts: [Int32] = []
  var segments: [Int32] = []
}

/// A label set's place. 16 bytes; reached by handle on every update.
struct Slot: Sendable {
  /// Of its first cell; when the entity was dropped, the complement of what it was.
  var cell: Int32
  var entity: Int32
  var segment: Int32
  var family: UInt16
  var kind: FamilyShape.Kind
}

/// Open and property label values with what belongs to them.
struct Entity: Sendable {
  enum Standing: UInt8 {
    case admitted
    /// Stands for those that were not admitted.
    case other
    /// A gauge that was not admitted: it has a value of its own, which only `__other__` shows.
    case ghost
    case dropped
  }

  var family: UInt16
  var standing: Standing
  /// Whether a sampler has stored it before.
  var isSampled = false
  var firstSlot: Int32
  var firstCell: Int32
  var segment: Int32
  var created: Timestamp
  /// The values, each after its length in LEB128.
  var key: [UInt8]
}

/// A run of one family's entities whose lines are rendered together.
struct Segment: Sendable {
  var family: UInt16
  var entities: [Int32] = []
  /// Changes when the entities do.
  var structure: UInt64 = 0

  /// Small enough to render again for one value, large enough that copying the others costs little.
  static let lines = 256
}

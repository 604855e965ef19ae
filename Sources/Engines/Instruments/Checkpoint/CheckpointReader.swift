import Catalogue
import SeriesModel

extension RegistryUpdate {
  /// Takes the place of everything durable; handles given out before, also those of own families, must not be used any more.
  ///
  /// - Returns: Families that were passed over, because the catalogue has them no more or has changed them.
  package mutating func restore(_ bytes: [UInt8]) throws(CheckpointError) -> [String] {
    let read = try CheckpointReader(bytes).families()
    var passedOver: [String] = []
    let own = self.ownValues()
    reset()
    for saved in read {
      guard let family = families.firstIndex(where: { $0.shape.family.name == saved.name }),
        families[family].shape.family.isDurable,
        families[family].shape.signature == saved.signature
      else {
        passedOver.append(saved.name)
        continue
      }
      try restore(family, saved)
    }
    bearWhatIsAlwaysThere()
    for (family, values, cells, created) in own { restoreOwn(family, values, cells, created) }
    return passedOver
  }

  private mutating func reset() {
    for family in families.indices { families[family] = FamilyState(shape: families[family].shape) }
    successors = [:]
    makeNowhere()
    structure += 1
    changed = version
  }

  private mutating func restore(_ family: Int, _ saved: CheckpointReader.SavedFamily) throws(CheckpointError) {
    var reader = saved.body
    let shape = families[family].shape
    families[family].isSealed = try reader.byte() == 1
    for _ in 0..<(try reader.varint(most: reader.remaining / 8)) {
      families[family].overflowed.insert(try reader.fixed(UInt64.self))
    }
    var shown: [Int32] = []
    for _ in 0..<(try reader.varint(most: reader.remaining)) {
      let start = reader.offset
      guard let standing = Entity.Standing(rawValue: try reader.byte()), standing != .dropped else {
        throw .malformed("no such standing of an entity", offset: start)
      }
      let isSampled = try reader.byte() == 1
      key = try reader.string()
      guard Self.isKey(key, parts: shape.keyPositions.count) else { throw .malformed("a key of \(saved.name)", offset: start) }
      let created = Timestamp(milliseconds: Int64(bitPattern: try reader.fixed(UInt64.self)))
      let second = try reader.fixed(UInt32.self)
      var place = shape.hash(of: key)
      while families[family].index[place] != nil { place = FamilyShape.next(place) }
      let id = bear(family, place, standing, created: created)
      entities[Int(id)].isSampled = isSampled
      touched[Int(id)] = second
      if standing == .admitted { families[family].admitted += shape.combinations }
      if standing == .ghost { shown.append(id) }
      let first = Int(entities[Int(id)].firstCell)
      for cell in first..<first + shape.cellsPerEntity { cells[cell] = Double(bitPattern: try reader.fixed(UInt64.self)) }
    }
    // Only now is their `__other__` there.
    for ghost in shown { join(ghost, in: family) }
  }

  /// Leads a ghost's updates to the segment that shows them.
  private mutating func join(_ ghost: Int32, in family: Int) {
    key = entities[Int(ghost)].key
    let segment = slots[Int(otherSlots(of: family, created: entities[Int(ghost)].created))].segment
    let first = Int(entities[Int(ghost)].firstSlot)
    for i in 0..<families[family].shape.combinations { slots[first + i].segment = segment }
    families[family].ghosts.append(ghost)
  }

  private static func isKey(_ key: [UInt8], parts wanted: Int) -> Bool {
    var reader = CheckpointReader(key)
    var parts = 0
    while reader.remaining > 0 {
      guard let part = try? reader.string(), String(validating: part, as: UTF8.self) != nil else { return false }
      parts += 1
    }
    return parts == wanted
  }

  // MARK: Own families stay as they are

  private func ownValues() -> [(family: Int, key: [UInt8], cells: [Double], created: Timestamp)] {
    entities.indices.dropFirst().compactMap { id in
      let entity = entities[id]
      let shape = families[Int(entity.family)].shape
      guard entity.standing == .admitted, !shape.family.isDurable else { return nil }
      let first = Int(entity.firstCell)
      return (Int(entity.family), entity.key, Array(cells[first..<first + shape.cellsPerEntity]), entity.created)
    }
  }

  private mutating func restoreOwn(_ family: Int, _ key: [UInt8], _ values: [Double], _ created: Timestamp) {
    self.key = key
    let slot = slots[Int(firstSlot(of: family, created: created))]
    for (i, value) in values.enumerated() { cells[Int(slot.cell) + i] = value }
  }
}

extension Registry {
  /// See ``RegistryUpdate/restore(_:)``.
  package func restore(_ bytes: [UInt8]) throws(CheckpointError) -> [String] {
    try update { state throws(CheckpointError) in try state.restore(bytes) }
  }
}

/// Walks through the bytes of a checkpoint.
struct CheckpointReader {
  let bytes: [UInt8]
  private(set) var offset: Int
  private let end: Int

  struct SavedFamily {
    var name: String
    var signature: UInt64
    var body: CheckpointReader
  }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    offset = 0
    end = bytes.count
  }

  private init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    offset = range.lowerBound
    end = range.upperBound
  }

  var remaining: Int { end - offset }

  /// Checks the whole and splits it.
  func families() throws(CheckpointError) -> [SavedFamily] {
    guard bytes.starts(with: CheckpointBytes.magic) else { throw .notACheckpoint }
    guard bytes.count >= 9 else { throw .truncated(offset: bytes.count) }
    guard bytes[4] == CheckpointBytes.version else { throw .unknownVersion(bytes[4]) }
    var tail = CheckpointReader(bytes, bytes.count - 4..<bytes.count)
    let expected = try tail.fixed(UInt32.self)
    let found = Checksum.crc32(Array(bytes.dropLast(4)))
    guard expected == found else { throw .checksum(expected: expected, found: found) }
    var reader = CheckpointReader(bytes, 5..<bytes.count - 4)
    var families: [SavedFamily] = []
    for _ in 0..<(try reader.varint(most: reader.remaining)) {
      let name = String(decoding: try reader.string(), as: UTF8.self)
      let signature = try reader.fixed(UInt64.self)
      let length = try reader.varint(most: reader.remaining)
      families.append(
        SavedFamily(name: name, signature: signature, body: CheckpointReader(bytes, reader.offset..<reader.offset + length)))
      reader.offset += length
    }
    guard reader.remaining == 0 else { throw .malformed("bytes after the last family", offset: reader.offset) }
    return families
  }

  mutating func byte() throws(CheckpointError) -> UInt8 {
    guard offset < end else { throw .truncated(offset: end) }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// A number that cannot be larger than `most` in sound bytes.
  mutating func varint(most: Int) throws(CheckpointError) -> Int {
    let start = offset
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 63 else { throw .malformed("a number of more than 63 bits", offset: start) }
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 { break }
      shift += 7
    }
    guard value <= UInt64(max(0, most)) else { throw .malformed("a count of \(value) where at most \(most) fit", offset: start) }
    return Int(value)
  }

  mutating func string() throws(CheckpointError) -> [UInt8] {
    let length = try varint(most: remaining)
    guard length <= remaining else { throw .truncated(offset: end) }
    defer { offset += length }
    return Array(bytes[offset..<offset + length])
  }

  mutating func fixed<T: FixedWidthInteger>(_ type: T.Type) throws(CheckpointError) -> T {
    guard remaining >= T.bitWidth / 8 else { throw .truncated(offset: end) }
    var value: T = 0
    for shift in stride(from: 0, to: T.bitWidth, by: 8) { value |= T(truncatingIfNeeded: try byte()) << shift }
    return value
  }
}

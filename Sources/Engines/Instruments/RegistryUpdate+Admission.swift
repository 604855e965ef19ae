import Catalogue
import SeriesModel

// Who gets lines of his own. The key under discussion stands in `key`.

extension RegistryUpdate {
  /// The first slot of the entity that `key` names, or of what stands for it.
  mutating func firstSlot(of family: Int, created: Timestamp) -> Int32 {
    let shape = families[family].shape
    let hash = shape.hash(of: key)
    var place = hash
    while let found = families[family].index[place] {
      if entities[Int(found)].key == key { return entities[Int(found)].firstSlot }
      place = FamilyShape.next(place)
    }
    let known = families[family].overflowed.contains(hash)
    if !known, isAdmissible(family) {
      families[family].admitted += shape.combinations
      return entities[Int(bear(family, place, .admitted, created: created))].firstSlot
    }
    if !known { noteOverflow(family, hash) }
    return stand(in: family, at: place, created: created)
  }

  /// What every handle of a dropped entity leads to from now on.
  mutating func bornAgain(_ s: SeriesHandle) -> Slot {
    let old = slots[Int(s.index)]
    let former = entities[Int(old.entity)]
    let family = Int(former.family)
    let combination = (~old.cell - former.firstCell) / Int32(families[family].shape.cellsPerSet)
    key = former.key
    let heir = slots[Int(firstSlot(of: family, created: now) + combination)]
    slots[Int(s.index)] = heir
    successors[heir.entity, default: []].append(s.index)
    return heir
  }

  var now: Timestamp { options.time.now() }

  private func isAdmissible(_ family: Int) -> Bool {
    let shape = families[family].shape
    if !shape.hasOpenLabels { return true }
    if families[family].isSealed || families[family].admitted + shape.combinations > shape.family.seriesCap { return false }
    return !zip(Self.parts(of: key), shape.keyIsOpen).contains { $1 && $0.count > options.maximumLabelValueBytes }
  }

  private mutating func noteOverflow(_ family: Int, _ hash: UInt64) {
    if families[family].overflowed.count < options.maximumOverflowRemembered {
      families[family].overflowed.insert(hash)
    } else {
      families[family].isSealed = true
    }
    let shape = families[family].shape
    count(overflowFamily, [shape.family.name], Double(shape.combinations))
  }

  /// The first slot of what stands for an entity that was not admitted.
  private mutating func stand(in family: Int, at place: UInt64, created: Timestamp) -> Int32 {
    let shape = families[family].shape
    if shape.kind != .gauge { return otherSlots(of: family, created: created) }
    if shape.family.fold == .none || families[family].ghosts.count >= options.maximumOverflowRemembered {
      return Self.nowhere(shape.combinations)
    }
    let mine = key
    let shown = slots[Int(otherSlots(of: family, created: created))].segment
    key = mine
    // Making `__other__` may have taken the place.
    var place = place
    while families[family].index[place] != nil { place = FamilyShape.next(place) }
    let ghost = bear(family, place, .ghost, created: created)
    let first = entities[Int(ghost)].firstSlot
    for i in 0..<shape.combinations { slots[Int(first) + i].segment = shown }
    families[family].ghosts.append(ghost)
    return first
  }

  /// The first slot of the label sets where `key`'s open values are `__other__`; `key` becomes theirs.
  mutating func otherSlots(of family: Int, created: Timestamp) -> Int32 {
    makeKeyOther(family)
    var place = families[family].shape.hash(of: key)
    while let found = families[family].index[place] {
      if entities[Int(found)].key == key { return entities[Int(found)].firstSlot }
      place = FamilyShape.next(place)
    }
    return entities[Int(bear(family, place, .other, created: created))].firstSlot
  }

  private mutating func makeKeyOther(_ family: Int) {
    let parts = Self.parts(of: key)
    var changed: [UInt8] = []
    for (part, isOpen) in zip(parts, families[family].shape.keyIsOpen) {
      Self.appendKeyPart(isOpen ? Family.otherValue : String(decoding: key[part], as: UTF8.self), to: &changed)
    }
    key = changed
  }

  /// A new entity for `key`, all its values 0.
  mutating func bear(_ family: Int, _ place: UInt64, _ standing: Entity.Standing, created: Timestamp) -> Int32 {
    let shape = families[family].shape
    let id = Int32(entities.count)
    let firstCell: Int32
    if let free = families[family].freeCells.popLast() {
      firstCell = free
      for i in Int(free)..<Int(free) + shape.cellsPerEntity { cells[i] = 0 }
    } else {
      firstCell = Int32(cells.count)
      cells.append(contentsOf: repeatElement(0, count: shape.cellsPerEntity))
    }
    let segment = standing == .ghost ? 0 : self.place(id, in: family)
    let firstSlot = Int32(slots.count)
    for i in 0..<shape.combinations {
      slots.append(
        Slot(cell: firstCell + Int32(i * shape.cellsPerSet), entity: id, segment: segment, family: UInt16(family), kind: shape.kind)
      )
    }
    entities.append(
      Entity(
        family: UInt16(family), standing: standing, firstSlot: firstSlot, firstCell: firstCell, segment: segment, created: created,
        key: key))
    touched.append(second)
    families[family].index[place] = id
    structure += 1
    return id
  }

  /// Puts an entity into a segment with room, or a new one.
  private mutating func place(_ entity: Int32, in family: Int) -> Int32 {
    let capacity = max(1, Segment.lines / families[family].shape.linesPerEntity)
    if let last = families[family].segments.last, segments[Int(last)].entities.count < capacity {
      segments[Int(last)].entities.append(entity)
      segments[Int(last)].structure += 1
      markChanged(last)
      return last
    }
    let new = Int32(segments.count)
    segments.append(Segment(family: UInt16(family), entities: [entity], structure: 1))
    segmentVersions.append(version)
    markChanged(new)
    families[family].segments.append(new)
    return new
  }

  // MARK: Nowhere

  /// Slots that lead to cells nobody shows, for gauges that do not fold.
  static let nowhereCombinations = 64

  static func nowhere(_ combinations: Int) -> Int32 {
    precondition(combinations <= nowhereCombinations, "BUG: a gauge with \(combinations) combinations")
    return 0
  }

  mutating func makeNowhere() {
    entities = [
      Entity(
        family: 0, standing: .dropped, firstSlot: 0, firstCell: 0, segment: 0, created: Timestamp(milliseconds: 0), key: [])
    ]
    touched = [0]
    segments = [Segment(family: 0)]
    segmentVersions = [0]
    cells = [Double](repeating: 0, count: Self.nowhereCombinations)
    slots = (0..<Self.nowhereCombinations).map { Slot(cell: Int32($0), entity: 0, segment: 0, family: 0, kind: .gauge) }
  }

  /// Adds to a counter of the registry's own, when the catalogue has it.
  mutating func count(_ family: Int?, _ values: [String], _ delta: Double) {
    guard let family else { return }
    let mine = key
    let handle = series(FamilyHandle(index: Int32(family)), values, created: now)
    add(handle, delta)
    key = mine
  }
}

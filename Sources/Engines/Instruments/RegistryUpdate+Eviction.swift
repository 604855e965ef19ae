import Catalogue
import SeriesModel

extension RegistryUpdate {
  /// Drops the entities that nothing updated for their family's life.
  package mutating func expire(at time: Timestamp) {
    let second = time.milliseconds / 1000
    for id in entities.indices.dropFirst() {
      let (standing, shape) = (entities[id].standing, families[Int(entities[id].family)].shape)
      guard standing == .admitted || standing == .ghost, shape.hasOpenLabels, let ttl = shape.family.ttl,
        Int64(touched[id]) + ttl.milliseconds / 1000 < second
      else { continue }
      count(evictedFamily, [], Double(shape.combinations))
      drop(Int32(id))
    }
  }

  /// Takes an entity away. What a counter or histogram had stays in `__other__`, so that sums never decrease.
  mutating func drop(_ id: Int32) {
    let entity = entities[Int(id)]
    let family = Int(entity.family)
    let shape = families[family].shape
    if shape.kind != .gauge, shape.hasOpenLabels, entity.standing == .admitted { fold(entity) }

    entities[Int(id)].standing = .dropped
    for slot in Int(entity.firstSlot)..<Int(entity.firstSlot) + shape.combinations { slots[slot].cell = ~slots[slot].cell }
    for handle in successors.removeValue(forKey: id) ?? [] { slots[Int(handle)].cell = ~slots[Int(handle)].cell }
    forget(id, in: family)
    families[family].freeCells.append(entity.firstCell)
    structure += 1
    if entity.standing == .ghost {
      families[family].ghosts.removeAll { $0 == id }
      markChanged(slots[Int(entity.firstSlot)].segment)
      if families[family].ghosts.isEmpty { dropOthers(of: family) }
      return
    }
    if entity.standing == .admitted { families[family].admitted -= shape.combinations }
    segments[Int(entity.segment)].entities.removeAll { $0 == id }
    segments[Int(entity.segment)].structure += 1
    markChanged(entity.segment)
  }

  /// A gauge's `__other__` without members shows nothing.
  private mutating func dropOthers(of family: Int) {
    let others = families[family].segments.flatMap { segments[Int($0)].entities }.filter { entities[Int($0)].standing == .other }
    for other in others { drop(other) }
  }

  /// Makes each `__other__` of a gauge what its members fold to. Before anybody reads.
  mutating func settleFolds() {
    for family in families.indices where !families[family].ghosts.isEmpty { settleFolds(of: family) }
  }

  private mutating func settleFolds(of family: Int) {
    let shape = families[family].shape
    var started: Set<Int32> = []
    for i in families[family].ghosts.indices {
      let ghost = families[family].ghosts[i]
      key = entities[Int(ghost)].key
      let other = slots[Int(otherSlots(of: family, created: entities[Int(ghost)].created))]
      let isFirst = started.insert(other.entity).inserted
      for cell in 0..<shape.combinations {
        let (mine, shown) = (cells[Int(entities[Int(ghost)].firstCell) + cell], Int(other.cell) + cell)
        if isFirst {
          cells[shown] = mine
          continue
        }
        switch shape.family.fold {
        case .sum: cells[shown] += mine
        case .max: cells[shown] = max(cells[shown], mine)
        case .min: cells[shown] = min(cells[shown], mine)
        case .none: break
        }
      }
    }
  }

  private mutating func fold(_ entity: Entity) {
    let range = Int(entity.firstCell)..<Int(entity.firstCell) + families[Int(entity.family)].shape.cellsPerEntity
    // Nothing to keep, so no `__other__` appears for it.
    guard cells[range].contains(where: { $0 != 0 }) else { return }
    key = entity.key
    let other = slots[Int(otherSlots(of: Int(entity.family), created: now))]
    for (i, cell) in range.enumerated() { cells[Int(other.cell) + i] += cells[cell] }
    markChanged(other.segment)
  }

  /// Takes an entity out of the index, and those who stand behind it to their new place.
  private mutating func forget(_ id: Int32, in family: Int) {
    let shape = families[family].shape
    var place = shape.hash(of: entities[Int(id)].key)
    while let found = families[family].index[place], found != id { place = FamilyShape.next(place) }
    families[family].index[place] = nil
    place = FamilyShape.next(place)
    var displaced: [Int32] = []
    while let found = families[family].index.removeValue(forKey: place) {
      displaced.append(found)
      place = FamilyShape.next(place)
    }
    for other in displaced {
      var place = shape.hash(of: entities[Int(other)].key)
      while families[family].index[place] != nil { place = FamilyShape.next(place) }
      families[family].index[place] = other
    }
  }
}

import Catalogue
import Exposition
import SeriesModel

// Looking at single series, for tests, explanations and summaries. Scrapes go through ``Pages``.

extension Registry {
  /// A counter's or gauge's value, or the number of a histogram's observations; `nil` when there is no such label set. Labels in any order; all of them.
  package func value(_ family: Family, _ labels: KeyValuePairs<String, String> = [:]) -> Double? {
    let wanted = LabelSet(labels.map { Label($0.key, $0.value) } + [Label(LabelName.metric, family.name)])
    var found: Double?
    forEachLabelSet(of: family) { set, handle, state in if set == wanted { found = state.value(handle) } }
    return found
  }

  /// The sum of a histogram's observations.
  package func sum(_ family: Family, _ labels: KeyValuePairs<String, String> = [:]) -> Double? {
    let wanted = LabelSet(labels.map { Label($0.key, $0.value) } + [Label(LabelName.metric, family.name)])
    var found: Double?
    forEachLabelSet(of: family) { set, handle, state in
      if set == wanted { found = state.cells[Int(state.slots[Int(handle.index)].cell) + family.buckets.count + 1] }
    }
    return found
  }

  /// All label sets of a family with their values (for a histogram: the number of observations), in no order.
  package func values(_ family: Family) -> [(labels: LabelSet, value: Double)] {
    var all: [(labels: LabelSet, value: Double)] = []
    forEachLabelSet(of: family) { set, handle, state in all.append((set, state.value(handle))) }
    return all
  }

  private func forEachLabelSet(of family: Family, _ body: (LabelSet, SeriesHandle, inout RegistryUpdate) -> Void) {
    let index = Int(self.family(family).index)
    read { state in
      for segment in state.families[index].segments {
        for entity in state.segments[Int(segment)].entities {
          for combination in 0..<state.families[index].shape.combinations {
            let set = state.labels(of: entity, combination, suffix: "", extra: [])
            body(set, SeriesHandle(index: state.entities[Int(entity)].firstSlot + Int32(combination)), &state)
          }
        }
      }
    }
  }
}

extension RegistryUpdate {
  /// The label values of one combination, in the order of the family's labels.
  func values(of entity: Int32, _ combination: Int) -> [String] {
    let entity = entities[Int(entity)]
    let shape = families[Int(entity.family)].shape
    var values = [String](repeating: "", count: shape.family.labels.count)
    for (part, position) in zip(Self.parts(of: entity.key), shape.keyPositions) {
      values[position] = String(decoding: entity.key[part], as: UTF8.self)
    }
    for part in shape.spread { values[part.position] = part.values[combination / part.stride % part.values.count] }
    return values
  }

  /// A series' identity.
  func labels(of entity: Int32, _ combination: Int, suffix: String, extra: [Label]) -> LabelSet {
    let family = families[Int(entities[Int(entity)].family)].shape.family
    var labels = zip(family.labels, values(of: entity, combination)).map { Label($0.name, $1) }
    labels.append(Label(LabelName.metric, family.name + suffix))
    labels.append(contentsOf: extra)
    return LabelSet(labels)
  }
}

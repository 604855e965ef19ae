/// Collects labels in any order and makes a ``LabelSet`` of them.
public struct LabelSetBuilder: Sendable {
  private var labels: [Label]

  public init() { labels = [] }
  public init(_ base: LabelSet) { labels = base.labels }
  public init(_ labels: [Label]) { self.labels = labels }

  /// Sets a label; an empty value removes it.
  public mutating func set(_ name: String, _ value: String) {
    if let i = labels.lastIndex(where: { $0.name == name }) {
      labels[i].value = value
    } else {
      labels.append(Label(name, value))
    }
  }

  public mutating func remove(_ name: String) { labels.removeAll { $0.name == name } }

  public subscript(_ name: String) -> String? {
    labels.last { $0.name == name && !$0.value.isEmpty }?.value
  }

  public func build() -> LabelSet { LabelSet(builder: self) }

  func sortedUnique() -> [Label] {
    // The order of insertion decides between equal names, so it is part of the key.
    let sorted = labels.enumerated().sorted { a, b in
      let (x, y) = (a.element.name.utf8, b.element.name.utf8)
      if x.lexicographicallyPrecedes(y) { return true }
      if y.lexicographicallyPrecedes(x) { return false }
      return a.offset < b.offset
    }
    var unique: [Label] = []
    unique.reserveCapacity(sorted.count)
    for (_, label) in sorted {
      if unique.last?.name.utf8.elementsEqual(label.name.utf8) == true { unique.removeLast() }
      unique.append(label)
    }
    return unique.filter { !$0.value.isEmpty }
  }
}

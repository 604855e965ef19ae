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

  public func build() -> LabelSet { LabelSet(labels) }
}

/// Brings labels of any order into the bytes of a label set.
enum LabelSorter {
  /// Where a label's texts are in a buffer.
  private struct Place {
    var name: Range<Int>
    var value: Range<Int>
    /// What it takes in a label set, lengths included: the name's begin.
    var start: Int
    var order: Int
  }

  static func bytes(of labels: [Label]) -> [UInt8] {
    var buffer: [UInt8] = []
    buffer.reserveCapacity(labels.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 })
    var places: [Place] = []
    places.reserveCapacity(labels.count)
    var sorted = true
    for label in labels {
      let start = buffer.count
      LabelSet.append(label.name, to: &buffer)
      let name = buffer.count - label.name.utf8.count..<buffer.count
      LabelSet.append(label.value, to: &buffer)
      let place = Place(name: name, value: buffer.count - label.value.utf8.count..<buffer.count, start: start, order: places.count)
      if let last = places.last, ByteComparison.order(buffer, last.name, buffer, name) >= 0 { sorted = false }
      if place.value.isEmpty { sorted = false }
      places.append(place)
    }
    // Fast path: sorted, each name once, no value empty.
    if sorted { return buffer }
    places.sort { a, b in
      let order = ByteComparison.order(buffer, a.name, buffer, b.name)
      return order < 0 || order == 0 && a.order < b.order
    }
    var out: [UInt8] = []
    out.reserveCapacity(buffer.count)
    for (i, place) in places.enumerated() {
      // Of two with one name the last wins.
      if i + 1 < places.count, ByteComparison.order(buffer, place.name, buffer, places[i + 1].name) == 0 { continue }
      if !place.value.isEmpty { out.append(contentsOf: buffer[place.start..<place.value.upperBound]) }
    }
    return out
  }
}

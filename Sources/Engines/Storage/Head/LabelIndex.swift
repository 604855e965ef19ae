import SeriesModel

/// Which series have which labels. Series are known by their place in the head.
struct LabelIndex {
  /// For each name and value the places of the series that have it, in rising order.
  private(set) var postings: [ExactText: [ExactText: [UInt32]]] = [:]
  /// By place; empty where nobody is.
  private(set) var labels: [LabelSet] = []
  private(set) var refs: [SeriesRef] = []
  /// By place: the generation in which the series was made. A view of an earlier one does not see it.
  private(set) var born: [UInt64] = []
  private(set) var count = 0
  private var vacancies: [UInt32] = []
  private(set) var generation: UInt64 = 0

  /// The place that the next series gets.
  var nextPlace: UInt32 { vacancies.last ?? UInt32(labels.count) }

  mutating func add(_ set: LabelSet, _ ref: SeriesRef) {
    generation += 1
    count += 1
    let place = SeriesShelves.place(ref)
    if vacancies.last == place {
      vacancies.removeLast()
      labels[Int(place)] = set
      refs[Int(place)] = ref
      born[Int(place)] = generation
    } else {
      labels.append(set)
      refs.append(ref)
      born.append(generation)
    }
    set.forEachRange { name, value in
      Self.insert(place, into: &postings[ExactText(set.text(name)), default: [:]][ExactText(set.text(value)), default: []])
    }
  }

  mutating func remove(_ places: [UInt32]) {
    guard !places.isEmpty else { return }
    generation += 1
    count -= places.count
    let gone = Set(places)
    var touched: [ExactText: Set<ExactText>] = [:]
    for place in places {
      let set = labels[Int(place)]
      set.forEachRange { name, value in touched[ExactText(set.text(name)), default: []].insert(ExactText(set.text(value))) }
      labels[Int(place)] = .empty
      vacancies.append(place)
    }
    for (name, values) in touched {
      for value in values {
        postings[name]![value]!.removeAll { gone.contains($0) }
        if postings[name]![value]!.isEmpty { postings[name]![value] = nil }
      }
      if postings[name]!.isEmpty { postings[name] = nil }
    }
  }

  var everyPlace: [UInt32] { labels.indices.compactMap { labels[$0].isEmpty ? nil : UInt32($0) } }

  private static func insert(_ place: UInt32, into places: inout [UInt32]) {
    // Fast path: a new place is greater than all before.
    guard let last = places.last, last > place else { return places.append(place) }
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if places[middle] < place { low = middle + 1 } else { high = middle }
    }
    places.insert(place, at: low)
  }
}

import SeriesModel

/// Which rows go together in an aggregation.
final class Grouping: Sendable {
  let input: SeriesSet
  /// The group of each row.
  let group: [Int]
  /// The rows of each group; a group's first row decides whether its name goes.
  let members: [[Int]]
  let output: SeriesSet

  init(_ input: SeriesSet, by key: (LabelSet) -> LabelSet) {
    self.input = input
    var places: [LabelSet: Int] = [:]
    var labels: [LabelSet] = []
    var unnamed: [Bool] = []
    var group: [Int] = []
    group.reserveCapacity(input.count)
    for i in 0..<input.count {
      let set = key(input.labels[i])
      if let known = places[set] {
        group.append(known)
      } else {
        places[set] = labels.count
        group.append(labels.count)
        labels.append(set)
        unnamed.append(input.losesName(i))
      }
    }
    var members = [[Int]](repeating: [], count: labels.count)
    for (i, g) in group.enumerated() { members[g].append(i) }
    self.group = group
    self.members = members
    output = SeriesSet(labels, unnamed: unnamed)
  }
}

/// `by (…)` or `without (…)`.
struct GroupingKey: Sendable {
  let labels: [String]
  let without: Bool

  func table(_ input: SeriesSet, _ run: Run, slot: Int) throws(QueryError) -> Grouping {
    try run.table(
      slot, fits: { (known: Grouping) in known.input === input },
      make: {
        // Fast path: everything goes together.
        if !without, labels.isEmpty { return Grouping(input) { _ in .empty } }
        if !without { return Grouping(input) { $0.keeping(labels) } }
        let gone = labels + run.options.namingLabels
        return Grouping(input) { $0.removing(gone) }
      })
  }

  var suffix: String { labels.isEmpty && !without ? "" : " \(without ? "without" : "by") (\(labels.joined(separator: ", ")))" }
}

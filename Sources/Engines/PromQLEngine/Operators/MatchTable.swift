import PromQLSyntax
import SeriesModel

/// Which rows of two vectors have the same matching labels.
final class MatchTable: Sendable {
  let left: SeriesSet
  let right: SeriesSet
  /// Rows of both sides with equal matching labels; in the order in which they come up, the left side first.
  let groups: [Group]

  struct Group: Sendable {
    var labels: LabelSet
    var left: [Int] = []
    var right: [Int] = []
  }

  init(_ left: SeriesSet, _ right: SeriesSet, _ matching: VectorMatching) {
    self.left = left
    self.right = right
    var groups: [Group] = []
    if matching.on, matching.labels.isEmpty {
      groups = [Group(labels: .empty, left: Array(0..<left.count), right: Array(0..<right.count))]
    } else {
      var places: [LabelSet: Int] = [:]
      func group(_ labels: LabelSet) -> Int {
        let key = Self.key(labels, matching)
        if let known = places[key] { return known }
        places[key] = groups.count
        groups.append(Group(labels: key))
        return groups.count - 1
      }
      for i in 0..<left.count { groups[group(left.labels[i])].left.append(i) }
      for i in 0..<right.count { groups[group(right.labels[i])].right.append(i) }
    }
    self.groups = groups
  }

  /// The labels that two series must share.
  static func key(_ labels: LabelSet, _ matching: VectorMatching) -> LabelSet {
    matching.on ? labels.keeping(matching.labels) : labels.removing(matching.labels + [LabelName.metric])
  }
}

/// The rows of a binary operation, and how they follow from pairs of rows.
final class JoinTable: Sendable {
  let matches: MatchTable
  /// Before rows of equal labels are put together.
  let raw: SeriesSet
  /// The first output row of each row of the "many" side. It has one, or, where labels come from the "one" side, one for each row of its group there,
  /// and behind them one for a side that is filled in.
  let firstRow: [Int]
  /// The output rows where the "many" side is filled in, by row of the "one" side; empty without `fill`.
  let filledRow: [Int]
  let merging: Relabeling

  init(_ matches: MatchTable, swapped: Bool, op: BinaryOperator, returnsBool: Bool, _ matching: VectorMatching, _ options: EngineOptions) {
    self.matches = matches
    let (many, one) = swapped ? (matches.right, matches.left) : (matches.left, matches.right)
    let maker = JoinedLabels(op: op, returnsBool: returnsBool, matching: matching, options: options)
    var labels: [LabelSet] = []
    var unnamed: [Bool] = []
    var firstRow = [Int](repeating: -1, count: many.count)
    var filledRow: [Int] = []
    let fillsMany = (swapped ? matching.fillRight : matching.fillLeft) != nil
    let fillsOne = (swapped ? matching.fillLeft : matching.fillRight) != nil
    if fillsMany { filledRow = [Int](repeating: -1, count: one.count) }
    let takesLabels = !matching.include.isEmpty
    for group in matches.groups {
      let (manyRows, oneRows) = swapped ? (group.right, group.left) : (group.left, group.right)
      for i in manyRows {
        firstRow[i] = labels.count
        if !takesLabels || oneRows.isEmpty {
          labels.append(maker.labels(many.labels[i], nil))
          unnamed.append(maker.losesName(many.losesName(i)))
          continue
        }
        for j in oneRows {
          labels.append(maker.labels(many.labels[i], one.labels[j]))
          unnamed.append(maker.losesName(many.losesName(i)))
        }
        // A "one" side that is filled in has no labels to give.
        if fillsOne {
          labels.append(maker.labels(many.labels[i], nil))
          unnamed.append(maker.losesName(many.losesName(i)))
        }
      }
      if fillsMany {
        for j in oneRows {
          filledRow[j] = labels.count
          labels.append(maker.labels(group.labels, one.labels[j]))
          unnamed.append(false)
        }
      }
    }
    self.firstRow = firstRow
    self.filledRow = filledRow
    raw = SeriesSet(labels, unnamed: unnamed)
    let all = unnamed
    merging = Relabeling(raw) { i, labels in (labels, all[i]) }
  }
}

/// The labels of a result, from those of the two sides.
private struct JoinedLabels {
  let op: BinaryOperator
  let returnsBool: Bool
  let matching: VectorMatching
  let options: EngineOptions

  func labels(_ many: LabelSet, _ one: LabelSet?) -> LabelSet {
    var labels = many
    if !op.isComparison || returnsBool && !options.delayedNameRemoval { labels = labels.removing(options.namingLabels) }
    if matching.cardinality == .oneToOne {
      labels = matching.on ? labels.keeping(matching.labels) : labels.removing(matching.labels)
    }
    if matching.include.isEmpty { return labels }
    var builder = LabelSetBuilder(labels)
    for name in matching.include { builder.set(name, one?[name] ?? "") }
    return builder.build()
  }

  func losesName(_ many: Bool) -> Bool { options.delayedNameRemoval && (many || returnsBool) }
}

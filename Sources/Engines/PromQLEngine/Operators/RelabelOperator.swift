import SeriesModel

/// Gives rows other label sets.
final class RelabelOperator: VectorOperator {
  private let relabeling: Relabeling
  private let vector: any VectorOperator
  private let renamed = Derived<SeriesSet>()

  let title: String
  var inputs: [any PlanOperator] { [vector] }

  init(_ relabeling: Relabeling, vector: any VectorOperator) {
    self.relabeling = relabeling
    self.vector = vector
    if case .replace = relabeling { title = "label_replace" } else { title = "label_join" }
  }

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    try relabeling.check()
    let rows = try run.rows(of: vector, over: grid)
    let set = try renamed.value(of: rows.set) { () throws(QueryError) in try rename(rows.set, run) }
    return try rows.replacing(set).settlingDuplicates(run.options.edition)
  }

  private func rename(_ set: SeriesSet, _ run: Evaluation) throws(QueryError) -> SeriesSet {
    var drops = set.dropsName
    let setsName = relabeling.target == LabelName.metric
    var labels = set.labels
    var made = 0
    for row in 0..<set.count {
      if row & 0xff == 0 { try run.checkpoint() }
      guard let changed = try relabeling.apply(labels[row]) else { continue }
      made += changed.bytes.count
      guard changed.bytes.count <= Relabeling.valueLimit else { throw Relabeling.tooLong(title) }
      if made >= 1 << 16 {
        try run.keep(labels: made)
        made = 0
      }
      labels[row] = changed
      // A name that is set anew stays.
      if setsName, !drops.isEmpty { drops[row] = false }
    }
    try run.keep(labels: made)
    return SeriesSet(labels, dropsName: drops)
  }
}

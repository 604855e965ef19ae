import PromQLSyntax
import SeriesModel

/// `info`: adds the labels of info series (`target_info`) with the same `instance` and `job`.
final class InfoOperator: VectorOperator {
  private let plan: InfoPlan
  private let vector: any VectorOperator
  private let infos: InfoSelection
  var title: String { "info" }
  var inputs: [any PlanOperator] { [vector] }

  private static let identifying = ["instance", "job"]
  private static let standardName = "target_info"

  init(_ plan: InfoPlan, vector: any VectorOperator) {
    self.plan = plan
    self.vector = vector
    infos = InfoSelection(plan.matchers + Self.nameConditions(plan.matchers), plan.shift)
  }

  /// What an info series is called where the query does not say it, or only says what it is not called.
  private static func nameConditions(_ matchers: [Matcher]) -> [Matcher] {
    let names = matchers.filter { $0.name == LabelName.metric }
    if names.isEmpty { return [.equal(LabelName.metric, standardName)] }
    if names.contains(where: { !$0.isNegative }) { return [] }
    return [anyInfo]
  }

  private static let anyInfo: Matcher = {
    do { return try Matcher(LabelName.metric, .regex, ".+_info") } catch { preconditionFailure("\(error)") }
  }()

  func rows(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    let base = try run.rows(of: vector, over: grid)
    let edition = run.options.edition
    let isInfo = base.set.labels.map { isInfoSeries($0, edition) }
    let info = try infos.read(run, grid)
    let signatures = Signatures(base.set.labels, isInfo, info.set.labels, Self.identifying)
    let data = dataMatchers(signatures, edition)
    var collector = RowCollector(steps: grid.count)
    for step in 0..<grid.count {
      let newest = try newestInfos(info, signatures.infos, step)
      for row in 0..<base.count {
        let value = base.values[row * grid.count + step]
        guard Cell.isPresent(value) else { continue }
        // In 3.5 a name that was to go stays: what comes out are new series.
        let drops = edition == .newest && base.set.drops(row)
        if isInfo[row] {
          try collector.put(value, base.set.labels[row], dropsName: drops, step: step)
        } else if let labels = try enrich(base.set.labels[row], signatures.base[row], newest, info.set, data) {
          try collector.put(value, labels, dropsName: drops, step: step)
        }
      }
    }
    return collector.rows()
  }

  private func isInfoSeries(_ labels: LabelSet, _ edition: Edition) -> Bool {
    let conditions = plan.matchers.filter { $0.name == LabelName.metric }
    let name = labels.metricName ?? ""
    if plan.matchers.isEmpty { return name == Self.standardName }
    // For 3.5 one condition that holds is enough.
    if edition == .v3_5 { return conditions.contains { $0.matches(name) } }
    // Conditions that only say what an info series is not called do not make one of all others.
    return conditions.contains { !$0.isNegative } && conditions.allSatisfy { $0.matches(name) }
  }

  /// Where no series has identifying labels, 3.5 takes the conditions on the name for conditions on data.
  private func dataMatchers(_ signatures: Signatures, _ edition: Edition) -> [String: [Matcher]] {
    let takesName = edition == .v3_5 && !signatures.areWanted
    return Dictionary(grouping: plan.matchers.filter { takesName || $0.name != LabelName.metric }, by: \.name)
  }

  /// Which base and info series belong together: a number per set of identifying labels.
  private struct Signatures {
    var base: [Int]
    /// -1: no base series has such labels.
    var infos: [Int]
    /// Whether any series to be enriched has an identifying label.
    var areWanted: Bool

    init(_ base: [LabelSet], _ isInfo: [Bool], _ infos: [LabelSet], _ names: [String]) {
      let projection = LabelProjection.keeping(names)
      var table = LabelSetTable()
      self.base = base.map { table.number(of: projection.apply($0)) }
      let wanted = Self.values(base, isInfo, names)
      areWanted = !wanted.isEmpty
      self.infos = infos.map { labels in
        let fits = !wanted.isEmpty && wanted.allSatisfy { $0.value.contains(labels[$0.key] ?? "") }
        return fits ? table.number(of: projection.apply(labels)) : -1
      }
    }

    /// The identifying labels that the series to be enriched have, with their values.
    private static func values(_ base: [LabelSet], _ isInfo: [Bool], _ names: [String]) -> [String: Set<String>] {
      var values: [String: Set<String>] = [:]
      for (labels, isInfo) in zip(base, isInfo) where !isInfo {
        for name in names {
          if let value = labels[name] { values[name, default: []].insert(value) }
        }
      }
      return values
    }
  }

  /// The newest info series per signature and name at a step: rows of `info`, in the order of names.
  private func newestInfos(_ info: Rows, _ signatures: [Int], _ step: Int) throws(QueryError) -> [Int: [String: Int]] {
    var newest: [Int: [String: Int]] = [:]
    for row in 0..<info.count {
      let time = info.values[row * info.steps + step]
      guard Cell.isPresent(time), signatures[row] >= 0 else { continue }
      let name = info.set.labels[row].metricName ?? ""
      if let other = newest[signatures[row]]?[name] {
        let otherTime = info.values[other * info.steps + step]
        if otherTime > time { continue }
        if otherTime == time {
          let (a, b) = (info.set.labels[other].plainDescription, info.set.labels[row].plainDescription)
          let milliseconds = Int64(time)
          throw .execution("found duplicate series for info metric: existing \(a) @ \(milliseconds), new \(b) @ \(milliseconds)")
        }
      }
      newest[signatures[row], default: [:]][name] = row
    }
    return newest
  }

  /// The series with the info's labels; `nil` when the conditions ask for an info that is not there.
  private func enrich(
    _ labels: LabelSet, _ signature: Int, _ newest: [Int: [String: Int]], _ infos: SeriesSet, _ data: [String: [Matcher]]
  ) throws(QueryError) -> LabelSet? {
    guard let found = newest[signature], !found.isEmpty else {
      return data.values.joined().allSatisfy(\.matchesEmpty) ? labels : nil
    }
    var added: [String: String] = [:]
    for (_, row) in found.sorted(by: { $0.key < $1.key }) {
      for label in infos.labels[row].labels where label.name != LabelName.metric {
        if !data.isEmpty, data[label.name] == nil { continue }
        if let other = added[label.name], other != label.value { throw .execution("conflicting label: \(label.name)") }
        if labels[label.name] != nil { continue }
        added[label.name] = label.value
      }
    }
    var builder = LabelSetBuilder(labels)
    for (name, value) in added { builder.set(name, value) }
    return builder.build()
  }
}

/// Reads info series: at each step when the newest sample was taken, in milliseconds.
private final class InfoSelection: Sendable {
  private let series: SelectedSeries

  private let shift: TimeShift

  init(_ matchers: [Matcher], _ shift: TimeShift) {
    series = SelectedSeries(matchers)
    self.shift = shift
  }

  func read(_ run: Evaluation, _ grid: StepGrid) throws(QueryError) -> Rows {
    // 3.5 looks them up at the time of evaluation, wherever the series come from.
    let shift = try run.resolve(run.options.edition == .newest ? shift : .none)
    let span = TimeSpan(
      from: Timestamp(milliseconds: shift.reference(grid.start) - run.lookback + 1),
      through: Timestamp(milliseconds: shift.reference(grid.end)))
    let found = try series.find(run, in: span)
    var rows = Rows(absent: found.set, steps: grid.count)
    var columns = SampleColumns()
    do {
      try run.view.read(found.refs.span, in: span, into: &columns)
    } catch {
      throw QueryError(error)
    }
    for i in 0..<columns.rowCount {
      let range = columns.row(i)
      var next = range.lowerBound
      for step in 0..<grid.count {
        let time = shift.reference(grid.time(step))
        while next < range.upperBound, columns.timestamps[next] <= time { next += 1 }
        guard next > range.lowerBound, columns.timestamps[next - 1] > time - run.lookback else { continue }
        if Cell.isPresent(columns.values[next - 1]) {
          rows.values[i * grid.count + step] = Double(columns.timestamps[next - 1])
        }
      }
    }
    return rows
  }
}

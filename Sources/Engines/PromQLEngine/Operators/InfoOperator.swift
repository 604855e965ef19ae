import PromQLSyntax
import SeriesModel

/// `info`: adds the labels of info series (`target_info`) with the same `instance` and `job`.
final class InfoOperator: VectorOperator {
  private let plan: InfoPlan
  private let vector: any VectorOperator
  private let infos: InfoSelection
  private let met = Derived<Signatures>()
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
    let info = try infos.read(run, grid)
    let signatures = try met.value(of: base.set, info.set) {
      Signatures(base.set.labels, base.set.labels.map(nameIsInfo(edition)), info.set.labels, Self.identifying)
    }
    let data = dataMatchers(signatures, edition)
    var collector = RowCollector(steps: grid.count, in: run)
    var newest = NewestInfos(info, signatures.infos, count: signatures.count)
    // What each row has become, and of which version of its infos; -1: it is left out.
    var numbers = [Int](repeating: -1, count: base.count)
    var versions = [Int](repeating: -1, count: base.count)
    for row in 0..<base.count where signatures.isInfo[row] { numbers[row] = collector.number(of: base.set.labels[row]) }
    for step in 0..<grid.count {
      if step & 0xf == 0 { try run.checkpoint() }
      try newest.move(to: step)
      for row in 0..<base.count {
        let value = base.values[row * grid.count + step]
        guard Cell.isPresent(value) else { continue }
        // In 3.5 a name that was to go stays: what comes out are new series.
        let drops = edition == .newest && base.set.drops(row)
        let signature = signatures.base[row]
        if !signatures.isInfo[row], versions[row] != newest.versions[signature] {
          versions[row] = newest.versions[signature]
          let labels = try enrich(base.set.labels[row], newest.rows(of: signature), info.set, data)
          numbers[row] = labels.map { collector.number(of: $0) } ?? -1
        }
        if numbers[row] >= 0 { try collector.put(value, numbers[row], dropsName: drops, step: step) }
      }
    }
    return collector.rows()
  }

  /// Whether a series is one of info, by its name.
  private func nameIsInfo(_ edition: Edition) -> (LabelSet) -> Bool {
    if plan.matchers.isEmpty { return { $0.metricName == Self.standardName } }
    let conditions = plan.matchers.filter { $0.name == LabelName.metric }
    // For 3.5 one condition that holds is enough.
    if edition == .v3_5 {
      return { labels in
        let name = labels.metricName ?? ""
        return conditions.contains { $0.matches(name) }
      }
    }
    // Conditions that only say what an info series is not called do not make one of all others.
    guard conditions.contains(where: { !$0.isNegative }) else { return { _ in false } }
    return { labels in
      let name = labels.metricName ?? ""
      return conditions.allSatisfy { $0.matches(name) }
    }
  }

  /// Where no series has identifying labels, 3.5 takes the conditions on the name for conditions on data.
  private func dataMatchers(_ signatures: Signatures, _ edition: Edition) -> [ExactText: [Matcher]] {
    let takesName = edition == .v3_5 && !signatures.areWanted
    return Dictionary(grouping: plan.matchers.filter { takesName || $0.name != LabelName.metric }) { ExactText($0.name) }
  }

  /// Which base and info series belong together: a number per set of identifying labels.
  private struct Signatures: Sendable {
    var base: [Int]
    /// By base row: whether it is an info series itself.
    var isInfo: [Bool]
    /// -1: no base series has such labels.
    var infos: [Int]
    var count: Int
    /// Whether any series to be enriched has an identifying label.
    var areWanted: Bool

    init(_ base: [LabelSet], _ isInfo: [Bool], _ infos: [LabelSet], _ names: [String]) {
      let projection = LabelProjection.keeping(names)
      self.isInfo = isInfo
      var table = LabelSetTable()
      self.base = base.map { table.number(of: projection.apply($0)) }
      let wanted = Self.values(base, isInfo, names)
      areWanted = !wanted.isEmpty
      self.infos = infos.map { labels in
        let fits = !wanted.isEmpty && wanted.allSatisfy { $0.value.contains(ExactText(labels[$0.key] ?? "")) }
        return fits ? table.number(of: projection.apply(labels)) : -1
      }
      count = table.count
    }

    /// The identifying labels that the series to be enriched have, with their values.
    private static func values(_ base: [LabelSet], _ isInfo: [Bool], _ names: [String]) -> [String: Set<ExactText>] {
      var values: [String: Set<ExactText>] = [:]
      for (labels, isInfo) in zip(base, isInfo) where !isInfo {
        for name in names {
          if let value = labels[name] { values[name, default: []].insert(ExactText(value)) }
        }
      }
      return values
    }
  }

  /// The series with the labels of infos, which come in the order of their names; `nil` when the conditions ask for an info that is not there.
  private func enrich(
    _ labels: LabelSet, _ found: [Int], _ infos: SeriesSet, _ data: [ExactText: [Matcher]]
  ) throws(QueryError) -> LabelSet? {
    if found.isEmpty { return data.values.joined().allSatisfy(\.matchesEmpty) ? labels : nil }
    var added: [ExactText: ExactText] = [:]
    for row in found {
      for label in infos.labels[row].labels where label.name != LabelName.metric {
        let (name, value) = (ExactText(label.name), ExactText(label.value))
        if !data.isEmpty, data[name] == nil { continue }
        if let other = added[name], other != value { throw .execution("conflicting label: \(label.name)") }
        if labels[label.name] != nil { continue }
        added[name] = value
      }
    }
    var builder = LabelSetBuilder(labels)
    for (name, value) in added { builder.set(name.text, value.text) }
    return builder.build()
  }
}

/// The newest info series per signature and name, step by step.
private struct NewestInfos {
  private let info: Rows
  /// By row: which of the pairs of signature and name it is; -1: none that is asked for.
  private var pairs: [Int] = []
  /// By signature: its pairs, in the order of names.
  private var pairsOfSignature: [[Int]]
  private var signatureOfPair: [Int] = []
  /// By pair: the row of the newest now and at the step before; -1: none.
  private var now: [Int]
  private var before: [Int]
  /// By signature: changes whenever another row is the newest.
  private(set) var versions: [Int]

  /// - Parameter count: how many signatures there are.
  init(_ info: Rows, _ signatures: [Int], count: Int) {
    struct Pair: Hashable {
      var signature: Int
      var name: ExactText
    }
    self.info = info
    var numbers: [Pair: Int] = [:]
    var names: [ExactText] = []
    pairsOfSignature = [[Int]](repeating: [], count: count)
    for row in 0..<info.count {
      guard signatures[row] >= 0 else {
        pairs.append(-1)
        continue
      }
      let pair = Pair(signature: signatures[row], name: ExactText(info.set.labels[row].metricName ?? ""))
      let number = numbers[pair, default: names.count]
      if number == names.count {
        numbers[pair] = number
        names.append(pair.name)
        signatureOfPair.append(pair.signature)
        pairsOfSignature[pair.signature].append(number)
      }
      pairs.append(number)
    }
    for signature in 0..<count {
      pairsOfSignature[signature].sort { names[$0].text.utf8.lexicographicallyPrecedes(names[$1].text.utf8) }
    }
    now = [Int](repeating: -1, count: names.count)
    before = now
    versions = [Int](repeating: 0, count: count)
  }

  mutating func move(to step: Int) throws(QueryError) {
    swap(&now, &before)
    for pair in now.indices { now[pair] = -1 }
    for row in 0..<info.count {
      let time = info.values[row * info.steps + step]
      guard Cell.isPresent(time), pairs[row] >= 0 else { continue }
      let other = now[pairs[row]]
      if other >= 0 {
        let otherTime = info.values[other * info.steps + step]
        if otherTime > time { continue }
        if otherTime == time { throw Self.duplicate(info.set.labels[other], info.set.labels[row], milliseconds: Int64(time)) }
      }
      now[pairs[row]] = row
    }
    for pair in now.indices where now[pair] != before[pair] { versions[signatureOfPair[pair]] += 1 }
  }

  /// In the order of names.
  func rows(of signature: Int) -> [Int] { pairsOfSignature[signature].compactMap { now[$0] < 0 ? nil : now[$0] } }

  private static func duplicate(_ a: LabelSet, _ b: LabelSet, milliseconds: Int64) -> QueryError {
    let (a, b) = (a.plainDescription, b.plainDescription)
    return .execution("found duplicate series for info metric: existing \(a) @ \(milliseconds), new \(b) @ \(milliseconds)")
  }
}

/// Reads info series: at each step when the newest sample was taken, in milliseconds.
private final class InfoSelection: Sendable {
  private let series: SelectedSeries
  private static let batch = 256
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
    try run.select(found.refs.count)
    var batched = try BatchedRows(run, series: found.refs.count, steps: grid.count)
    try found.read(run, in: span, most: Self.batch) { (batch, columns) throws(QueryError) in
      try batched.fill(batch) { (values, base) in place(columns, grid, shift, run.lookback, into: &values, at: base) }
    }
    return Rows(batched.series(of: found.set), steps: grid.count, values: batched.values)
  }

  private func place(
    _ columns: borrowing SampleColumns, _ grid: StepGrid, _ shift: ResolvedShift, _ lookback: Int64, into values: inout [Double],
    at base: Int
  ) {
    for i in 0..<columns.rowCount {
      let range = columns.row(i)
      var next = range.lowerBound
      for step in 0..<grid.count {
        let time = shift.reference(grid.time(step))
        while next < range.upperBound, columns.timestamps[next] <= time { next += 1 }
        guard next > range.lowerBound, columns.timestamps[next - 1] > time - lookback else { continue }
        if Cell.isPresent(columns.values[next - 1]) {
          values[base + i * grid.count + step] = Double(columns.timestamps[next - 1])
        }
      }
    }
  }
}

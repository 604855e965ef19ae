import AlertModel
import PromQLEngine
import RuleModel
import Rules
import SeriesModel
import SourceText
import Storage
import Threading

/// One test: its series go into a store as time passes, the rules are evaluated over it, and the cases look at both.
///
/// - Time goes from 0 in steps of the evaluation interval, also for groups with an interval of their own.
/// - An alert case sees the last evaluation at or before its time. A query case sees samples until the last evaluation, whatever its time.
/// - A rule that fails ends the test.
struct RuleTestRun {
  private let test: RuleTest
  private let file: RuleTestFile
  private let source: SourceFile
  private let rules: [RuleFile]
  private let options: EngineOptions
  private(set) var passed = 0
  private(set) var failures: [RuleTestFailure] = []

  init(_ test: RuleTest, of file: RuleTestFile, in source: SourceFile, rules: [RuleFile], options: EngineOptions) {
    self.test = test
    self.file = file
    self.source = source
    self.rules = rules
    var options = options
    options.subqueryStep = file.evaluationInterval
    self.options = options
  }

  mutating func run() {
    do throws(Stop) { try evaluate() } catch { fail(test.range, error.subject, [error.reason]) }
  }

  /// Why the test cannot go on.
  private struct Stop: Error {
    var subject: String
    var reason: String
  }

  private mutating func evaluate() throws(Stop) {
    let step = file.evaluationInterval
    // As a reader of the head would have it who accepts no sample that is older than the one before it.
    let head = Head(options: HeadOptions(history: nil, outOfOrderWindow: .zero))
    let engine = Engine(options: options)
    let time = ManualTime(Timestamp(milliseconds: -step.milliseconds))
    let failing = BlockingLock<[(RuleID, RuleFailure)]>([])
    let ruler = try ruler(over: head, by: engine, time) { event in
      if case .failing(let rule, let why) = event { failing.withLock { $0.append((rule, why)) } }
    }
    var feed = try fed { () throws(SinkError) in try SeriesFeed(test.series, every: test.interval, into: head) }
    var cases = test.alertCases.sorted { $0.time < $1.time }[...]
    var now = Timestamp(milliseconds: 0)
    while now <= test.end {
      try fed { () throws(SinkError) in try feed.advance(through: now) }
      time.set(now)
      _ = ruler.run(through: time.monotonic())
      if let (rule, why) = failing.withLock({ $0.first }) {
        throw Stop(subject: "rule \(rule.name) at \(Self.shown(now))", reason: "fails: \(why.message)")
      }
      let due = cases.prefix { $0.time < now + step }
      if !due.isEmpty { check(due, ruler.snapshot()) }
      cases = cases.dropFirst(due.count)
      now = now + step
    }
    for one in test.queryCases { check(one, engine, head) }
  }

  private func fed<Result>(_ work: () throws(SinkError) -> Result) throws(Stop) -> Result {
    do throws(SinkError) { return try work() } catch {
      switch error {
      case .full(let why), .invalidLabels(let why), .notDurable(let why): throw Stop(subject: "input_series", reason: why)
      }
    }
  }

  private func ruler(
    over head: Head, by engine: Engine, _ time: ManualTime, observe: @escaping @Sendable (RulesEvent) -> Void
  ) throws(Stop) -> Ruler {
    let configuration = RulesConfiguration(
      externalLabels: test.externalLabels, externalURL: test.externalURL, evaluationInterval: file.evaluationInterval,
      syntax: options.features)
    do throws(RulesError) {
      let ruler = try Ruler(
        configuration, source: head, sink: head, alerts: NobodyToTell(), time: time, observe: observe,
        prepare: { expr throws(QueryError) in try engine.prepare(expr) })
      try ruler.load(orderedRules)
      return ruler
    } catch { throw Stop(subject: "rules", reason: error.message) }
  }

  /// Groups that are due at one time are evaluated in the order of their files' names, so each gets a file of its own, named for its place.
  private var orderedRules: [RuleFile] {
    let order = Dictionary(file.groupOrder.enumerated().map { ($1.value, $0) }) { first, _ in first }
    let groups = rules.flatMap { file in file.groups.map { (place: order[$0.name] ?? 0, file: file.name, group: $0) } }
    let sorted = groups.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }.map(\.element)
    return sorted.enumerated().map { i, one in
      var group = one.group
      group.interval = nil
      return RuleFile(name: String(String(1_000_000 + i).dropFirst()) + " " + one.file, groups: [group])
    }
  }

  // MARK: Cases

  private mutating func check(_ cases: ArraySlice<RuleTest.AlertCase>, _ groups: [RuleGroupSnapshot]) {
    for one in cases {
      let rules = groups.flatMap(\.rules).filter { $0.name == one.alert.value }
      let firing = rules.flatMap { $0.alerting?.alerts ?? [] }.filter(\.isFiring)
      let got = firing.map { TestedAlert(labels: $0.labels, annotations: $0.annotations) }
      let details = AlertComparison.differences(expected: one.expected, got: got)
      judge(one.range, "alert \(one.alert.value) at \(Self.shown(one.time))", details)
    }
  }

  private mutating func check(_ one: RuleTest.QueryCase, _ engine: Engine, _ head: Head) {
    let subject = "query \(one.text) at \(Self.shown(one.time))"
    let value: QueryValue
    do throws(QueryError) {
      value = try engine.instant(one.expr, text: one.text, at: one.time, on: head.view()).value
    } catch { return fail(one.range, subject, ["fails: \(error.message)"]) }
    let got: [TestedSample]
    switch value {
    case .vector(let elements): got = elements.map { TestedSample(labels: $0.labels, value: $0.value) }
    case .scalar(let sample): got = [TestedSample(labels: .empty, value: sample.value)]
    case .string: return fail(one.range, subject, ["expected a vector or a scalar, got a string"])
    case .matrix: return fail(one.range, subject, ["expected a vector or a scalar, got a range vector"])
    }
    judge(one.range, subject, SampleComparison(isFuzzy: file.comparesFuzzily).differences(expected: one.expected, got: got))
  }

  private mutating func judge(_ range: SourceRange, _ subject: String, _ details: [String]) {
    if details.isEmpty { passed += 1 } else { fail(range, subject, details) }
  }

  private mutating func fail(_ range: SourceRange, _ subject: String, _ details: [String]) {
    failures.append(
      RuleTestFailure(
        file: source.name, line: source.location(of: range.lower).line, test: test.name, subject: subject, details: details))
  }

  private static func shown(_ time: Timestamp) -> String { PromDuration(milliseconds: time.milliseconds).description }
}

private struct NobodyToTell: AlertSink {
  func receive(_ updates: [AlertUpdate], of rule: RuleID, at: Timestamp) {}
}

import AlertModel
import MessageTemplate
import PromQLEngine
import PromQLSyntax
import SeriesModel

/// One pass of a group: every rule at one time, each over what the ones before it wrote. Works on a copy of the rules' memory;
/// nothing is stored, shown
/// or sent before the pass is committed.
struct GroupPass: Sendable {
  let group: CompiledGroup
  let time: Timestamp
  let source: any SeriesView
  private let cancellation: PassCancellation
  private(set) var overlay: PassOverlay
  var rules: [RuleMemory]
  /// The alerts that are new, gone or in another state than before, by rule.
  private(set) var changes: [Int: [LabelSet]] = [:]
  private(set) var failures = 0
  private let before: [RuleMemory]

  /// The time of queries and samples.
  var sampleTime: Timestamp { overlay.time }

  init(
    _ group: CompiledGroup, at time: Timestamp, over source: any SeriesView, rules: [RuleMemory],
    until cancellation: PassCancellation
  ) {
    self.group = group
    self.time = time
    self.source = source
    self.rules = rules
    before = rules
    self.cancellation = cancellation
    overlay = PassOverlay(over: source, at: time - group.queryOffset)
  }

  mutating func run() {
    for i in rules.indices where !cancellation.isCanceled {
      let begin = cancellation.time.monotonic()
      let failure = evaluate(i)
      // A query that was canceled says nothing about its rule; the pass is thrown away.
      if cancellation.isCanceled { return }
      if let failure { failures += 1; rules[i].standing.health = .failed(failure) } else { rules[i].standing.health = .ok }
      rules[i].standing.evaluationSeconds = cancellation.time.monotonic() - begin
      rules[i].standing.lastEvaluation = time
    }
  }

  private mutating func evaluate(_ i: Int) -> RuleFailure? {
    do throws(RuleFailure) {
      switch group.rules[i].work {
      case .recording(let step): try record(i, step)
      case .alerting(let texts, let policy): try alert(i, texts, policy)
      case .broken: throw group.rules[i].failure ?? .notAVector
      }
      return nil
    } catch {
      if case .tooManyAlerts = error {
        // The rule starts anew: its alerts are gone, and their series end with the next pass that succeeds.
        if !rules[i].standing.alerts.isEmpty { changes[i] = Array(rules[i].standing.alerts.keys) }
        rules[i].standing.alerts = [:]
      }
      return error
    }
  }

  // MARK: Kinds of rules

  private mutating func record(_ i: Int, _ step: RecordingStep) throws(RuleFailure) {
    let elements = try result(of: group.rules[i].query)
    let inputs = elements.map(\.labels)
    // Fast path: the same elements make the same series. A limit may have come with a reload.
    let isSame = inputs == rules[i].inputs && (group.limit == 0 || inputs.count <= group.limit)
    let series = isSame ? rules[i].outputs[0].labels : try step.series(for: elements, limit: group.limit)
    try write(i, [(series, elements.map(\.value))])
    rules[i].inputs = inputs
  }

  private mutating func alert(_ i: Int, _ texts: AlertTexts, _ policy: AlertPolicy) throws(RuleFailure) {
    let seen = seen(try result(of: group.rules[i].query), texts)
    let step = try AlertingStep(rules[i].standing.alerts, seen: seen, at: time, under: policy, limit: group.limit)
    let active = rules[i].isHeldBack ? [] : step.alerts.values.filter(\.state.isActive).sorted { $0.labels < $1.labels }
    try write(
      i,
      [
        (active.map { $0.series.alerts(in: $0.state) }, Array(repeating: 1, count: active.count)),
        (active.map(\.series.forState), active.map { Double(Timestamp.floorDivide($0.state.activeAt.milliseconds, 1000)) }),
      ])
    if !step.changed.isEmpty { changes[i] = step.changed }
    rules[i].standing.alerts = step.alerts
  }

  /// The templates' view of this pass ends here, so that it is not kept beside the samples that are added to it.
  private func seen(_ elements: [VectorElement], _ texts: AlertTexts) -> [SeenAlert] {
    if elements.isEmpty { return [] }
    let world = templateWorld()
    return elements.map { texts.alert(for: $0, world) }
  }

  /// Puts a rule's samples over the source, and markers where its series ended. Either all of its outputs are written or none.
  private mutating func write(_ i: Int, _ samples: [(series: [LabelSet], values: [Double])]) throws(RuleFailure) {
    var outputs = rules[i].outputs
    var gone: [[(labels: LabelSet, place: StandingOutput.Place)]] = []
    do throws(SourceError) {
      for (k, one) in samples.enumerated() { gone.append(try outputs[k].renew(one.series, in: source)) }
    } catch { throw .unreadable(error) }
    for (k, one) in samples.enumerated() {
      let name = outputs[k].name
      for (j, labels) in one.series.enumerated() {
        overlay.add(
          .init(labels: labels, value: one.values[j], place: outputs[k].places[j], rule: i, output: k, index: j), name: name)
      }
      // A series that neither the source nor the sink knows has no end to tell.
      for (labels, place) in gone[k] where place.source != nil || place.sink != nil {
        overlay.add(.init(labels: labels, value: Staleness.marker, place: place, rule: i, output: k, index: nil), name: name)
      }
    }
    rules[i].outputs = outputs
  }

  // MARK: Queries

  private func result(of query: (any PreparedQuery)?) throws(RuleFailure) -> [VectorElement] {
    guard let query else { throw .notAVector }
    let found: [VectorElement]?
    do { found = try vector(query, at: sampleTime) } catch { throw .query(error) }
    guard let found else { throw .notAVector }
    return found
  }

  /// A scalar counts as an element without labels; `nil`: neither vector nor scalar.
  private func vector(_ query: any PreparedQuery, at time: Timestamp) throws(QueryError) -> [VectorElement]? {
    let result = try query.instant(at: time, on: OverlayView(source, overlay), until: cancellation.query())
    switch result.value {
    case .vector(let elements): return elements
    case .scalar(let sample): return [VectorElement(labels: .empty, timestamp: sample.timestamp, value: sample.value)]
    case .string, .matrix: return nil
    }
  }

  /// Templates query what their rule sees, at the time of the pass.
  private func templateWorld() -> TemplateWorld {
    let configuration = group.configuration
    let environment = TemplateEnvironment(externalURL: configuration.externalURL, now: time, limits: configuration.templateLimits) {
      [self] text throws(TemplateError) in
      do throws(QueryError) {
        guard let vector = try vector(try prepared(text), at: time) else { throw .execution(RuleFailure.notAVector.message) }
        return vector.map { element in
          let labels = element.labels.labels.map { ($0.name, TemplateValue.string($0.value)) }
          return .map(["Labels": .map(Dictionary(uniqueKeysWithValues: labels)), "Value": .float(element.value)])
        }
      } catch { throw TemplateError(error.message) }
    }
    return TemplateWorld(
      externalLabels: configuration.externalLabels, externalURL: configuration.externalURL, environment: environment)
  }

  private func prepared(_ text: String) throws(QueryError) -> any PreparedQuery {
    let expr: Expr
    do { expr = try PromQLParser(features: group.configuration.syntax).parse(text) } catch { throw .badData(error.description) }
    return try group.prepare(expr)
  }
}

extension GroupPass {
  // MARK: After the rules

  /// Notes that the series of a sample is at `ref` of the sink from now on.
  mutating func resolved(_ entry: PassOverlay.Entry, _ ref: SeriesRef?) {
    if let index = entry.index { rules[entry.rule].outputs[entry.output].setSink(ref, at: index) }
  }

  /// Nothing of the pass was stored, so the next one has to tell the ends of what there was before.
  mutating func discardOutputs() {
    for i in rules.indices { (rules[i].outputs, rules[i].inputs) = (before[i].outputs, before[i].inputs) }
  }

  /// A sample of the rule was not stored.
  mutating func discard(rule i: Int, because failure: RuleFailure) {
    if case .failed = rules[i].standing.health { return }
    failures += 1
    rules[i].standing.health = .failed(failure)
  }

  /// The alerts to be sent, by rule, in the order of their labels; they count as sent from here on.
  mutating func takeUpdates() -> [(rule: RuleID, updates: [AlertUpdate])] {
    let configuration = group.configuration
    let validUntil = time + PromDuration(milliseconds: 4 * max(configuration.resendDelay, group.interval).milliseconds)
    var all: [(rule: RuleID, updates: [AlertUpdate])] = []
    // What could not be stored is told all the same: people are to hear of it when the disk is full, too.
    for i in rules.indices where rules[i].standing.health.isEvaluated {
      let due = rules[i].standing.alerts.values.filter { $0.isDue(at: time, resendDelay: configuration.resendDelay) }
      if due.isEmpty { continue }
      for alert in due { rules[i].standing.alerts[alert.labels]?.sentAt = time }
      let updates = due.sorted { $0.labels < $1.labels }.compactMap {
        $0.update(
          validUntil: validUntil, externalLabels: configuration.externalLabels, generatorURL: group.rules[i].generatorURL)
      }
      all.append((RuleID(file: group.id.file, group: group.id.name, name: group.rules[i].rule.name), updates))
    }
    return all
  }
}

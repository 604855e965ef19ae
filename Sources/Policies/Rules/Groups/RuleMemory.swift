import SeriesModel

/// How a rule stands after its last pass; a value that readers share.
struct RuleStanding: Sendable {
  enum Health: Hashable, Sendable {
    case unknown
    case ok
    case failed(RuleFailure)
  }

  var health = Health.unknown
  var evaluationSeconds = 0.0
  var lastEvaluation: Timestamp?
  var alerts: [LabelSet: ActiveAlert] = [:]
}

/// What a rule carries from pass to pass.
struct RuleMemory: Sendable {
  var standing = RuleStanding()
  /// One for a recording rule; `ALERTS` and `ALERTS_FOR_STATE` for an alerting one.
  var outputs: [StandingOutput]
  /// The elements that a recording rule was last made of: with the same ones the series are the same.
  var inputs: [LabelSet] = []

  init(for rule: CompiledRule) {
    switch rule.rule {
    case .recording(let rule): outputs = [StandingOutput(name: rule.record)]
    case .alerting: outputs = Self.outputs(of: [:])
    }
  }

  /// A rule that had alerts before this process.
  init(restored alerts: [ActiveAlert]) {
    for alert in alerts { standing.alerts[alert.labels] = alert }
    outputs = Self.outputs(of: standing.alerts)
  }

  private static func outputs(of alerts: [LabelSet: ActiveAlert]) -> [StandingOutput] {
    let active = alerts.values.filter(\.state.isActive).sorted { $0.labels < $1.labels }
    return [
      StandingOutput(name: AlertSeries.alerts, labels: active.map { $0.series.alerts(in: $0.state) }),
      StandingOutput(name: AlertSeries.forState, labels: active.map(\.series.forState)),
    ]
  }
}

import SeriesModel

/// How a rule stands after its last pass; a value that readers share.
struct RuleStanding: Sendable {
  enum Health: Hashable, Sendable {
    case unknown
    case ok
    case failed(RuleFailure)

    /// The rule's outcome is known, whether it could be stored or not.
    var isEvaluated: Bool {
      switch self {
      case .ok, .failed(.notStored): true
      case .unknown, .failed: false
      }
    }
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
  /// Writes nothing before it is known how long its alerts were pending before this process.
  var isHeldBack = false

  init(for rule: CompiledRule) {
    switch rule.rule {
    case .recording(let rule): outputs = [StandingOutput(name: rule.record)]
    case .alerting(let rule): outputs = Self.outputs(of: rule.alert, alerts: [])
    }
  }

  /// An alerting rule that had alerts before this process. The series of those that are not `kept` end with the first pass.
  init(_ alert: String, restored alerts: [ActiveAlert], keeping isKept: (ActiveAlert) -> Bool) {
    for alert in alerts where isKept(alert) { standing.alerts[alert.labels] = alert }
    outputs = Self.outputs(of: alert, alerts: alerts)
  }

  private static func outputs(of alert: String, alerts: [ActiveAlert]) -> [StandingOutput] {
    let active = alerts.filter(\.state.isActive).sorted { $0.labels < $1.labels }
    return [
      StandingOutput(name: AlertSeries.alerts, alert: alert, labels: active.map { $0.series.alerts(in: $0.state) }),
      StandingOutput(name: AlertSeries.forState, alert: alert, labels: active.map(\.series.forState)),
    ]
  }
}

import SeriesModel

/// A rule group as it stands after its last pass.
package struct RuleGroupSnapshot: Sendable {
  package var file: String
  package var name: String
  package var interval: PromDuration
  package var queryOffset: PromDuration
  /// Series or alerts that a rule may yield; 0: any number.
  package var limit: Int
  package var rules: [RuleSnapshot]
  package var evaluationSeconds: Double
  /// `nil`: not yet.
  package var lastEvaluation: Timestamp?
}

package struct RuleSnapshot: Sendable {
  package enum Health: String, Hashable, Sendable { case unknown, ok, err }

  package struct Alerting: Sendable {
    package var holdFor: PromDuration
    package var keepFiringFor: PromDuration
    /// Templates.
    package var annotations: [Label]
    /// Pending and firing, sorted by labels.
    package var alerts: [AlertSnapshot]
  }

  package var name: String
  /// In normal form.
  package var query: String
  /// Templates; the group's labels among them.
  package var labels: [Label]
  package var health: Health
  /// Empty unless the health is `err`.
  package var lastError: String
  package var evaluationSeconds: Double
  package var lastEvaluation: Timestamp?
  /// `nil`: a recording rule.
  package var alerting: Alerting?
}

/// An alert that is pending or firing.
package struct AlertSnapshot: Hashable, Sendable {
  package var labels: LabelSet
  package var annotations: [String: String]
  package var isFiring: Bool
  package var activeAt: Timestamp
  package var firedAt: Timestamp?
  /// Since when only `keep_firing_for` holds it.
  package var keepFiringSince: Timestamp?
  package var value: Double

  init?(_ alert: ActiveAlert) {
    switch alert.state {
    case .resolved: return nil
    case .pending: (isFiring, firedAt, keepFiringSince) = (false, nil, nil)
    case .firing(_, let firedAt, let missingSince): (isFiring, self.firedAt, keepFiringSince) = (true, firedAt, missingSince)
    }
    labels = alert.labels
    annotations = alert.annotations
    activeAt = alert.state.activeAt
    value = alert.value
  }
}

extension RuleGroupSnapshot {
  init(_ group: LiveGroup) {
    let compiled = group.compiled
    let standing = group.standing
    file = compiled.id.file
    name = compiled.id.name
    interval = compiled.interval
    queryOffset = compiled.queryOffset
    limit = compiled.limit
    rules = zip(compiled.rules, standing.rules).map(RuleSnapshot.init)
    evaluationSeconds = standing.evaluationSeconds
    lastEvaluation = standing.lastEvaluation
  }
}

extension RuleSnapshot {
  init(_ compiled: CompiledRule, _ standing: RuleStanding) {
    name = compiled.rule.name
    query = compiled.text
    labels = compiled.rule.labels
    (health, lastError) =
      switch standing.health {
      case .unknown: (.unknown, "")
      case .ok: (.ok, "")
      case .failed(let failure): (.err, failure.message)
      }
    evaluationSeconds = standing.evaluationSeconds
    lastEvaluation = standing.lastEvaluation
    guard case .alerting(let rule) = compiled.rule else { return }
    let alerts = standing.alerts.values.compactMap(AlertSnapshot.init).sorted { $0.labels < $1.labels }
    alerting = Alerting(holdFor: rule.holdFor, keepFiringFor: rule.keepFiringFor, annotations: rule.annotations, alerts: alerts)
  }
}

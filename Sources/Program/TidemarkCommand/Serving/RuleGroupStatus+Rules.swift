import API
import Rules

extension RuleGroupStatus {
  init(_ group: RuleGroupSnapshot) {
    self.init(
      name: group.name, file: group.file, interval: group.interval, limit: group.limit, rules: group.rules.map(RuleStatus.init),
      evaluationSeconds: group.evaluationSeconds, lastEvaluation: group.lastEvaluation)
  }
}

extension RuleStatus {
  init(_ rule: RuleSnapshot) {
    self.init(
      name: rule.name, query: rule.query, labels: Dictionary(rule.labels.map { ($0.name, $0.value) }) { $1 },
      health: Health(rule.health), lastError: rule.lastError, evaluationSeconds: rule.evaluationSeconds,
      lastEvaluation: rule.lastEvaluation, alerting: rule.alerting.map(Alerting.init))
  }
}

extension RuleStatus.Health {
  init(_ health: RuleSnapshot.Health) {
    self =
      switch health {
      case .unknown: .unknown
      case .ok: .ok
      case .err: .err
      }
  }
}

extension RuleStatus.Alerting {
  init(_ rule: RuleSnapshot.Alerting) {
    self.init(
      duration: rule.holdFor, keepFiringFor: rule.keepFiringFor,
      annotations: Dictionary(rule.annotations.map { ($0.name, $0.value) }) { $1 }, alerts: rule.alerts.map(AlertStatus.init))
  }
}

extension AlertStatus {
  init(_ alert: AlertSnapshot) {
    self.init(
      labels: alert.labels, annotations: alert.annotations, state: alert.isFiring ? .firing : .pending, activeAt: alert.activeAt,
      keepFiringSince: alert.keepFiringSince, value: alert.value)
  }
}

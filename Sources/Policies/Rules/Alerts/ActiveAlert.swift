import AlertModel
import SeriesModel

/// What a rule knows of one of its alerts.
package struct ActiveAlert: Hashable, Sendable {
  /// The identity, `alertname` among them.
  package let labels: LabelSet
  package internal(set) var state: AlertState
  /// Of the last pass that saw it, like the annotations.
  package internal(set) var value: Double
  package internal(set) var annotations: [String: String]
  /// The pass that last sent it; `nil`: none in this life.
  package internal(set) var sentAt: Timestamp?
  /// What it writes.
  let series: AlertSeries

  init(labels: LabelSet, state: AlertState, value: Double, annotations: [String: String], sentAt: Timestamp? = nil) {
    self.labels = labels
    self.state = state
    self.value = value
    self.annotations = annotations
    self.sentAt = sentAt
    series = AlertSeries(labels)
  }

  /// Whether the pass at `now` has to send it. One that just ended always goes out; else it is repeated when more than `delay` has
  /// passed.
  func isDue(at now: Timestamp, resendDelay delay: PromDuration) -> Bool {
    switch state {
    case .pending: return false
    case .firing: break
    case .resolved(_, _, let resolvedAt): if sentAt.map({ resolvedAt > $0 }) ?? true { return true }
    }
    return sentAt.map { $0 + delay < now } ?? true
  }

  /// As it is told to people. A firing one ends by itself at `validUntil` unless it is told again.
  func update(validUntil: Timestamp, externalLabels: LabelSet, generatorURL: String) -> AlertUpdate? {
    guard let firedAt = state.firedAt else { return nil }
    var all = LabelSetBuilder(externalLabels)
    for label in labels.labels { all.set(label.name, label.value) }
    let alert = Alert(
      labels: externalLabels.isEmpty ? labels : all.build(), annotations: annotations, startsAt: firedAt,
      endsAt: state.resolvedAt ?? validUntil, generatorURL: generatorURL)
    return AlertUpdate(alert: alert, resolved: state.resolvedAt != nil)
  }
}

/// The label sets of the series that an alert writes.
struct AlertSeries: Hashable, Sendable {
  static let alerts = "ALERTS"
  static let forState = "ALERTS_FOR_STATE"

  let pending: LabelSet
  let firing: LabelSet
  let forState: LabelSet

  init(_ labels: LabelSet) {
    let alerts = labels.setting(LabelName.metric, Self.alerts)
    pending = alerts.setting(LabelName.alertState, "pending")
    firing = alerts.setting(LabelName.alertState, "firing")
    forState = labels.setting(LabelName.metric, Self.forState)
  }

  func alerts(in state: AlertState) -> LabelSet { if case .pending = state { pending } else { firing } }
}

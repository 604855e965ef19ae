import SeriesModel

/// An alert as one pass found it.
struct SeenAlert: Hashable, Sendable {
  var labels: LabelSet
  var value: Double
  var annotations: [String: String]
}

/// The alerts of one rule after a pass, worked out from those before it. Nothing is sent or written here.
struct AlertingStep: Sendable {
  private(set) var alerts: [LabelSet: ActiveAlert]
  /// Those that are in another state than before, new, or gone; a resending alone is no such change.
  private(set) var changed: [LabelSet] = []

  /// - Throws: ``RuleFailure/equalAlerts`` for two of `seen` with equal labels, ``RuleFailure/tooManyAlerts(limit:count:)`` when
  ///   more than `limit` (0:
  ///   no limit) are pending or firing; the rule then loses all of its alerts.
  init(
    _ before: [LabelSet: ActiveAlert], seen: [SeenAlert], at now: Timestamp, under policy: AlertPolicy, limit: Int
  ) throws(RuleFailure) {
    alerts = before
    var identities: Set<LabelSet> = []
    identities.reserveCapacity(seen.count)
    for one in seen where !identities.insert(one.labels).inserted { throw .equalAlerts }
    for one in seen { meet(one, at: now, under: policy) }
    for (labels, alert) in before where !identities.contains(labels) { miss(alert, at: now, under: policy) }
    guard limit > 0 else { return }
    let active = alerts.values.count { $0.state.isActive }
    guard active <= limit else { throw .tooManyAlerts(limit: limit, count: active) }
  }

  private mutating func meet(_ seen: SeenAlert, at now: Timestamp, under policy: AlertPolicy) {
    // One that comes back is a new alert: nothing of it was sent yet.
    guard var alert = alerts[seen.labels], alert.state.isActive else {
      let state = AlertState.appearing(at: now, under: policy)
      alerts[seen.labels] = ActiveAlert(labels: seen.labels, state: state, value: seen.value, annotations: seen.annotations)
      changed.append(seen.labels)
      return
    }
    // A state that was seen is never forgotten.
    let state = alert.state.step(seen: true, at: now, under: policy) ?? alert.state
    if state != alert.state { changed.append(alert.labels) }
    (alert.state, alert.value, alert.annotations) = (state, seen.value, seen.annotations)
    alerts[seen.labels] = alert
  }

  private mutating func miss(_ alert: ActiveAlert, at now: Timestamp, under policy: AlertPolicy) {
    let state = alert.state.step(seen: false, at: now, under: policy)
    if state == alert.state { return }
    changed.append(alert.labels)
    guard let state else {
      alerts[alert.labels] = nil
      return
    }
    alerts[alert.labels]?.state = state
  }
}

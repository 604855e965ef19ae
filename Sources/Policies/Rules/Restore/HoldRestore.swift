import SeriesModel

/// How alerts come back after a restart.
package enum AlertRestore: String, Hashable, Sendable, CaseIterable {
  /// As the process left them: from the journal. Passes that the outage took count like missed ones.
  case exact
  /// As Prometheus does, for comparison with it: only how long they were pending, from `ALERTS_FOR_STATE`, after the second pass.
  case prometheus
}

/// Since when an alert counts as pending, by the last sample of its `ALERTS_FOR_STATE` before a restart.
///
/// - Source: Prometheus 3.5, `rules/group.go`, `RestoreForState`.
struct HoldRestore: Hashable, Sendable {
  /// Samples that are older do not count.
  var outageTolerance: PromDuration
  /// What is left of `for` is not less, and rules with a shorter `for` are not restored.
  var gracePeriod: PromDuration

  /// `nil`: as it is.
  func activeAt(by last: Sample, at now: Timestamp, holdFor: PromDuration) -> Timestamp? {
    if Staleness.isMarker(last.value) || !last.value.isFinite || abs(last.value) > 1e12 { return nil }
    let was = Timestamp(milliseconds: Int64(last.value) * 1000)
    let left = PromDuration(milliseconds: holdFor.milliseconds - (last.timestamp - was).milliseconds)
    if left.milliseconds <= 0 { return was }
    if left < gracePeriod { return now + gracePeriod - holdFor }
    // The time that nobody looked does not count.
    return was + (now - last.timestamp)
  }
}

extension GroupPass {
  /// Sets since when the alerts of this pass are pending; from the next pass on the rules write.
  mutating func restoreHolds(_ restore: HoldRestore) {
    for i in rules.indices where rules[i].isHeldBack {
      rules[i].isHeldBack = false
      guard case .alerting(_, let policy) = group.rules[i].work, policy.holdFor >= restore.gracePeriod else { continue }
      let alerts = rules[i].standing.alerts
      if alerts.isEmpty { continue }
      // What cannot be read is not restored; the rule's own next query will tell.
      guard let found = try? lastHolds(of: group.rules[i], within: restore.outageTolerance) else { continue }
      for (labels, alert) in alerts {
        guard let last = found[labels], let at = restore.activeAt(by: last, at: time, holdFor: policy.holdFor) else { continue }
        rules[i].standing.alerts[labels]?.state = alert.state.settingActive(at)
      }
    }
  }

  /// The newest samples of the rule's `ALERTS_FOR_STATE`, by the alerts' labels.
  private func lastHolds(of rule: CompiledRule, within tolerance: PromDuration) throws(SourceError) -> [LabelSet: Sample] {
    var matchers: [Matcher] = [.equal(LabelName.metric, AlertSeries.forState), .equal(LabelName.alert, rule.rule.name)]
    for label in rule.rule.labels where label.name != LabelName.alert { matchers.append(.equal(label.name, label.value)) }
    let span = TimeSpan(from: time - tolerance, through: time)
    let selection = try source.select(matchers, in: span, limit: .max)
    var columns = SampleColumns()
    try source.readLatest(selection.refs.span, in: span, into: &columns)
    var last: [LabelSet: Sample] = [:]
    for (i, labels) in selection.labels.enumerated() {
      guard let row = columns.row(i).last else { continue }
      last[labels.withoutMetricName] = Sample(Timestamp(milliseconds: columns.timestamps[row]), columns.values[row])
    }
    return last
  }
}

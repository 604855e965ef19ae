import AlertModel
import SeriesModel

/// The alerts of a flush as the notification log knows them.
package struct ToldAlerts: Hashable, Sendable {
  package var firing: Set<Fingerprint>
  package var resolved: Set<Fingerprint>

  package init(firing: Set<Fingerprint> = [], resolved: Set<Fingerprint> = []) {
    self.firing = firing
    self.resolved = resolved
  }

  init(_ alerts: [NotifiedAlert]) {
    self.init()
    for alert in alerts {
      if alert.isResolved { resolved.insert(alert.fingerprint) } else { firing.insert(alert.fingerprint) }
    }
  }
}

/// Decides whether the other side has to be told.
package enum Dedup {
  /// - Parameters:
  ///   - alerts: all of the flush, ended ones too even when they are not sent.
  ///   - last: what was told last, if that is still known.
  ///   - now: the flush's time.
  /// - Returns: `nil`: everything is known there.
  package static func reason(
    telling alerts: ToldAlerts, after last: NotificationLog.Entry?, sendsResolved: Bool, repeatInterval: PromDuration,
    at now: Timestamp
  ) -> NotifyReason? {
    guard let last else { return alerts.firing.isEmpty ? nil : .firstNotification }
    if !alerts.firing.isSubset(of: last.told.firing) {
      return last.told.firing.isEmpty ? .firstNotification : .newAlertsAdded
    }
    if alerts.firing.isEmpty {
      // Even where ends are not sent: the log has to forget what fired.
      return last.told.firing.isEmpty ? nil : .allAlertsResolved
    }
    if sendsResolved, !alerts.resolved.isSubset(of: last.told.resolved) { return .someAlertsResolved }
    return last.at < now - repeatInterval ? .repeatIntervalElapsed : nil
  }
}

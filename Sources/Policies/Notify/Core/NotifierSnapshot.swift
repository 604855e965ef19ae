import AlertModel
import SeriesModel

/// The notifier at one moment.
package struct NotifierSnapshot: Sendable {
  package struct Group: Hashable, Sendable {
    package var key: String
    package var labels: LabelSet
    package var receiver: String
    /// In the order in which they would be told.
    package var alerts: [NotifiedAlert]
    /// When it is flushed next, on the monotonic clock.
    package var due: Instant
    package var isFlushing: Bool
  }

  package struct StandingAlert: Hashable, Sendable {
    /// `endsAt` is known: also a firing alert ends by itself unless it is refreshed.
    package var alert: Alert
    package var fingerprint: Fingerprint
    package var updatedAt: Timestamp
    package var isResolved: Bool
    package var receivers: [String]
  }

  /// By key.
  package var groups: [Group]
  /// All that are known, ended ones for a while too; by labels.
  package var alerts: [StandingAlert]
  package var counters: NotifierCounters
  package var log: [NotificationLog.Key: NotificationLog.Entry]
}

extension NotifierCore {
  func snapshot(at now: Timestamp) -> NotifierSnapshot {
    let groups = groups.values.map { group in
      NotifierSnapshot.Group(
        key: group.key, labels: group.labels, receiver: routes.rows[group.route].route.receiver,
        alerts: members(of: group).map { $0.frozen(at: now) }, due: group.due, isFlushing: group.flush != nil)
    }
    let standing = alerts.values.map { known in
      NotifierSnapshot.StandingAlert(
        alert: Alert(
          labels: known.labels, annotations: known.annotations, startsAt: known.startsAt, endsAt: known.endsAt,
          generatorURL: known.generatorURL),
        fingerprint: Fingerprint(known.labels), updatedAt: known.updatedAt, isResolved: known.isResolved(at: now),
        receivers: routes.destinations(of: known.labels).map { routes.rows[$0].route.receiver })
    }
    return NotifierSnapshot(
      groups: groups.sorted { ($0.key, $0.receiver) < ($1.key, $1.receiver) },
      alerts: standing.sorted { $0.alert.labels < $1.alert.labels }, counters: counters, log: log.entries)
  }
}

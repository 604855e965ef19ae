/// Why a notification is sent. The same words are sent, logged, counted and shown.
public enum NotifyReason: String, Hashable, Sendable, CaseIterable {
  /// Nothing of the group is known to fire on the other side.
  case firstNotification = "first notification"
  case newAlertsAdded = "new alerts added"
  case allAlertsResolved = "all alerts resolved"
  case someAlertsResolved = "some alerts resolved"
  case repeatIntervalElapsed = "repeat interval elapsed"
}

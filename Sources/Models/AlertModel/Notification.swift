import SeriesModel

/// An alert as it stood at the moment of a flush: it fires for ever, or it has ended.
public struct NotifiedAlert: Hashable, Sendable {
  /// `endsAt` is `nil` exactly when it fires.
  public var alert: Alert
  public var fingerprint: Fingerprint

  public init(_ alert: Alert) {
    self.alert = alert
    fingerprint = Fingerprint(alert.labels)
  }

  public var isResolved: Bool { alert.endsAt != nil }
}

/// What one receiver is told of one group of alerts.
public struct Notification: Hashable, Sendable {
  /// The same for every attempt to deliver it, and for the next flush's when this one could not be delivered and nothing changed; 32 hex digits.
  public var id: String
  public var receiver: String
  /// Which of the receiver's integrations it is for.
  public var integration: Int
  /// `{}:{alertname="Down", job="api"}`: the matchers of the route's path, then the group's labels.
  public var groupKey: String
  public var groupLabels: LabelSet
  /// At least one, in the order in which they are told.
  public var alerts: [NotifiedAlert]
  public var reason: NotifyReason

  public init(
    id: String, receiver: String, integration: Int, groupKey: String, groupLabels: LabelSet, alerts: [NotifiedAlert],
    reason: NotifyReason
  ) {
    self.id = id
    self.receiver = receiver
    self.integration = integration
    self.groupKey = groupKey
    self.groupLabels = groupLabels
    self.alerts = alerts
    self.reason = reason
  }
}

import SeriesModel

/// An alert as it is told to people: one label set that fires or has ended.
public struct Alert: Hashable, Sendable {
  /// The identity, `alertname` among them.
  public var labels: LabelSet
  public var annotations: [String: String]
  public var startsAt: Timestamp
  /// `nil` while no end is known.
  public var endsAt: Timestamp?
  public var generatorURL: String

  public init(
    labels: LabelSet, annotations: [String: String], startsAt: Timestamp, endsAt: Timestamp? = nil, generatorURL: String = ""
  ) {
    self.labels = labels
    self.annotations = annotations
    self.startsAt = startsAt
    self.endsAt = endsAt
    self.generatorURL = generatorURL
  }

  public func isResolved(at now: Timestamp) -> Bool { endsAt.map { $0 <= now } ?? false }
}

/// Which rule an alert came from.
public struct RuleID: Hashable, Sendable {
  public var file: String
  public var group: String
  public var name: String
  public init(file: String, group: String, name: String) {
    self.file = file
    self.group = group
    self.name = name
  }
}

/// An alert that a rule pass wants told: it fires (`alert.endsAt` is when it ends by itself unless refreshed), or it was resolved.
public struct AlertUpdate: Hashable, Sendable {
  public var alert: Alert
  public var resolved: Bool
  public init(alert: Alert, resolved: Bool) {
    self.alert = alert
    self.resolved = resolved
  }
}

/// Takes what rule passes tell. Never blocks.
public protocol AlertSink: Sendable {
  func receive(_ updates: [AlertUpdate], of rule: RuleID, at time: Timestamp)
}

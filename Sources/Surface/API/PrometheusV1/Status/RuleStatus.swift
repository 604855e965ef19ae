import SeriesModel

/// A rule group as it stands after its last pass; the wiring fills these from the scheduler.
public struct RuleGroupStatus: Sendable {
  public var name: String
  public var file: String
  public var interval: PromDuration
  /// Series or alerts that a rule may yield; 0: any number.
  public var limit: Int
  public var rules: [RuleStatus]
  public var evaluationSeconds: Double
  /// `nil`: not yet.
  public var lastEvaluation: Timestamp?

  public init(
    name: String, file: String, interval: PromDuration, limit: Int = 0, rules: [RuleStatus], evaluationSeconds: Double = 0,
    lastEvaluation: Timestamp? = nil
  ) {
    self.name = name
    self.file = file
    self.interval = interval
    self.limit = limit
    self.rules = rules
    self.evaluationSeconds = evaluationSeconds
    self.lastEvaluation = lastEvaluation
  }
}

public struct RuleStatus: Sendable {
  public enum Health: String, Hashable, Sendable { case unknown, ok, err }

  public struct Alerting: Sendable {
    public var duration: PromDuration
    public var keepFiringFor: PromDuration
    /// Templates.
    public var annotations: [String: String]
    /// Pending and firing.
    public var alerts: [AlertStatus]

    public init(duration: PromDuration, keepFiringFor: PromDuration, annotations: [String: String], alerts: [AlertStatus]) {
      self.duration = duration
      self.keepFiringFor = keepFiringFor
      self.annotations = annotations
      self.alerts = alerts
    }

    /// The most serious of its alerts'.
    var state: String {
      if alerts.contains(where: { $0.state == .firing }) { return "firing" }
      return alerts.isEmpty ? "inactive" : "pending"
    }
  }

  public var name: String
  /// In normal form, on one line.
  public var query: String
  /// Templates; the group's labels among them.
  public var labels: [String: String]
  public var health: Health
  /// Shown when the health is `err`.
  public var lastError: String
  public var evaluationSeconds: Double
  public var lastEvaluation: Timestamp?
  /// `nil`: a recording rule.
  public var alerting: Alerting?

  public init(
    name: String, query: String, labels: [String: String], health: Health = .unknown, lastError: String = "",
    evaluationSeconds: Double = 0,
    lastEvaluation: Timestamp? = nil, alerting: Alerting? = nil
  ) {
    self.name = name
    self.query = query
    self.labels = labels
    self.health = health
    self.lastError = lastError
    self.evaluationSeconds = evaluationSeconds
    self.lastEvaluation = lastEvaluation
    self.alerting = alerting
  }
}

/// An alert that is pending or firing.
public struct AlertStatus: Sendable {
  public enum State: String, Hashable, Sendable { case pending, firing }
  public var labels: LabelSet
  public var annotations: [String: String]
  public var state: State
  public var activeAt: Timestamp
  /// Since when only `keep_firing_for` holds it.
  public var keepFiringSince: Timestamp?
  public var value: Double

  public init(
    labels: LabelSet, annotations: [String: String], state: State, activeAt: Timestamp, keepFiringSince: Timestamp? = nil,
    value: Double
  ) {
    self.labels = labels
    self.annotations = annotations
    self.state = state
    self.activeAt = activeAt
    self.keepFiringSince = keepFiringSince
    self.value = value
  }
}

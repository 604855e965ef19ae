import PromQLSyntax
import SeriesModel
import SourceText

/// A rule file as Prometheus defines it, checked and parsed.
public struct RuleFile: Sendable {
  /// The path it was read from.
  public var name: String
  public var groups: [RuleGroup]
  public init(name: String, groups: [RuleGroup]) {
    self.name = name
    self.groups = groups
  }
}

/// Rules that are evaluated in order, at one timestamp.
public struct RuleGroup: Sendable {
  public var name: String
  /// `nil`: the global evaluation interval.
  public var interval: PromDuration?
  public var queryOffset: PromDuration?
  /// The most alerts or series that one rule may yield; 0 means no limit.
  public var limit: Int
  /// Added to every rule; a rule's own label wins.
  public var labels: [Label]
  public var rules: [Rule]
  public var range: SourceRange

  public init(
    name: String, interval: PromDuration? = nil, queryOffset: PromDuration? = nil, limit: Int = 0, labels: [Label] = [],
    rules: [Rule],
    range: SourceRange = .unknown
  ) {
    self.name = name
    self.interval = interval
    self.queryOffset = queryOffset
    self.limit = limit
    self.labels = labels
    self.rules = rules
    self.range = range
  }
}

public enum Rule: Sendable {
  case recording(RecordingRule)
  case alerting(AlertingRule)
}

/// Writes the series of its expression under a name of its own.
public struct RecordingRule: Sendable {
  public var record: String
  public var expr: Expr
  /// Group labels already among them.
  public var labels: [Label]
  public var range: SourceRange
  /// Where its parts stand in the file it was read from; `nil` for a rule that was made otherwise.
  package var places: RulePlaces?
  public init(record: String, expr: Expr, labels: [Label] = [], range: SourceRange = .unknown) {
    self.record = record
    self.expr = expr
    self.labels = labels
    self.range = range
  }
}

/// Yields an alert for every series of its expression.
public struct AlertingRule: Sendable {
  public var alert: String
  public var expr: Expr
  /// `for`: how long an alert is pending before it fires.
  public var holdFor: PromDuration
  public var keepFiringFor: PromDuration
  /// Templates; group labels already among them.
  public var labels: [Label]
  /// Templates.
  public var annotations: [Label]
  public var range: SourceRange
  /// Where its parts stand in the file it was read from; `nil` for a rule that was made otherwise.
  package var places: RulePlaces?
  public init(
    alert: String, expr: Expr, holdFor: PromDuration = .zero, keepFiringFor: PromDuration = .zero, labels: [Label] = [],
    annotations: [Label] = [], range: SourceRange = .unknown
  ) {
    self.alert = alert
    self.expr = expr
    self.holdFor = holdFor
    self.keepFiringFor = keepFiringFor
    self.labels = labels
    self.annotations = annotations
    self.range = range
  }
}

extension Rule {
  /// `record` or `alert`.
  public var name: String {
    switch self {
    case .recording(let rule): rule.record
    case .alerting(let rule): rule.alert
    }
  }

  /// Group labels already among them.
  public var labels: [Label] {
    switch self {
    case .recording(let rule): rule.labels
    case .alerting(let rule): rule.labels
    }
  }

  public var expr: Expr {
    switch self {
    case .recording(let rule): rule.expr
    case .alerting(let rule): rule.expr
    }
  }

  public var range: SourceRange {
    switch self {
    case .recording(let rule): rule.range
    case .alerting(let rule): rule.range
    }
  }

  package var places: RulePlaces? {
    switch self {
    case .recording(let rule): rule.places
    case .alerting(let rule): rule.places
    }
  }
}

/// Where the parts of a rule stand in its file, so that later findings point at the true place.
package struct RulePlaces: Sendable {
  /// Of the value of `record` or `alert`.
  package var name: SourceRange
  /// Maps a range of the expression (or of a diagnostic about it) to the file.
  package var expr: EmbeddedText
  /// The rule's own labels by name.
  package var labels: [String: EmbeddedText]
  package var annotations: [String: EmbeddedText]
}

import DurableLog
import MessageTemplate
import PromQLEngine
import PromQLSyntax
import SeriesModel

/// Makes an expression ready to be evaluated often.
package typealias QueryPreparation = @Sendable (Expr) throws(QueryError) -> any PreparedQuery

/// What holds for all rule groups. Times are Prometheus' defaults.
package struct RulesConfiguration: Sendable {
  /// Added to alerts that are sent, where they have no label of that name; seen by templates.
  package var externalLabels: LabelSet
  package var externalURL: String
  /// Of groups that have none of their own.
  package var evaluationInterval: PromDuration
  /// How far behind the evaluation the queries of groups look that have no offset of their own.
  package var queryOffset: PromDuration
  package var resendDelay: PromDuration
  /// `rules.query-timeout`: how long one query of a rule or template may take.
  package var queryTimeout: PromDuration
  /// Where the state of alerts outlives the process; `nil`: nowhere.
  package var directory: String?
  package var sync: DurableLog.Sync
  /// `rules.restore`
  package var restore: AlertRestore
  /// `rules.alert.for-outage-tolerance`: after a longer outage, pending alerts begin anew.
  package var outageTolerance: PromDuration
  /// `rules.alert.for-grace-period`: with ``AlertRestore/prometheus``, what is left of `for` after a restart is not less.
  package var gracePeriod: PromDuration
  /// `rules.group-limit`: how many groups may be loaded.
  package var groupLimit: Int
  /// Of expressions in templates.
  package var syntax: SyntaxFeatures
  package var templateLimits: TemplateLimits

  package init(
    externalLabels: LabelSet = .empty, externalURL: String = "", evaluationInterval: PromDuration = .minutes(1),
    queryOffset: PromDuration = .zero, resendDelay: PromDuration = .minutes(1), queryTimeout: PromDuration = .minutes(2),
    directory: String? = nil, sync: DurableLog.Sync = .kernel, restore: AlertRestore = .exact,
    outageTolerance: PromDuration = .hours(1), gracePeriod: PromDuration = .minutes(10), groupLimit: Int = 10_000,
    syntax: SyntaxFeatures = [],
    templateLimits: TemplateLimits = TemplateLimits()
  ) {
    self.externalLabels = externalLabels
    self.externalURL = externalURL
    self.evaluationInterval = evaluationInterval
    self.queryOffset = queryOffset
    self.resendDelay = resendDelay
    self.queryTimeout = queryTimeout
    self.directory = directory
    self.sync = sync
    self.restore = restore
    self.outageTolerance = outageTolerance
    self.gracePeriod = gracePeriod
    self.groupLimit = groupLimit
    self.syntax = syntax
    self.templateLimits = templateLimits
  }

  var holdRestore: HoldRestore { HoldRestore(outageTolerance: outageTolerance, gracePeriod: gracePeriod) }
}

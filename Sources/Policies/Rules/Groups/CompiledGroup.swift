import PromQLEngine
import PromQLSyntax
import RuleModel
import SeriesModel

/// Which group: names are unique within a file.
package struct GroupID: Hashable, Sendable, CustomStringConvertible {
  package var file: String
  package var name: String
  package init(file: String, name: String) {
    self.file = file
    self.name = name
  }

  /// As own metrics name it.
  package var description: String { file + ";" + name }
}

/// What makes two rules the same one across reloads and restarts. Several rules of a group may share it; they are told apart by
/// their order.
struct RuleKey: Hashable, Sendable {
  var name: String
  /// Templates.
  var labels: [Label]
  var isAlerting: Bool

  init(_ rule: Rule) {
    name = rule.name
    labels = rule.labels
    if case .alerting = rule { isAlerting = true } else { isAlerting = false }
  }

  init(alert: String, labels: [Label]) {
    name = alert
    self.labels = labels
    isAlerting = true
  }
}

/// A rule ready for its passes.
struct CompiledRule: Sendable {
  enum Work: Sendable {
    case recording(RecordingStep)
    case alerting(AlertTexts, AlertPolicy)
    /// Fails in every pass.
    case broken
  }

  let rule: Rule
  let key: RuleKey
  /// The expression's normal form.
  let text: String
  let generatorURL: String
  let query: (any PreparedQuery)?
  let work: Work
  /// Why the rule is broken.
  let failure: RuleFailure?

  init(_ rule: Rule, externalURL: String, prepare: QueryPreparation) {
    self.rule = rule
    key = RuleKey(rule)
    text = rule.expr.description
    generatorURL = GeneratorURL.text(externalURL: externalURL, expression: text)
    let ready: (query: any PreparedQuery, work: Work)?
    do throws(RuleFailure) {
      ready = (try Self.prepared(rule.expr, prepare), try Self.work(of: rule))
      failure = nil
    } catch {
      ready = nil
      failure = error
    }
    query = ready?.query
    work = ready?.work ?? .broken
  }

  private static func prepared(_ expr: Expr, _ prepare: QueryPreparation) throws(RuleFailure) -> any PreparedQuery {
    do { return try prepare(expr) } catch { throw .broken(error.message) }
  }

  private static func work(of rule: Rule) throws(RuleFailure) -> Work {
    switch rule {
    case .recording(let rule): return .recording(RecordingStep(rule))
    case .alerting(let rule):
      do {
        return .alerting(try AlertTexts(rule), AlertPolicy(holdFor: rule.holdFor, keepFiringFor: rule.keepFiringFor))
      } catch { throw .broken(error.message) }
    }
  }
}

/// A group with everything that stays the same from pass to pass.
struct CompiledGroup: Sendable {
  let id: GroupID
  let interval: PromDuration
  /// Of its times on the grid.
  let phase: PromDuration
  let queryOffset: PromDuration
  let limit: Int
  let rules: [CompiledRule]
  let configuration: RulesConfiguration
  let prepare: QueryPreparation

  init(_ group: RuleGroup, file: String, configuration: RulesConfiguration, prepare: @escaping QueryPreparation) {
    id = GroupID(file: file, name: group.name)
    // As for the reference, 0 is none.
    interval = group.interval.flatMap { $0 > .zero ? $0 : nil } ?? configuration.evaluationInterval
    phase = interval.milliseconds > 0 ? configuration.phase.offset(of: id, interval) : .zero
    queryOffset = group.queryOffset ?? configuration.queryOffset
    limit = group.limit
    rules = group.rules.map { CompiledRule($0, externalURL: configuration.externalURL, prepare: prepare) }
    self.configuration = configuration
    self.prepare = prepare
  }

  /// Would do the same in every pass.
  func isSame(as other: CompiledGroup) -> Bool {
    interval == other.interval && phase == other.phase && queryOffset == other.queryOffset && limit == other.limit
      && configuration.means(other.configuration) && rules.count == other.rules.count
      && zip(rules, other.rules).allSatisfy { $0.isSame(as: $1) }
  }
}

extension CompiledRule {
  /// Yields the same in every pass.
  func isSame(as other: CompiledRule) -> Bool {
    guard key == other.key, text == other.text else { return false }
    guard case .alerting(let a) = rule, case .alerting(let b) = other.rule else { return true }
    return a.holdFor == b.holdFor && a.keepFiringFor == b.keepFiringFor && a.annotations == b.annotations
  }
}

extension RulesConfiguration {
  /// Passes of a group work the same under both.
  fileprivate func means(_ other: RulesConfiguration) -> Bool {
    externalLabels == other.externalLabels && externalURL == other.externalURL && resendDelay == other.resendDelay
      && queryTimeout == other.queryTimeout && syntax == other.syntax
  }
}

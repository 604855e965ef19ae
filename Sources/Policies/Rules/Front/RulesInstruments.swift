import Catalogue
import Instruments
import SeriesModel

/// Counts what happens in the rules in the `tidemark_rule_*` families and `tidemark_alerts`.
package struct RulesInstruments: Sendable {
  private let registry: Registry
  private let iterations, missed, evaluations, failures: FamilyHandle
  private let duration, interval, lastEvaluation, samples, rules: FamilyHandle
  private let alerts: FamilyHandle

  package init(_ registry: Registry) {
    self.registry = registry
    iterations = registry.family(Families.tidemarkRuleGroupIterationsTotal)
    missed = registry.family(Families.tidemarkRuleGroupIterationsMissedTotal)
    evaluations = registry.family(Families.tidemarkRuleEvaluationsTotal)
    failures = registry.family(Families.tidemarkRuleEvaluationFailuresTotal)
    duration = registry.family(Families.tidemarkRuleGroupLastDurationSeconds)
    interval = registry.family(Families.tidemarkRuleGroupIntervalSeconds)
    lastEvaluation = registry.family(Families.tidemarkRuleGroupLastEvaluationTimestampSeconds)
    samples = registry.family(Families.tidemarkRuleGroupLastEvaluationSamples)
    rules = registry.family(Families.tidemarkRuleGroupRules)
    alerts = registry.family(Families.tidemarkAlerts)
  }

  package func publish(_ event: RulesEvent, at now: Timestamp) {
    switch event {
    case .loaded(let groups): registry.update { u in for group in groups { load(group, at: now, &u) } }
    case .removed(let group, let counts): registry.update { u in remove(group, counts, at: now, &u) }
    case .passed(let report): registry.update { u in publish(report, at: now, &u) }
    case .failing, .recovered, .journalFailed: break
    }
  }

  private func load(_ group: GroupShape, at now: Timestamp, _ u: inout RegistryUpdate) {
    let labels = [group.group.description]
    for counter in [iterations, missed, evaluations, failures] { u.bear(counter, fixed: labels, created: now) }
    u.set(u.series(interval, labels, created: now), group.interval.seconds)
    u.set(u.series(rules, labels, created: now), Double(group.rules))
  }

  private func remove(_ group: GroupID, _ counts: AlertCounts, at now: Timestamp, _ u: inout RegistryUpdate) {
    let labels = [group.description]
    for family in [iterations, missed, evaluations, failures, duration, interval, lastEvaluation, samples, rules] {
      u.remove(u.series(family, labels, created: now))
    }
    add(counts, -1, at: now, &u)
  }

  private func publish(_ report: PassReport, at now: Timestamp, _ u: inout RegistryUpdate) {
    let labels = [report.group.description]
    u.add(u.series(iterations, labels, created: now), Double(1 + report.missed))
    u.add(u.series(missed, labels, created: now), Double(report.missed))
    u.add(u.series(evaluations, labels, created: now), Double(report.rules))
    u.add(u.series(failures, labels, created: now), Double(report.failures))
    u.set(u.series(duration, labels, created: now), report.seconds)
    u.set(u.series(lastEvaluation, labels, created: now), report.time.seconds)
    u.set(u.series(samples, labels, created: now), Double(report.samples))
    add(report.alertsBefore, -1, at: now, &u)
    add(report.alerts, 1, at: now, &u)
  }

  private func add(_ counts: AlertCounts, _ sign: Double, at now: Timestamp, _ u: inout RegistryUpdate) {
    u.add(u.series(alerts, ["pending"], created: now), sign * Double(counts.pending))
    u.add(u.series(alerts, ["firing"], created: now), sign * Double(counts.firing))
  }
}

import Catalogue
import Instruments
import SeriesModel
import Testing

@testable import Rules

/// What passes count.
struct RulesInstrumentsTests {
  @Test func `groups exist at 0 when they are loaded, count, and go`() throws {
    let scene = try Scene()
    let registry = Registry(families: Families.all, options: RegistryOptions(time: scene.time))
    let instruments = RulesInstruments(registry)
    func publish() { for event in scene.events.all.withLock({ $0 }) { instruments.publish(event, at: scene.time.now()) } }
    let group: KeyValuePairs = ["rule_group": "rules.yml;g"]

    try scene.load(
      "groups: [{name: g, rules: [{alert: A, expr: raw, for: 2m}, {record: a, expr: raw}, {record: b, expr: unreadable}]}]")
    publish()
    #expect(registry.value(Families.tidemarkRuleGroupIterationsTotal, group) == 0)
    #expect(registry.value(Families.tidemarkRuleEvaluationFailuresTotal, group) == 0)
    #expect(registry.value(Families.tidemarkRuleGroupIntervalSeconds, group) == 60)
    #expect(registry.value(Families.tidemarkRuleGroupRules, group) == 3)

    scene.events.all.withLock { $0 = [] }
    scene.series("raw", "1 1 1 1 1 1")
    try scene.run(to: 2)
    try scene.skip(to: 5)
    try scene.run(to: 6)
    publish()
    #expect(registry.value(Families.tidemarkRuleGroupIterationsTotal, group) == 6)
    #expect(registry.value(Families.tidemarkRuleGroupIterationsMissedTotal, group) == 3)
    #expect(registry.value(Families.tidemarkRuleEvaluationsTotal, group) == 9)
    #expect(registry.value(Families.tidemarkRuleEvaluationFailuresTotal, group) == 3)
    #expect(registry.value(Families.tidemarkRuleGroupLastEvaluationTimestampSeconds, group) == 360)
    // ALERTS firing, the end of ALERTS pending, ALERTS_FOR_STATE, a.
    #expect(registry.value(Families.tidemarkRuleGroupLastEvaluationSamples, group) == 4)
    #expect(registry.value(Families.tidemarkAlerts, ["state": "pending"]) == 0)
    #expect(registry.value(Families.tidemarkAlerts, ["state": "firing"]) == 1)

    scene.events.all.withLock { $0 = [] }
    try scene.load("groups: []")
    publish()
    #expect(registry.value(Families.tidemarkAlerts, ["state": "firing"]) == 0)
    #expect(registry.value(Families.tidemarkRuleGroupRules, group) == nil)
  }
}

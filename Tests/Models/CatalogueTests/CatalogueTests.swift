import SeriesModel
import Testing

@testable import Catalogue

struct CatalogueTests {
  @Test func `names are unique, also as sample names and in OpenMetrics`() {
    let names = Families.all.map(\.name)
    #expect(Set(names).count == names.count)
    let samples = Families.all.flatMap(\.sampleNames)
    #expect(Set(samples).count == samples.count)
    let openMetrics = Families.all.map(\.openMetricsName)
    #expect(Set(openMetrics).count == openMetrics.count)
    // A suffix that one family's samples get must not be another family's name.
    let reserved = Families.all.flatMap { family in
      ["_total", "_created", "_bucket", "_sum", "_count"].map { family.openMetricsName + $0 }
    }
    #expect(Set(reserved).isDisjoint(with: openMetrics))
  }

  @Test(arguments: Families.all)
  func `a family follows the naming rules`(_ family: Family) {
    #expect(LabelName.isClassicMetric(family.name))
    #expect((family.type == .counter) == family.name.hasSuffix("_total"), "\(family.name)")
    #expect(family.unit == .none || family.openMetricsName.hasSuffix("_" + family.unit.rawValue), "\(family.name)")
    for unit in Family.Unit.allCases where unit != .none && family.openMetricsName.hasSuffix("_" + unit.rawValue) {
      #expect(family.unit == unit, "\(family.name) ends in a unit that it does not declare")
    }
    #expect(!family.help.isEmpty && !family.help.hasSuffix("."))
    #expect((family.type == .histogram) == !family.buckets.isEmpty)
    #expect(zip(family.buckets, family.buckets.dropFirst()).allSatisfy { $0 < $1 }, "\(family.name): buckets rise")
    #expect((family.area == .own) == family.name.hasPrefix("tidemark_"))
  }

  @Test(arguments: Families.all)
  func `labels are classic names, each once, with closed sets that are sets`(_ family: Family) {
    #expect(Set(family.labelNames).count == family.labels.count)
    for label in family.labels {
      #expect(LabelName.isClassicLabel(label.name))
      #expect(![LabelName.bucket, LabelName.quantile, LabelName.job, LabelName.instance, "run_id"].contains(label.name))
      if let allowed = label.allowed { #expect(!allowed.isEmpty && Set(allowed).count == allowed.count) }
    }
    #expect(family.labelNames.contains("orchestrator") == (family.area != .own))
    #expect(family.labelNames.contains("host") == family.name.hasPrefix("host_"))
  }

  @Test func `the reference system reaches no cap`() {
    // 928 agents, 200 workflows with up to four triggers, 64 queues with three priorities, four models.
    let entities = [
      ("workflow_runs_total", 800), ("workflow_duration_seconds", 200), ("agent_runs_total", 928), ("agent_errors_total", 928 * 4),
      ("agent_tokens_total", 928 * 4), ("queue_depth", 64 * 3),
    ]
    for (name, count) in entities {
      let family = Families.named(name)!
      #expect(count * family.combinations <= family.seriesCap, "\(name)")
    }
  }

  @Test func `a sample name leads to its family`() {
    #expect(Families.owner(ofSample: "workflow_duration_seconds_bucket") == Families.workflowDurationSeconds)
    #expect(Families.owner(ofSample: "workflow_runs_total") == Families.workflowRunsTotal)
    #expect(Families.owner(ofSample: "workflow_duration_seconds") == nil)
    #expect(Families.named("workflow_runs") == nil)
  }

  @Test func `an entity has every outcome and one type`() {
    #expect(Families.agentRunsTotal.combinations == 4)
    #expect(Families.workflowsActive.combinations == 3)
    #expect(Families.plannerCritiquesTotal.linesPerLabelSet == 1)
    #expect(Families.workflowDurationSeconds.linesPerLabelSet == 14)
  }
}

import SeriesModel

/// Every family that Tidemark exposes. The constants stand in one file per area.
package enum Families {
  /// In the order of areas; within one, as declared. Exposition keeps it.
  package static let all: [Family] =
    workflow + agent + queue + tasks + sandbox + planner + resolution + quality + resources + api + services + budget + own

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
  private static let bySample = Dictionary(uniqueKeysWithValues: all.flatMap { family in family.sampleNames.map { ($0, family) } })

  package static func named(_ name: String) -> Family? { byName[name] }

  /// The family that a sample name belongs to, as in `workflow_duration_seconds_bucket`.
  package static func owner(ofSample name: String) -> Family? { bySample[name] }
}

/// Value sets that several families share.
package enum LabelValues {
  package static let runStatus = ["success", "failed", "cancelled", "lost"]
  package static let outcome = ["success", "failed"]
  package static let agentType = ["llm", "rule", "api", "script", "action"]
  package static let tokenWindow = ["hour", "day"]
}

// MARK: How the tables are written

extension Family {
  static let week = PromDuration.hours(7 * 24)
  static let month = PromDuration.hours(30 * 24)

  static func counter(_ name: String, _ area: Area, _ labels: [FamilyLabel] = [], _ help: String, unit: Unit = .none) -> Family {
    make(name, .counter, area, labels, help, unit: unit, ttl: month, fold: .sum)
  }

  static func gauge(
    _ name: String, _ area: Area, _ labels: [FamilyLabel] = [], _ help: String, unit: Unit = .none, fold: Fold = .sum,
    ttl: PromDuration? = week
  ) -> Family {
    make(name, .gauge, area, labels, help, unit: unit, ttl: ttl, fold: fold)
  }

  static func histogram(
    _ name: String, _ area: Area, _ labels: [FamilyLabel] = [], _ help: String, unit: Unit = .none, buckets: [Double]
  ) -> Family {
    make(name, .histogram, area, labels, help, unit: unit, buckets: buckets, ttl: month, fold: .sum)
  }

  private static func make(
    _ name: String, _ type: MetricType, _ area: Area, _ labels: [FamilyLabel], _ help: String, unit: Unit, buckets: [Double] = [],
    ttl: PromDuration?, fold: Fold
  ) -> Family {
    let own = area == .own
    let host: [FamilyLabel] = name.hasPrefix("host_") ? ["host"] : []
    let orchestrator: [FamilyLabel] = own ? [] : ["orchestrator"]
    return Family(
      name: name, type: type, unit: unit, help: help, labels: labels + host + orchestrator, buckets: buckets, ttl: own ? nil : ttl,
      seriesCap: defaultSeriesCap, fold: fold, area: area)
  }
}

extension FamilyLabel {
  static func closed(_ name: String, _ values: String...) -> FamilyLabel { FamilyLabel(name, .closed(values)) }
  static let runStatus = FamilyLabel("status", .closed(LabelValues.runStatus))
  static let outcome = FamilyLabel("status", .closed(LabelValues.outcome))
  static let agentType = FamilyLabel("type", .property(LabelValues.agentType))
  static let tokenWindow = FamilyLabel("window", .closed(LabelValues.tokenWindow))
}

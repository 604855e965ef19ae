import Catalogue
import SeriesModel

@testable import Instruments

/// Families small enough to reach their limits in a test.
enum Small {
  static let runs = family("runs_total", .counter, ["workflow", FamilyLabel("status", .closed(["success", "failed"]))], cap: 6)
  static let depth = family("depth", .gauge, ["queue"], cap: 2, fold: .sum)
  static let age = family("age_seconds", .gauge, ["queue"], cap: 2, fold: .max)
  static let state = family("state", .gauge, ["thing"], cap: 2, fold: .none)
  static let duration = family("duration_seconds", .histogram, ["workflow"], buckets: [0.1, 1, 120], cap: 2)
  static let kinds = family("kinds_total", .counter, ["agent", FamilyLabel("type", .property(["llm", "rule"]))], cap: 2)
  static let plain = family("plain_total", .counter, [])

  static let families = [
    runs, depth, age, state, duration, kinds, plain, Families.tidemarkSeriesOverflowedTotal, Families.tidemarkSeriesEvictedTotal,
  ]

  static func family(
    _ name: String, _ type: MetricType, _ labels: [FamilyLabel], buckets: [Double] = [], cap: Int = 100, fold: Family.Fold = .sum
  ) -> Family {
    let unit: Family.Unit = name.hasSuffix("_seconds") ? .seconds : .none
    return Family(
      name: name, type: type, unit: unit, help: "About \(name)", labels: labels, buckets: buckets, ttl: .hours(1), seriesCap: cap,
      fold: fold,
      area: .workflow)
  }

  static let start = Timestamp(milliseconds: 1_700_000_000_000)

  static func registry(_ families: [Family] = families, at time: ManualTime = ManualTime(start)) -> Registry {
    Registry(families: families, options: RegistryOptions(time: time))
  }
}

extension Registry {
  /// One update of one label set, resolved by name.
  func add(_ family: Family, _ values: [String], _ delta: Double) {
    update { $0.add($0.series(self.family(family), values, created: Small.start), delta) }
  }

  func set(_ family: Family, _ values: [String], _ value: Double) {
    update { $0.set($0.series(self.family(family), values, created: Small.start), value) }
  }

  func observe(_ family: Family, _ values: [String], _ value: Double) {
    update { $0.observe($0.series(self.family(family), values, created: Small.start), value) }
  }
}

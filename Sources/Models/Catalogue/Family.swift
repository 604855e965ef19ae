import SeriesModel

/// One metric family: everything that exposition, rules, checks and the docs need to know of it.
package struct Family: Hashable, Sendable {
  /// As samples of counters and gauges are named; `_bucket`, `_sum` and `_count` follow it for histograms.
  package var name: String
  package var type: MetricType
  package var unit: Unit
  /// One sentence without a full stop.
  package var help: String
  /// In the order in which values are handed to the registry. `le` is not among them.
  package var labels: [FamilyLabel]
  /// Upper bounds of a histogram, rising, without `+Inf`; empty for other types.
  package var buckets: [Double]
  /// How long an entity stays after its last update; `nil`: for ever.
  package var ttl: PromDuration?
  /// Label sets admitted before the rest becomes ``Family/otherValue``.
  package var seriesCap: Int
  /// What the overflow of a gauge shows.
  package var fold: Fold
  package var area: Area

  package init(
    name: String, type: MetricType, unit: Unit, help: String, labels: [FamilyLabel], buckets: [Double] = [],
    ttl: PromDuration? = nil,
    seriesCap: Int = Family.defaultSeriesCap, fold: Fold = .sum, area: Area
  ) {
    self.name = name
    self.type = type
    self.unit = unit
    self.help = help
    self.labels = labels
    self.buckets = buckets
    self.ttl = ttl
    self.seriesCap = seriesCap
    self.fold = fold
    self.area = area
  }

  /// Stands for every open label value that a cap did not admit.
  package static let otherValue = "__other__"
  package static let defaultSeriesCap = 10_000

  /// Base units; a name with a unit ends in it (before `_total`).
  package enum Unit: String, Hashable, Sendable, CaseIterable {
    case none = ""
    case seconds, bytes, ratio, usd
  }

  /// How the values of a gauge's overflowed label sets become one.
  package enum Fold: String, Hashable, Sendable {
    case sum, max, min
    /// They are not shown.
    case none
  }

  package enum Area: String, Hashable, Sendable, CaseIterable {
    case workflow, agent, queue
    case tasks = "tasks and messages"
    case sandbox, planner, resolution, quality, resources
    case api = "api and database"
    case services, budget
    /// Tidemark's own; they live as long as the process and belong to no orchestrator.
    case own = "tidemark itself"
  }
}

/// A label of a family.
package struct FamilyLabel: Hashable, Sendable {
  package var name: String
  package var values: Values

  package enum Values: Hashable, Sendable {
    /// Whatever events bring; becomes ``Family/otherValue`` beyond the family's cap.
    case open
    /// A closed set, of which each entity has every value: all exist at 0 as soon as the entity is seen.
    case closed([String])
    /// A closed set, of which each entity has one: a property, not an outcome.
    case property([String])
  }

  package init(_ name: String, _ values: Values = .open) {
    self.name = name
    self.values = values
  }

  package var isOpen: Bool { values == .open }

  /// The allowed values, or `nil` when any is.
  package var allowed: [String]? {
    switch values {
    case .open: nil
    case .closed(let all), .property(let all): all
    }
  }

  /// The values that an entity has all of.
  package var spread: [String]? { if case .closed(let all) = values { all } else { nil } }
}

extension FamilyLabel: ExpressibleByStringLiteral {
  package init(stringLiteral name: String) { self.init(name) }
}

// MARK: Derived names

extension Family {
  /// Whether values and admissions outlive the process.
  package var isDurable: Bool { area != .own }

  package var labelNames: [String] { labels.map(\.name) }

  /// The family's name in OpenMetrics: a counter's has no `_total`.
  package var openMetricsName: String { type == .counter && name.hasSuffix("_total") ? String(name.dropLast(6)) : name }

  /// The names of the samples that a scrape of it can hold, without `_created`.
  package var sampleNames: [String] {
    type == .histogram ? ["_bucket", "_sum", "_count"].map { name + $0 } : [name]
  }

  /// Label sets that come to life with an entity.
  package var combinations: Int { labels.reduce(1) { $0 * ($1.spread?.count ?? 1) } }

  /// Series of one label set: buckets with `+Inf`, sum and count for a histogram, else one.
  package var linesPerLabelSet: Int { type == .histogram ? buckets.count + 3 : 1 }

  package var metadata: MetricMetadata { MetricMetadata(type: type, help: help, unit: unit.rawValue) }
}

extension Family: CustomStringConvertible {
  package var description: String { name }
}

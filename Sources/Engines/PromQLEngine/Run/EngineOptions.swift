import PromQLSyntax
import SeriesModel

/// Whose errors and remarks are given where the reference's releases differ.
public enum Edition: Hashable, Sendable {
  /// Prometheus 3.5.
  case v3_5
  /// What came after it as well: remarks on sorting without effect, duplicates named in order, rows of one label set that are one series where their steps
  /// do not meet, buckets that begin at zero in `histogram_fraction`, `info` at the times of its series.
  case newest
}

/// The engine's settings and limits, each with the name it is refused by.
public struct EngineOptions: Hashable, Sendable {
  /// How far back an instant selector finds a sample.
  public var lookback: PromDuration
  /// Samples in memory at a time, for one query.
  public var maxSamples: Int
  /// Series that one selector may select.
  public var maxSeries: Int
  /// How long a query may take, when a clock is given.
  public var timeout: PromDuration
  /// The resolution of subqueries without one.
  public var subqueryStep: PromDuration
  public var features: SyntaxFeatures
  /// Metric names go at the end of a query instead of at each function (`promql-delayed-name-removal`).
  public var delaysNameRemoval: Bool
  /// Whether `__type__` tells counters from gauges (`type-and-unit-labels`).
  public var readsTypeLabels: Bool
  public var edition: Edition
  /// Bytes of rows of one query, absent cells among them, and of its result.
  public var memoryLimit: Int
  /// The same for all queries of an engine that run, or whose results are still in use.
  public var sharedMemoryLimit: Int
  /// Compiled queries that are kept with their series sets and tables. Only for an engine whose views are all of one source: generations, which say whether
  /// what was kept still holds, are counted there.
  public var cachedPlans: Int
  /// Series that kept queries may remember all together; those that were not asked for longest are forgotten first.
  public var cachedSeries: Int

  public init(
    lookback: PromDuration = .minutes(5), maxSamples: Int = 50_000_000, maxSeries: Int = 5_000_000,
    timeout: PromDuration = .minutes(2), subqueryStep: PromDuration = .minutes(1), features: SyntaxFeatures = [],
    delaysNameRemoval: Bool = false, readsTypeLabels: Bool = false, edition: Edition = .v3_5, memoryLimit: Int = 2 << 30,
    sharedMemoryLimit: Int = 4 << 30, cachedPlans: Int = 0, cachedSeries: Int = 4_000_000
  ) {
    self.lookback = lookback
    self.maxSamples = maxSamples
    self.maxSeries = maxSeries
    self.timeout = timeout
    self.subqueryStep = subqueryStep
    self.features = features
    self.delaysNameRemoval = delaysNameRemoval
    self.readsTypeLabels = readsTypeLabels
    self.edition = edition
    self.memoryLimit = memoryLimit
    self.sharedMemoryLimit = sharedMemoryLimit
    self.cachedPlans = cachedPlans
    self.cachedSeries = cachedSeries
  }
}

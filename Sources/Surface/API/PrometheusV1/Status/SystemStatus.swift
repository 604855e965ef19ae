import SeriesModel

/// What the API tells of the rest of the system: closures that the wiring fills. Each is called once per request, by several threads.
public struct SystemStatus: Sendable {
  public var build = BuildInfo()
  /// Groups in the order of their files and names.
  public var ruleGroups: @Sendable () -> [RuleGroupStatus] = { [] }
  public var targets: @Sendable () -> [TargetStatus] = { [] }
  /// URLs of Alertmanagers that get our alerts, and of those that were dropped.
  public var alertmanagers: @Sendable () -> (active: [String], dropped: [String]) = { ([], []) }
  public var metadata: @Sendable () -> [String: [MetricMetadata]] = { [:] }
  /// YAML, secrets masked.
  public var configuration: @Sendable () -> String = { "" }
  public var flags: @Sendable () -> [String: String] = { [:] }
  public var runtime: @Sendable () -> RuntimeInfo
  /// With at most so many entries per list.
  public var storage: @Sendable (_ limit: Int) -> StorageInfo = { _ in StorageInfo() }
  /// First, last and present segment of the log while it is replayed.
  public var replay: @Sendable () -> (first: Int, last: Int, present: Int) = { (0, 0, 0) }

  public init(runtime: @escaping @Sendable () -> RuntimeInfo) { self.runtime = runtime }
}

/// `status/buildinfo`. The version is that of the Prometheus whose API this is: clients switch features by it.
public struct BuildInfo: Hashable, Sendable {
  public var version = "3.5.0"
  public var revision = ""
  public var branch = ""
  public var user = ""
  public var date = ""
  public var compiler = ""
  public init() {}
}

public struct RuntimeInfo: Hashable, Sendable {
  public var startTime: Timestamp
  public var workingFolder: String
  public var hostName: String
  public var reloadSucceeded = true
  public var lastReload: Timestamp
  public var corruptions = 0
  public var threads = 0
  public var processors = 0
  /// `15d`, or `15d or 10GiB`.
  public var retention = ""

  public init(startTime: Timestamp, workingFolder: String, hostName: String, lastReload: Timestamp) {
    self.startTime = startTime
    self.workingFolder = workingFolder
    self.hostName = hostName
    self.lastReload = lastReload
  }
}

/// `status/tsdb`: how large the head is and which names and labels make it so.
public struct StorageInfo: Sendable {
  public typealias Ranking = [(name: String, value: Int)]
  public var series = 0
  public var labelPairs = 0
  public var chunks = 0
  public var span: TimeSpan?
  public var seriesByMetricName: Ranking = []
  public var valuesByLabelName: Ranking = []
  public var bytesByLabelName: Ranking = []
  public var seriesByLabelPair: Ranking = []
  public init() {}
}

/// Something that is scraped.
public struct TargetStatus: Sendable {
  public enum Health: String, Hashable, Sendable { case up, down, unknown }
  /// `nil`: dropped by relabelling; then only ``discoveredLabels`` and ``pool`` count.
  public var labels: LabelSet?
  public var discoveredLabels: LabelSet
  public var pool: String
  public var url: String
  public var globalURL: String
  public var lastError = ""
  public var lastScrape: Timestamp?
  public var lastScrapeSeconds = 0.0
  public var health = Health.unknown
  public var interval: PromDuration
  public var timeout: PromDuration

  public init(
    labels: LabelSet?, discoveredLabels: LabelSet, pool: String, url: String, globalURL: String? = nil, interval: PromDuration,
    timeout: PromDuration
  ) {
    self.labels = labels
    self.discoveredLabels = discoveredLabels
    self.pool = pool
    self.url = url
    self.globalURL = globalURL ?? url
    self.interval = interval
    self.timeout = timeout
  }
}

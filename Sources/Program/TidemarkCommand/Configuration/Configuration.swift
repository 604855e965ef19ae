import DurableLog
import Ingest
import Instruments
import PromQLSyntax
import Rules
import RuleModel
import SeriesModel
import Storage

/// How the daemon runs: defaults, then the file, then the environment, then flags.
struct Configuration: Sendable {
  var listen = ListenAddress(host: "127.0.0.1", port: 10874)
  var enablesLifecycle = false
  /// `POST /api/v1/write` exists.
  var receivesRemoteWrite = false
  var allowsUnauthenticated = false
  /// A line on standard error for each request.
  var logsAccess = false
  /// OpenMetrics pages have `_created` samples.
  var showsCreated = false
  /// Where people reach the daemon; `nil`: its own address.
  var externalURL: String?

  var dataDirectory = "tidemark-data"
  var sync = DurableLog.Sync.kernel
  /// How far back samples are kept in memory.
  var history = PromDuration.minutes(390)
  var headBytes = 2 << 30
  var maxSeries = 2_000_000
  /// How much older than the newest sample of all a written sample may be that is older than its series' newest. `nil`: any age; then nothing is
  /// dropped for its age either.
  var outOfOrderWindow: PromDuration? = .zero
  var eventBodyBytes = 8 << 20

  /// Between two samples of the own series; `global.scrape_interval` sets it too.
  var sampleInterval = PromDuration.seconds(15)
  var evaluationInterval = PromDuration.minutes(1)
  var queryOffset = PromDuration.zero
  var externalLabels = LabelSet.empty
  /// Globs, relative to the file's folder where they come from a file. Empty: those that are shipped.
  var ruleFiles: [String] = []
  var ruleQueryTimeout = PromDuration.minutes(2)
  var rulesRestore = AlertRestore.exact
  var rulesPhase = GroupPhase.interval
  var forOutageTolerance = PromDuration.hours(1)
  var forGracePeriod = PromDuration.minutes(10)
  var maxRuleGroups = 10_000
  /// After which a firing alert is sent to the notifier again.
  var resendDelay = PromDuration.minutes(1)

  var lookback = PromDuration.minutes(5)
  var queryTimeout = PromDuration.minutes(2)
  var maxQuerySamples = 50_000_000
  var maxQuerySeries = 5_000_000
  var maxQueryBytes = 2 << 30
  var maxTotalQueryBytes = 4 << 30
  var maxAnswerBytes = 1 << 30
  /// Queries work on samples in memory: more of them than processors end no sooner, and hold up everything else.
  var maxConcurrentQueries = 4
  /// Queries that wait for others to end; further ones are refused.
  var maxWaitingQueries = 1_000
  var features: Set<QueryFeature> = []

  var webhooks: [String] = []
  /// An Alertmanager's configuration file, in place of ``webhooks`` and what belongs to them.
  var alertmanagerFile: String?
  var groupBy = ["alertname", "severity", "component"]
  var groupWait = PromDuration.seconds(10)
  var groupInterval = PromDuration.minutes(5)
  var repeatInterval = PromDuration.hours(4)
  var sendsResolved = true
  /// Alerts in one webhook body; 0: all.
  var maxAlertsPerBody = 0

  /// Which orchestrator an event's source belongs to.
  var orchestrators = OrchestratorMap()
}

/// What `--enable-feature` switches on, by Prometheus' names.
enum QueryFeature: String, Hashable, Sendable, CaseIterable {
  case experimentalFunctions = "promql-experimental-functions"
  case durationExpressions = "promql-duration-expr"
  case extendedRangeSelectors = "promql-extended-range-selectors"
  case fillModifiers = "promql-binop-fill-modifiers"
  case delayedNameRemoval = "promql-delayed-name-removal"
  case typeAndUnitLabels = "type-and-unit-labels"
}

extension Configuration {
  func registryOptions(time: any TimeSource) -> RegistryOptions {
    var options = RegistryOptions(time: time)
    options.showsCreated = showsCreated
    return options
  }

  var headOptions: HeadOptions {
    HeadOptions(
      history: outOfOrderWindow == nil ? nil : history, byteLimit: headBytes, seriesLimit: maxSeries,
      outOfOrderWindow: outOfOrderWindow)
  }

  var syntax: SyntaxFeatures { features.syntax }
}

extension Set<QueryFeature> {
  /// What of them the parser has to know.
  var syntax: SyntaxFeatures {
    var syntax: SyntaxFeatures = []
    if contains(.experimentalFunctions) { syntax.insert(.experimentalFunctions) }
    if contains(.durationExpressions) { syntax.insert(.durationExpressions) }
    if contains(.extendedRangeSelectors) { syntax.insert(.extendedRangeSelectors) }
    if contains(.fillModifiers) { syntax.insert(.fillModifier) }
    return syntax
  }
}

import ArgumentParser
import RuleModel
import SourceText

/// The flags that every serving command takes. A flag wins over the environment, which wins over the file.
struct ConfigurationOptions: ParsableArguments, Sendable {
  @Option(name: [.customLong("config.file"), .customLong("config")], help: "Configuration file.")
  var file: String?

  @Option(
    name: [.customLong("web.listen-address"), .customLong("listen")],
    help: "Address to listen on; port 0 takes a free one. Default: 127.0.0.1:10874.")
  var listen: String?

  @Flag(name: .customLong("web.enable-lifecycle"), help: "Allow POST /-/reload.")
  var enablesLifecycle = false

  @Flag(name: .customLong("web.enable-remote-write-receiver"), help: "Take samples at POST /api/v1/write.")
  var receivesRemoteWrite = false

  @Flag(name: .customLong("web.allow-unauthenticated"), help: "Listen beyond this machine although nobody is asked who they are.")
  var allowsUnauthenticated = false

  @Flag(name: .customLong("web.access-log"), help: "Write a line about each request to standard error.")
  var logsAccess = false

  @Flag(name: .customLong("metrics.created"), help: "Give OpenMetrics pages _created samples.")
  var showsCreated = false

  @Option(name: .customLong("web.external-url"), help: "Where people reach the daemon.")
  var externalURL: String?

  @Option(
    name: [.customLong("storage.path"), .customLong("data")],
    help: "Folder for the event log, checkpoints and run lists. Default: tidemark-data.")
  var data: String?

  @Option(name: .customLong("storage.sync"), help: "What an acknowledged event has reached: kernel (default) or always (the disk).")
  var sync: String?

  @Option(name: .customLong("storage.history"), help: "How far back samples are kept in memory. Default: 6h30m.")
  var history: String?

  @Option(name: .customLong("storage.head-bytes"), help: "Memory that samples may take. Default: 2GiB.")
  var headBytes: String?

  @Option(name: .customLong("storage.max-series"), help: "Series that are kept. Default: 2000000.")
  var maxSeries: String?

  @Option(
    name: .customLong("storage.out-of-order-window"),
    help: "How old a written sample may be that is older than its series' newest; forever: any age. Default: 0s.")
  var outOfOrderWindow: String?

  @Option(name: .customLong("sampling.interval"), help: "Between two samples of the own series. Default: 15s.")
  var sampleInterval: String?

  @Option(name: .customLong("events.body-bytes"), help: "The largest request for events, unpacked. Default: 8MiB.")
  var eventBodyBytes: String?

  @Option(
    name: [.customLong("rules.files"), .customLong("rules")], parsing: .upToNextOption,
    help: "Rule files, as globs. Default: rule_files of the configuration, else the shipped ones.")
  var rules: [String] = []

  @Option(
    name: [.customLong("notify.webhooks"), .customLong("webhook")], help: "URL that is told of alerts; may be given more than once."
  )
  var webhooks: [String] = []

  @Option(
    name: [.customLong("notify.alertmanager-config"), .customLong("alertmanager-config")],
    help: "An Alertmanager's configuration file, in place of --webhook.")
  var alertmanagerFile: String?

  @Option(
    name: .customLong("enable-feature"),
    help: "Switch on a feature: \(QueryFeature.allCases.map(\.rawValue).joined(separator: ", ")).")
  var features: [String] = []

  @Option(
    name: .customLong("events.orchestrators"), help: "SOURCE=ORCHESTRATOR, the source's end may be *; may be given more than once.")
  var orchestrators: [String] = []

  @Option(name: .customLong("rules.query-timeout"), help: "How long a query of a rule may take. Default: 2m.")
  var ruleQueryTimeout: String?

  @Option(
    name: .customLong("rules.alert.resend-delay"), help: "After which a firing alert is told to the notifier again. Default: 1m.")
  var resendDelay: String?

  @Option(
    name: .customLong("rules.alert.for-outage-tolerance"), help: "After a longer outage pending alerts begin anew. Default: 1h.")
  var forOutageTolerance: String?

  @Option(
    name: .customLong("rules.alert.for-grace-period"),
    help: "With --rules.restore=prometheus, what is left of an alert's for after a restart is not less. Default: 10m.")
  var forGracePeriod: String?

  @Option(
    name: .customLong("rules.restore"),
    help: "How alerts outlive a restart: exact (default), from their journal; prometheus, from ALERTS_FOR_STATE.")
  var rulesRestore: String?

  @Option(
    name: .customLong("rules.phase"),
    help: "Where groups stand on the grid: interval (default), equal ones together; prometheus, each by a hash of its name.")
  var rulesPhase: String?

  @Option(name: .customLong("rules.group-limit"), help: "Rule groups that may be loaded. Default: 10000.")
  var maxRuleGroups: String?

  @Option(name: .customLong("query.lookback-delta"), help: "How far back a sample counts in queries. Default: 5m.")
  var lookback: String?

  @Option(name: .customLong("query.timeout"), help: "How long a query may take. Default: 2m.")
  var queryTimeout: String?

  @Option(name: .customLong("query.max-samples"), help: "Samples that a query may hold at a time. Default: 50000000.")
  var maxQuerySamples: String?

  @Option(name: .customLong("query.max-series"), help: "Series that a selector may select. Default: 5000000.")
  var maxQuerySeries: String?

  @Option(name: .customLong("query.max-bytes"), help: "Memory that a query may take. Default: 2GiB.")
  var maxQueryBytes: String?

  @Option(name: .customLong("query.max-total-bytes"), help: "Memory that all queries together may take. Default: 4GiB.")
  var maxTotalQueryBytes: String?

  @Option(
    name: .customLong("web.max-answer-bytes"), help: "Bytes of answers that may be on their way to clients. Default: 1GiB.")
  var maxAnswerBytes: String?

  @Option(name: .customLong("query.max-concurrency"), help: "Queries that run at a time. Default: 4.")
  var maxConcurrentQueries: String?

  @Option(name: .customLong("query.max-waiting"), help: "Queries that wait to run. Default: 1000.")
  var maxWaitingQueries: String?

  @Option(
    name: .customLong("notify.group-by"),
    help: "Label whose values tell groups of alerts apart; may be given more than once. Default: alertname, severity, component.")
  var groupBy: [String] = []

  @Option(name: .customLong("notify.group-wait"), help: "How long a new group waits for company. Default: 10s.")
  var groupWait: String?

  @Option(name: .customLong("notify.group-interval"), help: "Between two tellings of a group that changes. Default: 5m.")
  var groupInterval: String?

  @Option(name: .customLong("notify.repeat-interval"), help: "After which an unchanged group is told again. Default: 4h.")
  var repeatInterval: String?

  @Option(name: .customLong("notify.send-resolved"), help: "Whether the end of an alert is told: true (default) or false.")
  var sendsResolved: String?

  @Option(name: .customLong("notify.max-alerts"), help: "Alerts in one webhook body. Default: 0, all.")
  var maxAlertsPerBody: String?

  /// The flags that were given, by setting.
  var given: [(key: String, values: [String])] {
    let texts = [
      ("web.listen-address", listen), ("web.external-url", externalURL), ("storage.path", data), ("storage.sync", sync),
      ("storage.history", history), ("storage.head-bytes", headBytes), ("sampling.interval", sampleInterval),
      ("events.body-bytes", eventBodyBytes), ("web.enable-lifecycle", enablesLifecycle ? "true" : nil),
      ("web.enable-remote-write-receiver", receivesRemoteWrite ? "true" : nil),
      ("web.allow-unauthenticated", allowsUnauthenticated ? "true" : nil), ("web.access-log", logsAccess ? "true" : nil),
      ("metrics.created", showsCreated ? "true" : nil), ("notify.alertmanager-config", alertmanagerFile),
      ("rules.alert.for-outage-tolerance", forOutageTolerance), ("rules.alert.for-grace-period", forGracePeriod),
      ("rules.restore", rulesRestore), ("rules.phase", rulesPhase), ("rules.group-limit", maxRuleGroups),
      ("storage.max-series", maxSeries), ("storage.out-of-order-window", outOfOrderWindow),
      ("rules.query-timeout", ruleQueryTimeout),
      ("rules.alert.resend-delay", resendDelay),
      ("query.lookback-delta", lookback),
      ("query.timeout", queryTimeout),
      ("query.max-samples", maxQuerySamples),
      ("query.max-series", maxQuerySeries),
      ("query.max-bytes", maxQueryBytes),
      ("query.max-total-bytes", maxTotalQueryBytes),
      ("web.max-answer-bytes", maxAnswerBytes),
      ("query.max-concurrency", maxConcurrentQueries),
      ("query.max-waiting", maxWaitingQueries),
      ("notify.group-wait", groupWait),
      ("notify.group-interval", groupInterval),
      ("notify.repeat-interval", repeatInterval),
      ("notify.send-resolved", sendsResolved),
      ("notify.max-alerts", maxAlertsPerBody),
    ]
    let lists = [
      ("rules.files", rules), ("notify.webhooks", webhooks), ("notify.group-by", groupBy), ("events.orchestrators", orchestrators),
      ("enable-feature", features.flatMap { $0.split(separator: ",").map(String.init) }),
    ]
    return texts.compactMap { key, value in value.map { (key, [$0]) } } + lists.filter { !$0.1.isEmpty }
  }

  /// Reads everything anew, for a reload.
  var reader: @Sendable () throws -> Configuration {
    { try configuration() }
  }

  /// File, then environment, then flags. What is wrong is thrown as the text to show.
  func configuration(environment: (String) -> String? = Environment.variable) throws -> Configuration {
    var configuration = Configuration()
    if let file {
      let source = try RuleFiles.load(file)
      let (read, diagnostics) = ConfigurationFile.read(source)
      guard !diagnostics.contains(where: { $0.severity == .error }) else {
        throw ConfigurationProblem(text: DiagnosticRenderer().render(diagnostics, in: source))
      }
      configuration = read
      configuration.anchorFiles(at: file)
    }
    try configuration.applyEnvironment(environment)
    for (key, values) in given { try configuration.apply(values, to: key, from: "--" + key) }
    guard configuration.listen.isLoopback || configuration.allowsUnauthenticated else {
      throw ConfigurationProblem(
        text: "\(configuration.listen) can be reached from other machines and nobody would be asked who they are; "
          + "listen on 127.0.0.1 (--web.listen-address), or allow it with --web.allow-unauthenticated")
    }
    return configuration
  }
}

/// A configuration that cannot be used.
struct ConfigurationProblem: Error, CustomStringConvertible {
  var text: String
  var description: String { text }
}

extension Configuration {
  /// Relative paths and globs of a file start from its folder.
  mutating func anchorFiles(at file: String) {
    guard let slash = file.lastIndex(of: "/") else { return }
    let anchored = { (path: String) in path.hasPrefix("/") ? path : file[...slash] + path }
    ruleFiles = ruleFiles.map(anchored)
    alertmanagerFile = alertmanagerFile.map(anchored)
  }
}

import DurableLog
import Ingest
import Rules
import SeriesModel

extension Setting {
  /// Those of one section stand together.
  static let all: [Setting] = [
    text("web.listen-address", "HOST:PORT", \.listen, show: \.description) { ListenAddress(argument: $0) },
    flag("web.enable-lifecycle", \.enablesLifecycle),
    flag("web.enable-remote-write-receiver", \.receivesRemoteWrite),
    flag("web.allow-unauthenticated", \.allowsUnauthenticated),
    flag("web.access-log", \.logsAccess),
    text("web.external-url", "an http or https URL", \.externalURL, show: \.self) { value in
      guard isURL(value) else { return nil }
      return value.hasSuffix("/") ? String(value.dropLast()) : value
    },
    bytes("web.max-answer-bytes", \.maxAnswerBytes, 1 << 20...1 << 40),
    flag("metrics.created", \.showsCreated),
    text("storage.path", "a folder", \.dataDirectory, show: \.self) { $0.isEmpty ? nil : $0 },
    text("storage.sync", "kernel or always", \.sync, show: { $0 == .always ? "always" : "kernel" }) { value in
      switch value {
      case "kernel": .kernel
      case "always": .always
      default: nil
      }
    },
    duration("storage.history", \.history, atLeast: .minutes(5)),
    bytes("storage.head-bytes", \.headBytes, 16 << 20...1 << 40),
    number("storage.max-series", \.maxSeries, 1_000...1_000_000_000),
    text("storage.out-of-order-window", "a duration, or forever", \.outOfOrderWindow, show: { $0.map { "\($0)" } ?? "forever" }) {
      value in
      if value == "forever" { return .some(nil) }
      guard let window = PromDuration(value), window >= .zero else { return nil }
      return window
    },
    duration("sampling.interval", \.sampleInterval, atLeast: .seconds(1)),
    bytes("events.body-bytes", \.eventBodyBytes, 1 << 10...1 << 30),
    orchestrators,
    list("rules.files", "globs of rule files", \.ruleFiles).live,
    duration("rules.query-timeout", \.ruleQueryTimeout, atLeast: .milliseconds(100)).live,
    duration("rules.alert.resend-delay", \.resendDelay, atLeast: .seconds(1)).live,
    duration("rules.alert.for-outage-tolerance", \.forOutageTolerance, atLeast: .zero).live,
    duration("rules.alert.for-grace-period", \.forGracePeriod, atLeast: .zero).live,
    text("rules.restore", "exact or prometheus", \.rulesRestore, show: \.rawValue) { AlertRestore(rawValue: $0) },
    text("rules.phase", "interval or prometheus", \.rulesPhase, show: \.rawValue) { GroupPhase(rawValue: $0) }.live,
    number("rules.group-limit", \.maxRuleGroups, 1...1_000_000).live,
    duration("query.lookback-delta", \.lookback, atLeast: .seconds(1)),
    duration("query.timeout", \.queryTimeout, atLeast: .milliseconds(100)),
    number("query.max-samples", \.maxQuerySamples, 1_000...10_000_000_000),
    number("query.max-series", \.maxQuerySeries, 1_000...1_000_000_000),
    bytes("query.max-bytes", \.maxQueryBytes, 1 << 20...1 << 40),
    bytes("query.max-total-bytes", \.maxTotalQueryBytes, 1 << 20...1 << 40),
    number("query.max-concurrency", \.maxConcurrentQueries, 1...1_000),
    number("query.max-waiting", \.maxWaitingQueries, 0...100_000),
    list("notify.webhooks", "http or https URLs", \.webhooks, isSecret: true, isGood: isURL).live,
    text("notify.alertmanager-config", "a file", \.alertmanagerFile, show: \.self) { $0.isEmpty ? nil : $0 }.live,
    list("notify.group-by", "label names, or ... for all", \.groupBy).live,
    duration("notify.group-wait", \.groupWait, atLeast: .zero).live,
    duration("notify.group-interval", \.groupInterval, atLeast: .seconds(1)).live,
    duration("notify.repeat-interval", \.repeatInterval, atLeast: .seconds(1)).live,
    flag("notify.send-resolved", \.sendsResolved).live,
    number("notify.max-alerts", \.maxAlertsPerBody, 0...1_000_000).live,
    features,
  ]

  private static let orchestrators = Setting(
    key: "events.orchestrators", expected: "sources, or beginnings of sources followed by *, with their orchestrators",
    shape: .pairs,
    apply: { values, c in
      guard let pairs = pairs(values), let map = try? OrchestratorMap(pairs) else { return false }
      c.orchestrators = map
      return true
    }, values: { $0.orchestrators.sources.map { "\($0.source)=\($0.orchestrator)" } },
    copy: { $1.orchestrators = $0.orchestrators })

  private static let features = Setting(
    key: "enable-feature", expected: "some of " + QueryFeature.allCases.map(\.rawValue).joined(separator: ", "), shape: .list,
    apply: { values, c in
      let features = values.compactMap(QueryFeature.init(rawValue:))
      guard features.count == values.count else { return false }
      c.features.formUnion(features)
      return true
    }, values: { c in QueryFeature.allCases.filter(c.features.contains).map(\.rawValue) },
    copy: { $1.features = $0.features })

  private static let isURL: @Sendable (String) -> Bool = { $0.hasPrefix("http://") || $0.hasPrefix("https://") }

  /// `KEY=VALUE` with different keys.
  private static func pairs(_ values: [String]) -> [String: String]? {
    var pairs: [String: String] = [:]
    for value in values {
      guard let sign = value.lastIndex(of: "="),
        pairs.updateValue(String(value[value.index(after: sign)...]), forKey: String(value[..<sign])) == nil
      else { return nil }
    }
    return pairs
  }
}

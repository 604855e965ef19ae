import DurableLog
import RuleModel
import SeriesModel

/// How the daemon runs: defaults, then the file, then the environment, then flags.
struct Configuration: Sendable {
  var listen = ListenAddress(host: "127.0.0.1", port: 10874)
  var enablesLifecycle = false
  /// `POST /api/v1/write` exists.
  var receivesRemoteWrite = false
  var allowsUnauthenticated = false
  /// Where people reach the daemon; `nil`: its own address.
  var externalURL: String?

  var dataDirectory = "tidemark-data"
  var sync = DurableLog.Sync.kernel
  /// How far back samples are kept in memory.
  var history = PromDuration.minutes(390)
  var headBytes = 2 << 30
  var eventBodyBytes = 8 << 20

  /// Between two samples of the own series; `global.scrape_interval` sets it too.
  var sampleInterval = PromDuration.seconds(15)
  var evaluationInterval = PromDuration.minutes(1)
  var queryOffset = PromDuration.zero
  var externalLabels = LabelSet.empty
  /// Globs, relative to the file's folder.
  var ruleFiles: [String] = []
}

import ArgumentParser
import Foundation
import RuleModel
import SeriesModel
import SourceText
import Testing

@testable import TidemarkCommand

@Suite struct ConfigurationTests {
  func read(_ text: String) -> (Configuration, [Diagnostic]) {
    ConfigurationFile.read(SourceFile(name: "tidemark.yml", text: text))
  }

  @Test func `a file sets what it names and leaves the rest`() {
    let (configuration, diagnostics) = read(
      """
      global:
        scrape_interval: 30s
        evaluation_interval: 20s
        external_labels: {region: eu}
      rule_files: [rules/*.yml]
      tidemark:
        web: {listen-address: "127.0.0.1:9999"}
        storage:
          sync: always
          head-bytes: 64MiB
      """)
    #expect(diagnostics.isEmpty)
    #expect(configuration.sampleInterval == .seconds(30))
    #expect(configuration.evaluationInterval == .seconds(20))
    #expect(configuration.externalLabels == LabelSet([Label("region", "eu")]))
    #expect(configuration.ruleFiles == ["rules/*.yml"])
    #expect(configuration.listen.port == 9999)
    #expect(configuration.sync == .always)
    #expect(configuration.headBytes == 64 << 20)
    #expect(configuration.dataDirectory == Configuration().dataDirectory)
  }

  @Test(
    arguments: [
      ("tidemark: {storage: {sink: always}}", "config/unknown-key", "did you mean \"storage.sync\"?"),
      ("tidemark: {storage: {sync: sometimes}}", "config/value", nil),
      ("tidemark: {storage: always}", "yaml/type", nil),
      ("tidemark: {events: {orchestrators: [a]}}", "config/value", nil),
      ("tidemark: {web: {listen-address: [a, b]}}", "config/value", nil),
      ("tidemark: {query: {max-concurrency: 0}}", "config/value", nil),
      ("tidemark: {enable-feature: [promql-everything]}", "config/value", nil),
      ("scrape_configs: []", "config/unsupported", "take it out; it would have no effect"),
      ("global: {scrape_timeout: 5s}", "config/unsupported", "take it out; it would have no effect"),
      ("rule_file: [a.yml]", "yaml/unknown-field", nil),
      ("global: {scrape_interval: 10ms}", "config/value", "use 1s or more"),
    ] as [(String, String, String?)]) func `what is wrong is told by name`(text: String, check: String, hint: String?) throws
  {
    let found = try #require(read(text).1.first)
    #expect(found.check == check)
    if let hint { #expect(found.hint == hint) }
    #expect(!found.range.isUnknown)
  }

  @Test func `what may be a secret is not shown when it is wrong`() throws {
    let found = try #require(read("tidemark:\n  notify: {webhooks: [ftp://x/SECRET]}").1.first)
    #expect(found.check == "config/value" && found.message.contains("line 2") && !found.message.contains("SECRET"), "\(found)")
    #expect(found.range.isUnknown)
    let error = #expect(throws: SettingError.self) {
      var configuration = Configuration()
      try configuration.apply(["ftp://x/SECRET"], to: "notify.webhooks", from: "--webhook")
    }
    #expect(error.map { !"\($0)".contains("SECRET") } == true)
  }

  @Test func `lists and mappings come from the file, the environment and flags`() throws {
    let (file, diagnostics) = read(
      """
      tidemark:
        events: {orchestrators: {/hub/eu*: eu, /hub/us: us}}
        notify: {webhooks: [http://a/x, http://b], group-by: [...]}
        enable-feature: promql-experimental-functions
      """)
    #expect(diagnostics.isEmpty, "\(diagnostics)")
    #expect(file.orchestrators.orchestrator(of: "/hub/eu-3") == "eu")
    #expect(file.orchestrators.orchestrator(of: "/hub/us") == "us")
    #expect(file.webhooks == ["http://a/x", "http://b"])
    #expect(file.groupBy == ["..."])
    #expect(file.syntax == .experimentalFunctions)
    let options = try ConfigurationOptions.parse([
      "--webhook", "http://c", "--webhook", "http://d", "--rules", "a.yml", "b.yml", "--enable-feature=promql-duration-expr",
    ])
    let given = try options.configuration { $0 == "TIDEMARK_NOTIFY_GROUP_BY" ? "team,job" : nil }
    #expect(given.webhooks == ["http://c", "http://d"])
    #expect(given.ruleFiles == ["a.yml", "b.yml"])
    #expect(given.groupBy == ["team", "job"])
    #expect(given.syntax == .durationExpressions)
  }

  @Test func `the shown configuration reads back as it is, secrets apart`() throws {
    let (before, _) = read(
      """
      global: {external_labels: {region: "e\\"u", zone: "1"}, scrape_interval: 5s}
      tidemark:
        web: {listen-address: "[::1]:99", external-url: "https://x/y/"}
        storage: {sync: always, head-bytes: 96MiB, history: 1h}
        events: {orchestrators: {/hub/eu*: eu, "/a b": us}, body-bytes: 1025}
        notify: {webhooks: [http://secret], group-by: [...]}
        rules: {files: ["a*.yml", -b], alert: {resend-delay: 30s}}
        enable-feature: [promql-duration-expr]
      """)
    let text = before.yaml
    #expect(!text.contains("http://secret"))
    var (after, diagnostics) = read(text.replacing("\"<secret>\"", with: "http://secret"))
    #expect(diagnostics.isEmpty, "\(diagnostics)\n\(text)")
    #expect(after.yaml == text)
    #expect(after.flags == before.flags)
    #expect(after.flags["events.orchestrators"] == "/a b=us,/hub/eu*=eu")
    after.webhooks = []
    #expect(after.flags["notify.webhooks"] == "")
  }

  @Test func `an Alertmanager file stands in for webhooks, and not beside them`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "am-\(UUID().uuidString).yml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = """
      route: {receiver: hook, group_by: [job], group_wait: 5s}
      receivers: [{name: hook, webhook_configs: [{url: "http://127.0.0.1:1/x", send_resolved: false}]}]
      """
    try Data(text.utf8).write(to: URL(filePath: path))
    var configuration = try ConfigurationOptions.parse(["--alertmanager-config", path]).configuration { _ in nil }
    let read = try #require(try configuration.notification())
    #expect(read.route.groupWait == .seconds(5))
    #expect(read.receivers.first?.webhooks.first?.sendsResolved == false)
    configuration.webhooks = ["http://127.0.0.1:2"]
    #expect(throws: ConfigurationProblem.self) { try configuration.notification() }
    try Data("route: {receiver: hook, routes: []}".utf8).write(to: URL(filePath: path))
    configuration.webhooks = []
    let problem = #expect(throws: ConfigurationProblem.self) { try configuration.notification() }
    #expect(problem?.text.contains("\(path):1:") == true, "\(problem?.text ?? "")")
  }

  @Test func `every setting is a flag`() {
    let help = ConfigurationOptions.helpMessage(columns: 200)
    for setting in Setting.all { #expect(help.contains("--" + setting.key), "\(setting.key)") }
  }

  @Test func `the sample in deploy is right`() throws {
    let root = URL(filePath: #filePath).appending(path: "../../../..").standardized.path
    let (configuration, diagnostics) = ConfigurationFile.read(try RuleFiles.load(root + "/deploy/tidemark.yml"))
    #expect(diagnostics.isEmpty, "\(diagnostics)")
    #expect(configuration.evaluationInterval == .seconds(15))
  }

  @Test func `a variable that names no setting is told with the one that may be meant`() {
    let strays = Setting.strays(among: [
      "PATH", "TIDEMARK_QUERY_MAXSAMPLES", "TIDEMARK_QUERY_MAX_SERIES", "TIDEMARK_PORT", "TIDEMARK_BINARY",
    ])
    #expect(
      strays == [
        #"environment: TIDEMARK_QUERY_MAXSAMPLES is no setting, did you mean "TIDEMARK_QUERY_MAX_SAMPLES"?"#
      ])
  }

  @Test func `a flag wins over the environment, which wins over the default`() throws {
    let environment = ["TIDEMARK_STORAGE_PATH": "from-environment", "TIDEMARK_PORT": "7777", "TIDEMARK_STORAGE_SYNC": "always"]
    let configuration = try ConfigurationOptions.parse(["--data", "from-flag"]).configuration { environment[$0] }
    #expect(configuration.dataDirectory == "from-flag")
    #expect(configuration.listen.port == 7777)
    #expect(configuration.sync == .always)
  }

  @Test func `a bad value names its source, what was read and what is allowed`() throws {
    let fromEnvironment = #expect(throws: SettingError.self) {
      try ConfigurationOptions.parse([]).configuration { $0 == "TIDEMARK_STORAGE_SYNC" ? "never" : nil }
    }
    #expect(fromEnvironment?.description == #"TIDEMARK_STORAGE_SYNC is "never", expected kernel or always"#)
    let fromFlag = #expect(throws: SettingError.self) {
      try ConfigurationOptions.parse(["--storage.history", "1s"]).configuration { _ in nil }
    }
    #expect(fromFlag?.description == #"--storage.history is "1s", expected a duration of at least 5m"#)
  }

  @Test func `nobody from outside is let in by accident`() throws {
    let refusal = #expect(throws: ConfigurationProblem.self) {
      try ConfigurationOptions.parse(["--listen", "0.0.0.0:80"]).configuration { _ in nil }
    }
    #expect(refusal?.text.contains("--web.allow-unauthenticated") == true)
    _ = try ConfigurationOptions.parse(["--listen", "0.0.0.0:80", "--web.allow-unauthenticated"]).configuration { _ in nil }
  }

  @Test func `every setting has a flag of its name`() throws {
    let help = ServeCommand.helpMessage()
    for setting in Setting.all { #expect(help.contains("--" + setting.key), "\(setting.key)") }
  }
}

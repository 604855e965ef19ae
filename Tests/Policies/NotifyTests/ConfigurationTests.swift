import SeriesModel
import Testing

@testable import Notify

@Suite struct ConfigurationTests {
  static func good(_ change: (inout NotifyConfiguration) -> Void = { _ in }) -> NotifyConfiguration {
    var configuration = NotifyConfiguration(webhooks: ["https://hooks.example/T0/s3cret"])
    change(&configuration)
    return configuration
  }

  @Test func `URLs alone are one route with the times of the house`() throws {
    let configuration = Self.good()
    try configuration.check()
    #expect(configuration.route.grouping == .labels(["alertname", "severity", "component"]))
    #expect(configuration.route.groupWait == .seconds(10))
    #expect(configuration.route.groupInterval == .minutes(5))
    #expect(configuration.route.repeatInterval == .hours(4))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var change: @Sendable (inout NotifyConfiguration) -> Void
    init(_ problem: String, _ change: @escaping @Sendable (inout NotifyConfiguration) -> Void) {
      (testDescription, self.change) = (problem, change)
    }
  }

  static let cases = [
    Case(#"receiver "webhook", webhook[0]: url: expected http://… or https://…, found nothing"#) {
      $0.receivers[0].webhooks[0].url = ""
    },
    Case(#"receiver "webhook", webhook[0]: url: expected http://… or https://…, found no scheme"#) {
      $0.receivers[0].webhooks[0].url = "s3cret.example/s3cret"
    },
    Case(#"receiver "webhook", webhook[0]: url: expected http://… or https://…, found the scheme "ftp""#) {
      $0.receivers[0].webhooks[0].url = "ftp://s3cret/"
    },
    Case(#"receiver "webhook", webhook[0]: url: expected a host after https://"#) {
      $0.receivers[0].webhooks[0].url = "https:///s3cret"
    },
    Case(#"receiver "webhook", webhook[0]: url: expected no blanks or control characters"#) {
      $0.receivers[0].webhooks[0].url = "https://h/s3 cret"
    },
    Case(#"receiver "webhook", webhook[0]: max_alerts: expected 0 (all) or more, found -1"#) {
      $0.receivers[0].webhooks[0].maxAlerts = -1
    },
    Case(#"receiver "webhook" is defined twice"#) { $0.receivers.append($0.receivers[0]) },
    Case(#"route: receiver "x" is not defined (defined: "webhook")"#) { $0.route.receiver = "x" },
    Case("route: expected the name of a receiver") { $0.route.receiver = "" },
    Case("route: group_interval: expected more than 0s, found 0s") { $0.route.groupInterval = .zero },
    Case("route: repeat_interval: expected more than 0s, found 0s") { $0.route.repeatInterval = .zero },
    Case("route: group_wait: expected 0s or more, found -1s") { $0.route.groupWait = .seconds(-1) },
    Case("route: group_wait: expected at most 1y, found 366d") { $0.route.groupWait = .hours(24 * 366) },
    Case(#"route: group_by: "a" is named twice"#) { $0.route.grouping = .labels(["a", "b", "a"]) },
    Case(#"route: the root takes every alert and has no matchers, found {a="b"}"#) {
      $0.route.matchers = [try! Matcher("a", .equal, "b")]
    },
    Case("resolve_timeout: expected more than 0s and at most 1y, found 0s") { $0.resolveTimeout = .zero },
    Case("retry factor: expected at least 1, found 0.5") { $0.retry.factor = 0.5 },
    Case("limit of alerts: expected at least 1, found 0") { $0.limits.alerts = 0 },
  ]

  @Test(arguments: cases) func `what cannot be used is refused with its place`(_ c: Case) {
    do throws(NotifyConfigurationError) {
      try Self.good(c.change).check()
      Issue.record("it was taken")
    } catch {
      #expect(error.problems == [c.testDescription])
    }
  }

  @Test func `three dots stand alone`() throws {
    #expect(try Grouping(groupBy: ["..."]) == .allLabels)
    #expect(throws: NotifyConfigurationError.self) { try Grouping(groupBy: ["...", "a"]) }
  }

  @Test func `no text of a configuration tells a secret`() {
    let configuration = Self.good { $0.receivers[0].webhooks.append(Webhook(url: "http://u:s3cret@h:8080?s3cret")) }
    var dumped = ""
    dump(configuration, to: &dumped)
    for text in ["\(configuration)", String(reflecting: configuration), dumped] {
      #expect(!text.contains("s3cret"), "\(text)")
      #expect(text.contains("https://hooks.example/…") && text.contains("http://h:8080/…"), "\(text)")
    }
  }
}

import SeriesModel
import SourceText
import Testing

@testable import Notify

@Suite struct AlertmanagerFileTests {
  static func read(_ text: String) -> (NotifyConfiguration?, [String]) {
    let file = SourceFile(name: "am.yml", utf8: Array(text.utf8))
    let (configuration, findings) = AlertmanagerFile.read(file)
    return (
      configuration,
      findings.map {
        let place = file.location(of: $0.range.lower)
        return "\(place.line):\(place.column): \($0.message) [\($0.check)]"
      }
    )
  }

  static let small = """
    route:
      receiver: team
    receivers:
      - name: team
        webhook_configs:
          - url: http://h/x

    """

  @Test func `defaults are those of Alertmanager`() throws {
    let (read, findings) = Self.read(Self.small)
    #expect(findings == [])
    let configuration = try #require(read)
    #expect(configuration.route.grouping == .labels([]))
    #expect(configuration.route.groupWait == .seconds(30))
    #expect(configuration.route.groupInterval == .minutes(5))
    #expect(configuration.route.repeatInterval == .hours(4))
    #expect(configuration.resolveTimeout == .minutes(5))
    #expect(configuration.receivers == [Receiver(name: "team", webhooks: [Webhook(url: "http://h/x")])])
  }

  @Test func `everything that is known is taken`() throws {
    let (read, findings) = Self.read(
      """
      global:
        resolve_timeout: 3m
        smtp_smarthost: localhost:25
      templates: []
      route:
        receiver: team
        group_by: [alertname, component]
        group_wait: 10s
        group_interval: 1m
        repeat_interval: 1h
        routes: []
      receivers:
        - name: team
          webhook_configs:
            - url: https://h/x
              send_resolved: false
              max_alerts: 7
              timeout: 2s
            - url: https://h/y
        - name: other
          webhook_configs: [{url: "http://o/"}]
        - name: nobody
      """)
    #expect(findings == [])
    let configuration = try #require(read)
    #expect(configuration.resolveTimeout == .minutes(3))
    #expect(configuration.route.grouping == .labels(["alertname", "component"]))
    #expect(configuration.route.groupWait == .seconds(10))
    #expect(configuration.route.groupInterval == .minutes(1))
    #expect(configuration.route.repeatInterval == .hours(1))
    let webhook = configuration.receivers[0].webhooks[0]
    #expect(!webhook.sendsResolved && webhook.maxAlerts == 7 && webhook.timeout == .seconds(2))
    #expect(configuration.receivers.map { $0.webhooks.map(\.url) } == [["https://h/x", "https://h/y"], ["http://o/"], []])
  }

  /// What is put in place of what, and what is then found.
  struct Case: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var findings: [String]
    var testDescription: String { new }
    init(_ old: String, _ new: String, _ findings: String...) { (self.old, self.new, self.findings) = (old, new, findings) }
  }

  static let cases = [
    Case(small, "", "1:1: expected a route and receivers, found nothing [config/value]"),
    Case("receiver: team", "receiver: tem", #"1:1: route: receiver "tem" is not defined (defined: "team") [config/value]"#),
    Case("receiver: team", "group_wait: 1s", #"2:3: a route needs the field "receiver" [yaml/missing-field]"#),
    Case("receiver: team", "receiver: team\n  routes: [{receiver: x}]", "3:3: routes is not supported [config/unsupported]"),
    Case(
      "receiver: team", "receiver: team\n  matchers: [a=b]",
      "3:3: the root route takes every alert and has no matchers [config/value]"),
    Case("receiver: team", "receiver: team\n  group_by: [a, a]", #"3:13: group_by: "a" is named twice [config/value]"#),
    Case(
      "receiver: team", "receiver: team\n  group_by: ['...', a]",
      #"3:13: group_by: "..." means all labels and stands alone, found 1 more [config/value]"#),
    Case(
      "receiver: team", "receiver: team\n  group_interval: 0s",
      "1:1: route: group_interval: expected more than 0s, found 0s [config/value]"),
    Case(
      "receiver: team", "receiver: team\n  group_wiat: 1s",
      #"3:3: unknown field "group_wiat", did you mean "group_wait"? [yaml/unknown-field]"#),
    Case("webhook_configs", "slack_configs", "5:5: slack_configs is not supported [config/unsupported]"),
    Case("url: http", "url_file: http", "6:9: url_file is not supported [config/unsupported]"),
    Case("http://h/x", "s3cret", "6:9: url: expected http://… or https://…, found no scheme [config/value]"),
    Case("http://h/x", "http://h/x\n        http_config: {}", "7:9: http_config is not supported [config/unsupported]"),
    Case("receivers:", "inhibit_rules: [{}]\nreceivers:", "3:1: inhibit_rules is not supported [config/unsupported]"),
    Case(
      "receivers:", "global: {resolve_timeout: soon}\nreceivers:",
      #"3:27: expected a duration such as 1h30m for "resolve_timeout", found "soon" [yaml/type]"#),
  ]

  @Test(arguments: cases) func `what is wrong or not built is found where it stands`(_ c: Case) {
    let text = Self.small.replacing(c.old, with: c.new)
    let (read, findings) = Self.read(text)
    #expect(read == nil)
    #expect(findings == c.findings)
  }
}

import HTTPClient
import SeriesModel
import Synchronization
import Testing

@testable import Simulation

@Suite struct WebhookPrinterTests {
  static func body(_ alerts: String, version: String = "4", more: String = "") -> [UInt8] {
    Array(
      """
      {"receiver":"default","status":"firing","alerts":[\(alerts)],"groupLabels":{},"commonLabels":{},"commonAnnotations":{},
       "externalURL":"http://localhost:10874","version":"\(version)","groupKey":"{}:{}"\(more)}
      """.utf8)
  }

  static let firing = #"""
    {"status":"firing","labels":{"alertname":"CriticalTaskQueueDepth","queue":"plan-documents","orchestrator":"default",
     "severity":"critical","component":"queue"},"annotations":{"summary":"More than 5,000","description":"6012 messages wait"},
     "startsAt":"2026-11-21T02:27:18.100504354Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"939e03805b1e2a3e"}
    """#

  @Test func `an alert that fires`() throws {
    #expect(
      try WebhookPrinter().lines(for: Self.body(Self.firing)) == [
        #"FIRING   critical CriticalTaskQueueDepth{orchestrator="default",queue="plan-documents"} since 02:27:18: 6012 messages wait"#
      ])
  }

  @Test func `an alert that has ended says how long it lasted`() throws {
    let resolved = #"""
      {"status":"resolved","labels":{"alertname":"Watchdog","severity":"none"},"annotations":{"summary":"works"},
       "startsAt":"2026-11-21T02:27:18.100504354Z","endsAt":"2026-11-21T02:31:30.6Z"}
      """#
    #expect(
      try WebhookPrinter().lines(for: Self.body(Self.firing + "," + resolved, more: #","truncatedAlerts":3"#)) == [
        #"FIRING   critical CriticalTaskQueueDepth{orchestrator="default",queue="plan-documents"} since 02:27:18: 6012 messages wait"#,
        "RESOLVED none     Watchdog after 4m12s: works",
        "         and 3 more alerts that the body leaves out",
      ])
  }

  @Test func `colours when asked for`() throws {
    let line = try WebhookPrinter(isColored: true).lines(for: Self.body(Self.firing))[0]
    #expect(line.hasPrefix("\u{1b}[31mFIRING  \u{1b}[0m critical "))
  }

  @Test func `texts of a body cannot move the cursor, and stay on their line`() throws {
    let alert = #"""
      {"status":"firing","labels":{"alertname":"A\u001b[2J","severity":"critical\r"},"annotations":{"description":"one\n\n  two\u009b3"},
       "startsAt":"x\u0007"}
      """#
    #expect(try WebhookPrinter().lines(for: Self.body(alert)) == ["FIRING   critical A [2J since x : one two 3"])
  }

  @Test(arguments: [
    ("", "the body is not JSON that can be read"),
    ("{", "the body is not JSON that can be read"),
    ("[]", "the body is not a Dictionary<String, Any>"),
    (#"{"alerts":[]}"#, "version is missing"),
    (#"{"version":"4"}"#, "alerts is missing"),
    (#"{"version":"3","alerts":[]}"#, #"expected version "4", found "3""#),
    (#"{"version":"4","alerts":[{"status":"firing","labels":{"a":1},"startsAt":""}]}"#, "alerts.Index 0.labels.a is not a String"),
  ])
  func `what is no webhook is refused with a reason`(_ text: String, _ reason: String) {
    #expect(throws: WebhookProblem(reason: reason)) { try WebhookPrinter().lines(for: Array(text.utf8)) }
  }

  @Test func `no alerts, no lines`() throws { #expect(try WebhookPrinter().lines(for: Self.body("")) == []) }

  @Test func `a consumer prints what arrives, and refuses what is no webhook`() throws {
    let lines = Mutex<[String]>([])
    let consumer = try WebhookConsumer(time: SystemTime()) { line in lines.withLock { $0.append(line) } }
    defer { consumer.stop() }
    let client = Client(userAgent: "test", idleLimit: 1)
    func post(_ body: [UInt8]) throws -> Int {
      try client.send(
        ClientRequest("POST", consumer.url, headers: [("Content-Type", "application/json")], body: body), within: .seconds(5)
      ).status
    }
    #expect(try post(Self.body(Self.firing + "," + Self.firing)) == 200)
    #expect(lines.withLock(\.count) == 2)
    #expect(lines.withLock { $0.first?.hasPrefix("FIRING   critical CriticalTaskQueueDepth{") } == true)
    #expect(try post(Array("{}".utf8)) == 400)
    #expect(lines.withLock(\.count) == 2)
  }
}

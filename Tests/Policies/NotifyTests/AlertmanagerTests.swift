import AlertModel
import Catalogue
import Foundation
import HTTPClient
import Instruments
import SeriesModel
import Testing

@testable import Notify

/// The same alerts, told by Alertmanager and by us to one receiver: it hears the same.
struct AlertmanagerTests {
  static let alertmanager: String? = {
    let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
    let folder = ProcessInfo.processInfo.environment["TIDEMARK_PEERS"] ?? root.appending(path: ".peers").path
    let names = ["prometheus-alertmanager", "alertmanager"]
    let found = ["", "bin/", "usr/bin/"].flatMap { place in names.map { "\(folder)/\(place)\($0)" } }.first(
      where: FileManager.default.isExecutableFile)
    if found == nil { print("NOT CHECKED against Alertmanager: none in \(folder); run scripts/peers or set TIDEMARK_PEERS") }
    return found
  }()

  @Test(.enabled(if: alertmanager != nil), .timeLimit(.minutes(1)))
  func `a receiver hears from us what it hears from Alertmanager`() async throws {
    let receiver = TestReceiver()
    defer { receiver.stop() }
    let peer = try await Peer(Self.alertmanager!, receiver: receiver.url)
    defer { peer.stop() }
    let clock = SystemTime()
    let service = try NotificationService(
      Self.configuration(receiver.url),
      in: .init(
        clock: clock, registry: Registry(families: Families.all, options: RegistryOptions(time: clock)), version: "0",
        externalURL: Peer.externalURL, log: { Issue.record("logged: \($0)") }))
    defer { service.stop(before: clock.monotonic() + .seconds(2)) }

    // From a whole second on: alerts that began longer than the group wait ago would be told at once, one by one.
    let start = Timestamp(milliseconds: (clock.now().milliseconds / 1000 + 1) * 1000)
    try await Self.wait(until: start)
    let alerts = Self.alerts(startsAt: start)
    func tell(_ alerts: [Alert]) throws {
      try peer.post(alerts)
      service.receive(
        alerts.map { AlertUpdate(alert: $0, resolved: $0.isResolved(at: clock.now())) }, of: RuleID(file: "", group: "", name: ""),
        at: clock.now())
    }
    // Group wait 0.5 s, group interval 1.5 s: flushes at 0.5, 2.0, 3.5, 5.0; what comes comes half-way between two.
    try tell(alerts)
    try await Self.wait(until: start + .milliseconds(1250))
    try tell(alerts.enumerated().filter { $0.offset % 3 == 0 }.map { Self.ended($0.element, at: clock.now()) })
    try await Self.wait(until: start + .milliseconds(2750))
    let late = Alert(
      labels: ["alertname": "Down", "job": "api", "instance": "late"], annotations: [:], startsAt: clock.now(),
      endsAt: clock.now() + .hours(1))
    try tell([late])
    try await Self.wait(until: start + .milliseconds(4250))
    try tell((alerts + [late]).map { Self.ended($0, at: clock.now()) })
    try await Self.wait(until: start + .milliseconds(5700))

    let heard = Dictionary(grouping: receiver.requests) { $0.path }
    for integration in ["all", "few", "firing"] {
      let theirs = try Told.byGroup(heard["/theirs/\(integration)"] ?? [])
      let ours = try Told.byGroup(heard["/ours/\(integration)"] ?? [])
      #expect(theirs.count > 3, "Alertmanager told too little for a comparison")
      #expect(Set(ours.keys) == Set(theirs.keys))
      for (key, told) in theirs {
        let mine = ours[key] ?? []
        #expect(mine.count == told.count, "notifications of \(integration) \(key)")
        for (a, b) in zip(mine, told) {
          #expect(a.text == b.text)
        }
      }
    }
    let one = try #require(receiver.requests(to: "/ours/all").first)
    let other = try #require(receiver.requests(to: "/theirs/all").first)
    #expect(one.headers["content-type"] == other.headers["content-type"])
    #expect(one.headers["user-agent"] == "Tidemark/0")
  }

  static func configuration(_ url: String) throws -> NotifyConfiguration {
    var route = Route(receiver: "team.a")
    route.grouping = try Grouping(groupBy: ["alertname", "job", "odd"])
    route.groupWait = .milliseconds(500)
    route.groupInterval = .milliseconds(1500)
    var webhooks = ["all", "few", "firing"].map { Webhook(url: "\(url)/ours/\($0)") }
    webhooks[1].maxAlerts = 2
    webhooks[2].sendsResolved = false
    return NotifyConfiguration(route: route, receivers: [Receiver(name: "team.a", webhooks: webhooks)])
  }

  /// Everything that could be ordered, quoted or left out in another way.
  static func alerts(startsAt start: Timestamp) -> [Alert] {
    let labels: [LabelSet] = [
      ["alertname": "Down", "job": "api", "instance": "b"],
      ["alertname": "Down", "job": "api", "instance": "a", "zone": "2"],
      ["alertname": "Down", "job": "api", "instance": "a", "zone": "1"],
      ["alertname": "Down", "job": "api", "instance": "a"],
      ["alertname": "Down", "job": "api"],
      ["alertname": "Down", "job": "api", "area": "x"],
      ["alertname": "Down", "job": "api", "instance": "é\u{1F600}"],
      ["alertname": "Down", "instance": "nojob"],
      ["alertname": "Down", "zone": "nojob"],
      ["alertname": "Quoting", "odd": "a\"b\\c\nd\t<e>&'\u{7f}\u{01} \u{2028}\u{a0}é\u{fffd}\u{200b}\u{1F600}"],
      ["alertname": "Quoting", "odd": "`{}`"],
      ["only": "this"],
      ["alertname": "Alone", "job": "api", "severity": "critical"],
    ]
    return labels.enumerated().map { i, labels in
      Alert(
        labels: labels,
        annotations: i % 4 == 3
          ? [:] : ["summary": "number \(i) <b>&amp;\u{2029}", "run": "x", "Z": "1", "a": "\u{08}\u{0c}\u{7f}\r"],
        // With and without a fraction, whole tenths.
        startsAt: start + .milliseconds([0, 100, 120, 123][i % 4]), endsAt: start + .hours(1),
        generatorURL: i % 5 == 0 ? "" : "http://gen/g?x=\(i)&y=<z>")
    }
  }

  static func ended(_ alert: Alert, at time: Timestamp) -> Alert {
    var alert = alert
    alert.endsAt = time
    return alert
  }

  static func wait(until time: Timestamp) async throws {
    let seconds = (time - SystemTime().now()).seconds
    if seconds > 0 { try await Task.sleep(for: .seconds(seconds)) }
  }
}

/// A webhook body, with the parts by which bodies are compared.
private struct Told {
  var text: String

  static func byGroup(_ requests: [TestReceiver.Request]) throws -> [String: [Told]] {
    try Dictionary(grouping: requests) { request in
      let body = try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
      return try #require(body?["groupKey"] as? String)
    }.mapValues { $0.map { Told(text: $0.text) } }
  }
}

/// A running Alertmanager with our routes.
private final class Peer {
  static let externalURL = "http://am.example:9093/x"
  private let process = Process()
  private let folder: URL
  private let url: String
  private let client = Client(userAgent: "test")

  init(_ program: String, receiver: String) async throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "tidemark-alertmanager-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "alertmanager.yml")
    try """
    route:
      receiver: team.a
      group_by: [alertname, job, odd]
      group_wait: 500ms
      group_interval: 1s500ms
    receivers:
      - name: team.a
        webhook_configs:
          - url: \(receiver)/theirs/all
          - url: \(receiver)/theirs/few
            max_alerts: 2
          - url: \(receiver)/theirs/firing
            send_resolved: false
    """.write(to: file, atomically: true, encoding: .utf8)
    // Nobody listens on the port of a receiver that has been stopped.
    let free = TestReceiver()
    url = free.url
    free.stop()
    process.executableURL = URL(filePath: program)
    process.arguments = [
      "--config.file=\(file.path)", "--storage.path=\(folder.path)", "--web.listen-address=127.0.0.1:\(free.port)",
      "--cluster.listen-address=", "--web.external-url=\(Self.externalURL)", "--web.route-prefix=/", "--log.level=warn",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let isUp = await eventually(15) {
      (try? client.send(ClientRequest("GET", url + "/-/ready"), within: .seconds(1)))?.status == 200
    }
    try #require(isUp, "Alertmanager does not come up at \(url)")
  }

  func post(_ alerts: [Alert]) throws {
    let body = alerts.map { alert in
      [
        "labels": Dictionary(uniqueKeysWithValues: alert.labels.labels.map { ($0.name, $0.value) }),
        "annotations": alert.annotations,
        "startsAt": alert.startsAt.rfc3339, "endsAt": alert.endsAt!.rfc3339, "generatorURL": alert.generatorURL,
      ] as [String: Any]
    }
    let request = ClientRequest(
      "POST", url + "/api/v2/alerts", headers: [("Content-Type", "application/json")],
      body: Array(try JSONSerialization.data(withJSONObject: body)))
    let response = try client.send(request, within: .seconds(5))
    try #require(response.status == 200, "\(response.status): \(String(decoding: response.body, as: UTF8.self))")
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }
}

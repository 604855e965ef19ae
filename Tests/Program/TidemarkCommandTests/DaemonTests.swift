import Foundation
import HTTPClient
import HTTPServer
import SeriesModel
import Synchronization
import Testing

@testable import TidemarkCommand

@Suite struct DaemonTests {
  /// A folder that goes away with the test.
  final class Folder {
    let path = FileManager.default.temporaryDirectory.appending(path: "tidemark-\(UUID().uuidString)").path
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  func configuration(_ folder: Folder, port: UInt16 = 0) -> Configuration {
    var configuration = Configuration()
    configuration.listen = ListenAddress(host: "127.0.0.1", port: port)
    configuration.dataDirectory = folder.path
    return configuration
  }

  func start(in folder: Folder) throws -> Daemon {
    try start(configuration(folder))
  }

  func start(_ configuration: Configuration, read: (@Sendable () throws -> Configuration)? = nil) throws -> Daemon {
    let daemon = try Daemon(configuration, in: .init(time: SystemTime(), log: { _ in }, read: read))
    try daemon.start()
    return daemon
  }

  func get(_ path: String, of daemon: Daemon, headers: [(name: String, value: String)] = []) throws -> ClientResponse {
    try Client(userAgent: "test").send(
      ClientRequest("GET", "http://127.0.0.1:\(daemon.server.port)\(path)", headers: headers), within: .seconds(5))
  }

  func post(_ events: [String], to daemon: Daemon) throws -> ClientResponse {
    let body = Array(events.joined(separator: "\n").utf8)
    return try Client(userAgent: "test").send(
      ClientRequest(
        "POST", "http://127.0.0.1:\(daemon.server.port)/api/events",
        headers: [(name: "Content-Type", value: "application/x-ndjson")],
        body: body), within: .seconds(5))
  }

  func failure(_ run: Int) -> String {
    let now = SystemTime().now().rfc3339
    return """
      {"specversion":"1.0","id":"e\(run)","source":"/hub","type":"tidemark.workflow.run.failed","time":"\(now)",\
      "data":{"run_id":"r\(run)","workflow":"triage","trigger":"cron","duration_seconds":2.5}}
      """
  }

  func text(_ response: ClientResponse) -> String { String(decoding: response.body, as: UTF8.self) }

  let failed = #"workflow_runs_total{workflow="triage",trigger="cron",status="failed",orchestrator="default"}"#
  let succeeded = #"workflow_runs_total{workflow="triage",trigger="cron",status="success",orchestrator="default"}"#

  @Test func `events become metrics, once each, and survive a restart`() throws {
    let folder = Folder()
    let first = try start(in: folder)
    let answer = try post([failure(1), failure(2), "{broken", failure(1)], to: first)
    #expect(answer.status == 200)
    #expect(text(answer).hasPrefix(#"{"accepted":2,"duplicates":1,"rejected":[{"index":2"#), "\(text(answer))")
    let page = text(try get("/metrics", of: first))
    #expect(page.contains("\n\(failed) 2\n"), "\(page)")
    #expect(page.contains("\n\(succeeded) 0\n"), "a status that did not come yet is there at 0")
    first.stop(within: .seconds(2))

    let second = try start(in: folder)
    defer { second.stop(within: .seconds(2)) }
    #expect(text(try post([failure(2), failure(3)], to: second)).hasPrefix(#"{"accepted":1,"duplicates":1"#))
    #expect(text(try get("/metrics", of: second)).contains("\n\(failed) 3\n"))
  }

  @Test func `a scraper gets the format that it prefers`() throws {
    let folder = Folder()
    let daemon = try start(in: folder)
    defer { daemon.stop(within: .seconds(2)) }
    let plain = try get("/metrics", of: daemon)
    #expect(plain.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
    let open = try get(
      "/metrics", of: daemon, headers: [(name: "Accept", value: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")])
    #expect(open.header("Content-Type") == "application/openmetrics-text; version=1.0.0; charset=utf-8")
    #expect(text(open).hasSuffix("# EOF\n"))
  }

  @Test func `own series are sampled into the head as a scrape would store them`() throws {
    let folder = Folder()
    var configuration = configuration(folder)
    configuration.sampleInterval = .milliseconds(50)
    let daemon = try start(configuration)
    defer { daemon.stop(within: .seconds(2)) }
    _ = try post([failure(1)], to: daemon)
    let matchers = [Matcher.equal("__name__", "workflow_runs_total"), .equal("status", "failed")]
    var found = SeriesSelection()
    for _ in 0..<200 where found.count == 0 {
      Thread.sleep(forTimeInterval: 0.02)
      found = try daemon.head.view().select(matchers, in: .all, limit: 10)
    }
    #expect(
      found.labels.map(\.description) == [
        #"workflow_runs_total{instance="127.0.0.1:\#(daemon.server.port)", job="tidemark", orchestrator="default", "#
          + #"status="failed", trigger="cron", workflow="triage"}"#
      ])
  }

  @Test func `a busy port is told with its address`() throws {
    let folder = Folder()
    let daemon = try start(in: folder)
    defer { daemon.stop(within: .seconds(2)) }
    let other = Folder()
    let listen = ListenAddress(host: "127.0.0.1", port: daemon.server.port)
    let error = #expect(throws: (any Error).self) {
      try start(configuration(other, port: listen.port))
    }
    #expect(error.map { "\($0)" } == "cannot listen on \(listen): the port is in use by another program")
  }

  @Test(arguments: [("127.0.0.1:80", true), ("[::1]:9", true), (":10874", false), ("0.0.0.0:1", false), ("localhost:7", true)])
  func `an address says whether others reach it`(text: String, loopback: Bool) throws {
    #expect(try #require(ListenAddress(argument: text)).isLoopback == loopback)
  }

  @Test(arguments: ["10874", "host", "host:", "host:70000", "host:-1"]) func `what is no address is refused`(text: String) {
    #expect(ListenAddress(argument: text) == nil)
  }

  // MARK: Rules

  func ruleFile(_ folder: Folder, _ text: String) throws -> String {
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    let path = folder.path + "/rules.yml"
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  func rules(_ threshold: Int) -> String {
    """
    groups:
      - name: g
        interval: 1s
        rules:
          - record: failures:sum
            expr: sum by (workflow) (workflow_runs_total{status="failed"})
          - alert: Failing
            expr: failures:sum > \(threshold)
            labels: {severity: page}
            annotations: {summary: "{{ $labels.workflow }} failed {{ $value }} times"}
    """
  }

  @Test func `rules make series and alerts, and webhooks are told`() throws {
    let folder = Folder()
    let bodies = Mutex<[String]>([])
    var router = Router()
    router.on(.POST, "/hook", place: .pool, bodyLimit: 1 << 20) { request, _ in
      bodies.withLock { $0.append(String(decoding: request.body, as: UTF8.self)) }
      return Response(status: 200)
    }
    let consumer = try Server(Pipeline(router), options: ServerOptions(), time: SystemTime())
    defer { consumer.stop(within: .seconds(1)) }
    var configuration = configuration(folder)
    configuration.sampleInterval = .seconds(1)
    configuration.ruleFiles = [try ruleFile(folder, rules(0))]
    configuration.webhooks = ["http://127.0.0.1:\(consumer.port)/hook"]
    configuration.groupWait = .zero
    let daemon = try start(configuration)
    defer { daemon.stop(within: .seconds(2)) }
    _ = try post([failure(1)], to: daemon)
    for _ in 0..<400 where bodies.withLock({ $0.isEmpty }) { Thread.sleep(forTimeInterval: 0.02) }
    let body = try #require(bodies.withLock { $0.first })
    #expect(body.contains(#""summary":"triage failed 1 times""#), "\(body)")
    #expect(body.contains(#""alertname":"Failing","severity":"page","workflow":"triage""#), "\(body)")
    let groups = text(try get("/api/v1/rules", of: daemon))
    #expect(groups.contains(#""state":"firing""#) && groups.contains(#""health":"ok""#), "\(groups)")
    #expect(
      text(try get("/api/v1/query?query=failures:sum", of: daemon)).contains(#"{"__name__":"failures:sum","workflow":"triage"}"#))
  }

  @Test func `a plan is explained with what its operators yielded`() throws {
    let folder = Folder()
    var configuration = configuration(folder)
    configuration.sampleInterval = .milliseconds(100)
    let daemon = try start(configuration)
    defer { daemon.stop(within: .seconds(2)) }
    var plan = ""
    for _ in 0..<1000 where !plan.contains("1 series selected") {
      Thread.sleep(forTimeInterval: 0.02)
      let request = QueryRequest(
        server: "http://127.0.0.1:\(daemon.server.port)", parameters: [(name: "query", value: "sum(up)")], isRange: false)
      plan = try request.explain()
    }
    #expect(plan.contains("1 series selected, 1 samples read") && plan.contains("sum"), "\(plan)")
  }

  @Test func `a reload takes new rules, and keeps the old ones when the new are wrong`() throws {
    let folder = Folder()
    var configuration = configuration(folder)
    configuration.enablesLifecycle = true
    configuration.ruleFiles = [try ruleFile(folder, rules(0))]
    let given = configuration
    let daemon = try start(configuration) { given }
    defer { daemon.stop(within: .seconds(2)) }
    _ = try ruleFile(folder, rules(41))
    #expect(try post("/-/reload", to: daemon).status == 200)
    #expect(text(try get("/api/v1/rules", of: daemon)).contains("failures:sum > 41"))
    _ = try ruleFile(folder, "groups: [{name: g, rules: [{record: x, expr: 'sum('}]}]")
    let refused = try post("/-/reload", to: daemon)
    #expect(refused.status == 500)
    #expect(text(refused).contains("rules.yml:1:"), "\(text(refused))")
    #expect(text(try get("/api/v1/rules", of: daemon)).contains("failures:sum > 41"))
    #expect(text(try get("/api/v1/status/runtimeinfo", of: daemon)).contains(#""reloadConfigSuccess":false"#))
  }

  @Test func `an access log shows what was asked, on one line`() {
    let exchange = Exchange(
      method: "GET", target: "/metrics?a=1", route: "/metrics", status: 200, requestBytes: 0, responseBytes: 17, seconds: 0.00125,
      peer: "127.0.0.1", userAgent: "a \"b\"\n\u{1b}[31m", end: .answered)
    #expect(AccessLog.line(exchange) == #"access: 127.0.0.1 GET /metrics?a=1 200 17B 1.2ms "a%20%22b%22%0A%1B[31m""#)
  }

  @Test func `nobody reloads a daemon that was not told to allow it`() throws {
    let folder = Folder()
    let daemon = try start(in: folder)
    defer { daemon.stop(within: .seconds(2)) }
    #expect(try post("/-/reload", to: daemon).status == 403)
  }

  func post(_ path: String, to daemon: Daemon) throws -> ClientResponse {
    try Client(userAgent: "test").send(
      ClientRequest("POST", "http://127.0.0.1:\(daemon.server.port)\(path)"), within: .seconds(5))
  }
}

import Foundation
import HTTPClient
import SeriesModel
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
    try Daemon(
      .init(listen: ListenAddress(host: "127.0.0.1", port: 0), dataDirectory: folder.path), time: SystemTime(), log: { _ in })
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
    let daemon = try Daemon(configuration, time: SystemTime(), log: { _ in })
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
      try Daemon(configuration(other, port: listen.port), time: SystemTime(), log: { _ in })
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
}

import AlertModel
import Catalogue
import HTTPClient
import Instruments
import SeriesModel
import Synchronization
import Testing
import Threading

@testable import Notify

/// The whole room over real sockets, against receivers that do what they like.
@Suite struct ServiceTests {
  /// A service that tells an alert at once, each in a group of its own, and what it logs.
  final class House: Sendable {
    let clock = SystemTime()
    let registry: Registry
    let service: NotificationService
    let logged = Monitor<[String]>([])

    init(_ urls: [String], _ change: (inout NotifyConfiguration) -> Void = { _ in }) throws {
      var configuration = NotifyConfiguration(webhooks: urls, receiver: "team")
      configuration.route.grouping = .allLabels
      configuration.route.groupWait = .zero
      configuration.route.groupInterval = .seconds(2)
      configuration.retry.first = .milliseconds(100)
      change(&configuration)
      registry = Registry(families: Families.all, options: RegistryOptions(time: clock))
      let box = Weak<House>()
      service = try NotificationService(
        configuration,
        in: .init(clock: clock, registry: registry, version: "1.2", externalURL: "http://t.example", seed: 7) { line in
          box.value?.logged.withLock { $0.append(line) }
        })
      box.set(self)
    }

    func fire(_ names: String...) {
      let updates = names.map { name in
        AlertUpdate(
          alert: Alert(
            labels: ["alertname": name], annotations: [:], startsAt: clock.now(), endsAt: clock.now() + .hours(1)), resolved: false)
      }
      service.receive(updates, of: RuleID(file: "", group: "", name: ""), at: clock.now())
    }

    @discardableResult func stop(within limit: PromDuration = .seconds(1)) -> Int {
      service.stop(before: clock.monotonic() + limit)
    }

    func value(_ family: Family, index: Int = 0, reason: String? = nil) -> Double? {
      if let reason {
        return registry.value(family, ["receiver": "team", "integration": "webhook[\(index)]", "reason": reason])
      }
      return registry.value(family, ["receiver": "team", "integration": "webhook[\(index)]"])
    }
  }

  @Test func `a webhook arrives with the right headers and everything is counted`() async throws {
    let receiver = TestReceiver()
    defer { receiver.stop() }
    let house = try House([receiver.url + "/hook?token=s3cret"])
    defer { house.stop() }
    #expect(house.value(Families.tidemarkNotificationsTotal) == 0, "born at 0")
    house.fire("A")
    #expect(await eventually { house.value(Families.tidemarkNotificationsTotal) == 1 && house.service.snapshot().log.count == 1 })
    let request = try #require(receiver.requests.first)
    #expect(request.path == "/hook?token=s3cret")
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.headers["user-agent"] == "Tidemark/1.2")
    #expect(request.headers["tidemark-delivery-id"]?.utf8.count == 32)
    #expect(request.headers["content-length"] == "\(request.body.count)")
    #expect(request.text.hasPrefix(#"{"receiver":"team","status":"firing","alerts":[{"#))
    #expect(house.value(Families.tidemarkNotificationRequestsTotal) == 1)
    #expect(house.value(Families.tidemarkNotificationRequestsFailedTotal) == 0)
    #expect(house.value(Families.tidemarkNotificationLatencySeconds) == 1)
    #expect(house.value(Families.tidemarkNotificationsFailedTotal, reason: "timeout") == 0)
    #expect(house.registry.value(Families.tidemarkNotificationsPending, ["receiver": "team"]) == 0)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// What the receiver does to a group's requests, in turn; the last goes on.
    var behaviours: [TestReceiver.Behaviour]
    /// Requests of the first flush, and what becomes of it.
    var requests: Int
    var failure: String?

    init(_ name: String, _ behaviours: [TestReceiver.Behaviour], requests: Int, failure: String? = nil) {
      (testDescription, self.behaviours, self.requests, self.failure) = (name, behaviours, requests, failure)
    }
  }

  static let cases = [
    Case("503 twice", [.answer(503), .answer(503), .answer(200)], requests: 3),
    Case("503 that asks for a second", [.answer(503, ["Retry-After: 1"]), .answer(200)], requests: 2),
    Case("429 that says when", [.answer(429, ["Retry-After: 1"]), .answer(202)], requests: 2),
    Case("429 that asks for too much", [.answer(429, ["Retry-After: 3600"]), .answer(200)], requests: 1, failure: "client_error"),
    Case("429 that does not", [.answer(429), .answer(200)], requests: 1, failure: "client_error"),
    Case("400", [.answer(400, body: "no\u{1b}[31m such\nthing"), .answer(200)], requests: 1, failure: "client_error"),
    Case("404", [.answer(404), .answer(200)], requests: 1, failure: "client_error"),
    Case("302", [.answer(302, ["Location: /x"]), .answer(200)], requests: 1, failure: "other"),
    Case("308 to another path", [.answer(308, ["Location: /x"]), .answer(200)], requests: 2),
    Case("308 for ever", [.answer(308, ["Location: /x"])], requests: 11, failure: "other"),
    Case("closes without a word", [.close, .answer(200)], requests: 2),
    Case("speaks another language", [.garbage, .answer(200)], requests: 2),
    Case("a 200 with a body without end", [.giant(200, bytes: 1 << 30)], requests: 1),
    Case("a 500 with a body without end", [.giant(500, bytes: 1 << 30), .answer(200)], requests: 2),
    Case("a 400 with a body without end", [.giant(400, bytes: 1 << 30), .answer(200)], requests: 1, failure: "client_error"),
    Case("a 200 whose body drips", [.drip(200)], requests: 1),
    Case("hangs, then listens", [.hang, .answer(200)], requests: 2),
  ]

  @Test(arguments: cases) func `each answer has its consequence`(_ testCase: Case) async throws {
    let count = Atomic<Int>(0)
    let receiver = TestReceiver { _ in
      testCase.behaviours[min(count.add(1, ordering: .relaxed).oldValue, testCase.behaviours.count - 1)]
    }
    defer { receiver.stop() }
    let house = try House([receiver.url + "/secret-path"]) {
      $0.route.groupInterval = .minutes(5)
      $0.receivers[0].webhooks[0].timeout = .milliseconds(testCase.testDescription.hasPrefix("hangs") ? 500 : 3000)
      if testCase.testDescription.contains("drips") { $0.receivers[0].webhooks[0].timeout = .zero }
    }
    defer { house.stop() }
    house.fire("A")
    let failed = Families.tidemarkNotificationsFailedTotal
    #expect(
      await eventually {
        if let failure = testCase.failure { return house.value(failed, reason: failure) == 1 }
        return house.service.snapshot().log.count == 1
      })
    #expect(receiver.requests.count == testCase.requests)
    #expect(Set(receiver.requests.map { $0.headers["tidemark-delivery-id"] }).count == 1, "the same delivery")
    #expect(house.registry.values(failed).map(\.value).reduce(0, +) == (testCase.failure == nil ? 0 : 1))
    let lines = house.logged.withLock { $0 }
    #expect(lines.count == (testCase.failure == nil ? 0 : 1))
    #expect(!lines.contains { $0.contains("secret") }, "\(lines)")
    #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } }, "\(lines)")
    if testCase.testDescription == "400" {
      #expect(lines == [#"team/webhook[0] was not told of {}:{alertname="A"} after 1 attempt: 400: no[31m such"#])
    }
  }

  @Test func `nobody listens, and the log names the server alone`() async throws {
    let gone = TestReceiver()
    gone.stop()
    let house = try House(["http://user:s3cret@127.0.0.1:\(gone.port)/s3cret?s3cret"]) { $0.route.groupInterval = .seconds(1) }
    defer { house.stop() }
    house.fire("A")
    #expect(await eventually { (house.value(Families.tidemarkNotificationsFailedTotal, reason: "connection") ?? 0) > 0 })
    let lines = house.logged.withLock { $0 }
    #expect(lines.contains { $0.contains("http://127.0.0.1:\(gone.port)") }, "\(lines)")
    #expect(!lines.contains { $0.contains("s3cret") }, "\(lines)")
  }

  @Test func `receivers that hang hold up neither the others nor those who tell`() async throws {
    let hanging = TestReceiver { _ in .hang }
    let working = TestReceiver()
    defer {
      hanging.stop()
      working.stop()
    }
    let house = try House([hanging.url, working.url]) {
      $0.route.groupInterval = .minutes(5)
      $0.receivers[0].webhooks[0].timeout = .zero
    }
    let start = house.clock.monotonic()
    for i in 0..<50 { house.fire("A\(i)") }
    let told = house.clock.monotonic() - start
    #expect(told < 2, "telling 50 alerts took \(told) s")
    #expect(await eventually { working.requests.count == 50 })
    #expect(house.registry.value(Families.tidemarkNotificationsPending, ["receiver": "team"]) == 50)
    // What hangs is cut at the end of the program.
    let before = house.clock.monotonic()
    #expect(house.stop(within: .seconds(2)) == 50)
    #expect(house.clock.monotonic() - before < 4)
  }

  @Test func `stopping waits for what is under way`() async throws {
    let receiver = TestReceiver { _ in
      usleepMilliseconds(300)
      return .answer(200)
    }
    defer { receiver.stop() }
    let house = try House([receiver.url])
    house.fire("A", "B")
    #expect(await eventually { receiver.requests.count == 2 })
    #expect(house.stop(within: .seconds(5)) == 0)
    #expect(house.service.snapshot().log.count == 2)
  }

  @Test func `a receiver added by a reload is there at 0 and hears`() async throws {
    let receiver = TestReceiver()
    defer { receiver.stop() }
    let house = try House([receiver.url + "/one"])
    defer { house.stop() }
    house.fire("A")
    #expect(await eventually { receiver.requests.count == 1 })
    var configuration = NotifyConfiguration(webhooks: [receiver.url + "/one", receiver.url + "/two"], receiver: "team")
    configuration.route.grouping = .allLabels
    configuration.route.groupInterval = .milliseconds(200)
    try house.service.reload(configuration)
    #expect(house.value(Families.tidemarkNotificationsTotal, index: 1) != nil)
    #expect(await eventually { receiver.requests(to: "/two").count == 1 })
    #expect(receiver.requests(to: "/one").count == 1)
  }
}

private final class Weak<Object: AnyObject & Sendable>: Sendable {
  private struct Held: Sendable { weak var object: Object? }
  private let held = Monitor(Held())
  var value: Object? { held.withLock { $0.object } }
  func set(_ object: Object) { held.withLock { $0.object = object } }
}

import AlertModel
import SeriesModel
import Testing

@testable import Notify

@Suite struct StoryTests {
  static func quick(_ configuration: inout NotifyConfiguration) {
    configuration.route.groupInterval = .minutes(1)
  }

  @Test func `alerts that come together are told together, a later one at the next interval`() throws {
    try Story().expect(
      """
      0s fire i1
      5s fire i2
      10s > firing i1 i2: first notification
      1m fire i3
      5m10s > firing i1 i2 i3: new alerts added
      30m end
      """)
  }

  @Test func `one of two ends, then the other, then it is quiet`() throws {
    let story = try Story(Self.quick)
    story.expect(
      """
      0s fire i1 i2
      10s > firing i1 i2: first notification
      20s resolve i1
      1m10s > resolved i1, firing i2: some alerts resolved
      1m20s resolve i2
      2m10s > resolved i2: all alerts resolved
      12h end
      """)
    #expect(story.notifier.snapshot().groups.isEmpty)
  }

  @Test func `the end of an alert that an earlier process may have told is told, once`() throws {
    let story = try Story(Self.quick)
    // Its rule still repeats the end for a while.
    for minute in 0...14 {
      story.move(to: "\(minute)m")
      story.tell("i1", from: story.start - .minutes(10), to: story.start, resolved: true)
      story.tell("i2", from: story.start - .minutes(10), to: story.start + .hours(9), resolved: false)
      _ = story.notifier.run(through: story.clock.monotonic())
    }
    let lines = story.receiver.takeLines(since: story.start)
    #expect(lines.count == 1 && lines[0].contains("resolved i1, firing i2"), "\(lines)")
  }

  @Test func `what fires and ends while its group waits is not told`() throws {
    let story = try Story()
    story.expect(
      """
      0s fire i1
      3s resolve i1
      12h end
      """)
    #expect(story.notifier.snapshot().log.isEmpty)
  }

  @Test func `an alert that nobody refreshes ends by itself`() throws {
    try Story(Self.quick).expect(
      """
      0s fire i1 openly
      10s > firing i1: first notification
      4m59s end
      5m10s > resolved i1: all alerts resolved
      6m fire i2 for 2m
      6m10s > firing i2: first notification
      7m30s fire i2 for 2m
      10m10s > resolved i2: all alerts resolved
      20m end
      """)
  }

  @Test func `a receiver that fails twice is told thrice, and one success is recorded`() throws {
    let fault = DeliveryFault(.serverError, status: 500, "500")
    let story = try Story(answer: { _, before in before < 2 ? .retry(after: nil, fault) : .delivered(status: 200) }) {
      $0.retry.spreadRatio = 0
    }
    story.expect(
      """
      0s fire i1
      10s > firing i1: first notification -> 500
      10s500ms > firing i1: first notification -> 500
      11s250ms > firing i1: first notification
      1h end
      """)
    let counters = story.notifier.snapshot().counters
    let name = IntegrationName(receiver: "team", index: 0)
    #expect(counters.integrations[name] == .init(notifications: 1, failures: [:], requests: 3, failedRequests: 2))
    #expect(counters.pending == ["team": 0])
    #expect(Set(story.receiver.all.map(\.notification.id)).count == 1)
    #expect(story.notifier.snapshot().log.values.map(\.at) == [story.start + .milliseconds(11_250)])
  }

  @Test func `a receiver that refuses is asked once per flush, and what ended stays until it listens`() throws {
    let fault = DeliveryFault(.clientError, status: 400, "400: no")
    let story = try Story(answer: { _, before in before < 3 ? .refused(fault) : .delivered(status: 200) }, Self.quick)
    story.expect(
      """
      0s fire i1 i2
      10s > firing i1 i2: first notification -> 400: no
      20s resolve i1
      1m10s > resolved i1, firing i2: first notification -> 400: no
      2m10s > resolved i1, firing i2: first notification -> 400: no
      3m10s > resolved i1, firing i2: first notification
      4m resolve i2
      4m10s > resolved i2: all alerts resolved
      1h end
      """)
    #expect(
      story.notifier.snapshot().counters.integrations[IntegrationName(receiver: "team", index: 0)]?.failures == [.clientError: 3])
    let names = story.receiver.all.map(\.notification.id)
    #expect(names[1] == names[2] && names[2] == names[3], "nothing changed, so it is the same delivery")
    #expect(Set(names).count == 3)
  }

  @Test func `a failure that lasts is tried until the flush ends`() throws {
    let story = try Story(answer: { _, _ in .retry(after: nil, DeliveryFault(.connection, "down")) }) {
      Self.quick(&$0)
      $0.retry.spreadRatio = 0
    }
    story.fire("i1")
    story.move(to: "69s")
    let times = story.receiver.all.map { ($0.at - story.start).milliseconds }
    // 0.5 s, then half as much again each time: the wait after the eleventh attempt would end beyond 70 s.
    #expect(times.count == 11)
    #expect(times.prefix(4) == [10_000, 10_500, 11_250, 12_375])
    #expect(
      story.heard.all.contains(
        .failed(.init(receiver: "team", index: 0), groupKey: Self.key, attempts: 11, DeliveryFault(.connection, "down"))))
    story.move(to: "71s")
    #expect(story.receiver.all.count > 11, "the next flush tries again")
  }

  static let key = #"{}:{alertname="Down"}"#

  @Test func `a receiver may ask for a pause`() throws {
    let story = try Story(
      answer: { _, before in
        before == 0 ? .retry(after: .seconds(30), DeliveryFault(.serverError, "busy")) : .delivered(status: 200)
      })
    story.expect(
      """
      0s fire i1
      10s > firing i1: first notification -> busy
      40s > firing i1: first notification
      1h end
      """)
  }

  @Test func `a receiver that hangs is cut at the limit and holds up nobody`() throws {
    let webhooks = [Webhook(url: "http://hangs/"), Webhook(url: "http://works/")]
    let story = try Story(webhooks: webhooks, executor: HangingExecutor(lanes: [0]), Self.quick)
    story.expect(
      """
      0s fire i1 Other/i2
      10s > [1] firing i1: first notification
      10s > [1] firing Other/i2: first notification
      20s resolve i1
      1m10s > [1] resolved i1: all alerts resolved
      3m end
      """)
    let snapshot = story.notifier.snapshot()
    #expect(snapshot.groups.count == 2, "whoever hangs may have heard of i1, and is to hear of its end")
    let hanging = snapshot.counters.integrations[IntegrationName(receiver: "team", index: 0)]
    #expect(hanging?.failures == [.timeout: 4])
    #expect(snapshot.counters.pending == ["team": 2])
    story.move(to: "5h")
    story.resolve("Other/i2")
    story.move(to: "24h")
    #expect(story.notifier.snapshot().groups.isEmpty, "that is tried for two repeat intervals")
  }

  @Test func `where ends are not told, what fires again is told as first`() throws {
    var webhook = Webhook(url: "http://receiver/")
    webhook.sendsResolved = false
    try Story(webhooks: [webhook], Self.quick).expect(
      """
      0s fire i1 i2
      10s > firing i1 i2: first notification
      20s resolve i1
      1m20s resolve i2
      3m fire i1
      3m10s > firing i1: first notification
      1h end
      """)
  }

  @Test func `an unchanged group is told again after the repeat interval`() throws {
    try Story().expect(
      """
      0s fire i1
      10s > firing i1: first notification
      4h5m10s > firing i1: repeat interval elapsed
      8h10m10s > firing i1: repeat interval elapsed
      9h end
      """)
  }

  @Test(arguments: [0, 10] as [Int64]) func `a repeat interval that is a multiple comes one interval later`(_ sending: Int64) throws
  {
    let box = ClockBox()
    let story = try Story(answer: { _, _ in
      box.clock?.advance(by: .milliseconds(sending))
      return .delivered(status: 200)
    }) {
      $0.route.groupWait = .zero
      $0.route.groupInterval = .seconds(2)
      $0.route.repeatInterval = .seconds(4)
    }
    box.set(story.clock)
    story.fire("i1")
    story.move(to: "20s")
    #expect(story.receiver.all.map { ($0.at - story.start).milliseconds / 100 } == [0, 60, 120, 180])
  }

  @Test func `an alert that is old already does not wait`() throws {
    let story = try Story()
    story.move(to: "1m")
    story.tell("i1", from: story.start, to: nil, resolved: false)
    _ = story.notifier.run(through: story.clock.monotonic())
    #expect(story.receiver.all.map { $0.at - story.start } == [.minutes(1)])
  }

  @Test func `an old alert brings its group's first flush forward`() throws {
    let story = try Story()
    story.fire("i1")
    story.move(to: "2s")
    story.tell("i2", from: story.start - .minutes(1), to: nil, resolved: false)
    _ = story.notifier.run(through: story.clock.monotonic())
    #expect(story.receiver.all.map { $0.at - story.start } == [.seconds(2)])
    story.move(to: "5m1s")
    #expect(story.receiver.all.count == 1, "the first deadline is void")
  }

  @Test func `what fires again while its end is being told stays`() throws {
    let executor = HeldExecutor()
    let story = try Story(executor: executor, Self.quick)
    story.fire("i1")
    story.move(to: "11s")
    executor.release()
    story.resolve("i1")
    story.move(to: "71s")
    story.fire("i1")
    executor.release()
    story.move(to: "3m")
    executor.release()
    story.move(to: "3m1s")
    #expect(story.receiver.all.map(\.notification.reason) == [.firstNotification, .allAlertsResolved, .firstNotification])
    #expect(story.notifier.snapshot().groups.map(\.alerts.count) == [1])
  }

  @Test func `an end that is told again is not news`() throws {
    let story = try Story(Self.quick)
    story.fire("i1")
    story.fire("i2")
    story.move(to: "20s")
    let end = story.clock.now()
    story.tell("i1", from: story.start, to: end, resolved: true)
    story.move(to: "80s")
    story.fire("i3")
    story.move(to: "140s")
    for minute in 3..<18 {
      story.move(to: "\(minute)m")
      story.tell("i1", from: story.start, to: end, resolved: true)
    }
    story.move(to: "20m")
    #expect(
      story.receiver.all.map(\.notification.reason) == [.firstNotification, .someAlertsResolved, .newAlertsAdded])
    story.move(to: "1h")
    #expect(story.notifier.snapshot().alerts.map(\.alert.labels["instance"]) == ["i2", "i3"], "ended alerts are forgotten")
  }

  @Test func `a receiver of nobody takes everything and says nothing`() throws {
    let story = try Story(webhooks: [], Self.quick)
    story.expect(
      """
      0s fire i1
      20s resolve i1
      1h end
      """)
    #expect(story.notifier.snapshot().groups.isEmpty)
  }

  @Test func `beyond a limit alerts are lost, counted, and the rest is told`() throws {
    func limits(_ configuration: inout NotifyConfiguration) {
      Self.quick(&configuration)
      configuration.limits.alerts = 3
      configuration.limits.groups = 2
      configuration.limits.queuedUpdates = 4
    }
    let story = try Story(limits)
    for name in ["a/1", "b/1", "c/1", "a/2", "d/1"] { story.tell(name, from: story.start, to: nil, resolved: false) }
    story.move(to: "1s")
    story.tell("b/2", from: story.start, to: nil, resolved: false)
    story.move(to: "2s")
    story.notifier.receive(
      [AlertUpdate(alert: Alert(labels: [:], annotations: [:], startsAt: story.start), resolved: false)],
      of: RuleID(file: "f", group: "g", name: "n"), at: story.start)
    story.move(to: "10s")
    let lost = story.heard.all.compactMap { event in
      if case .dropped(_, let count, let loss) = event { return "\(count) \(loss)" }
      return nil
    }
    // a/1 left the queue; of b, c, a, d two groups and so three alerts find room.
    #expect(lost == ["1 queueFull", "1 groupLimit", "1 groupLimit", "1 noLabels"])
    #expect(story.notifier.snapshot().alerts.map { $0.alert.labels["instance"] } == ["b/1", "b/2", "c/1"])
    #expect(story.notifier.snapshot().counters.dropped == ["team": 4])
    story.tell("c/9", from: story.start, to: nil, resolved: false)
    story.move(to: "11s")
    #expect(story.heard.all.last == .dropped(receiver: "team", count: 1, .alertLimit))
    #expect(NotifierEvent.dropped(receiver: "team", count: 1, .alertLimit).problem == "1 update of alerts lost: too many alerts")
  }

  @Test func `draining waits for deliveries and not for groups that wait`() throws {
    let executor = HeldExecutor()
    let story = try Story(executor: executor)
    story.fire("i1")
    story.move(to: "10s")
    story.fire("Other/i2")
    story.move(to: "11s")
    #expect(story.notifier.drain(before: story.clock.monotonic() + .seconds(1)) == 1, "a clock that stands still ends it")
    executor.release()
    #expect(story.notifier.drain(before: story.clock.monotonic() + .seconds(1)) == 0)
    #expect(story.receiver.all.count == 1)
  }

  @Test func `a stage that hushes everything is a success that records nothing`() throws {
    struct Hush: FlushStage {
      var until: Timestamp
      func passing(_ alerts: [NotifiedAlert], of route: Route, at now: Timestamp) -> [NotifiedAlert] { now < until ? [] : alerts }
    }
    let until = Timestamp(rfc3339: "2026-01-02T03:02:00Z")!
    try Story(stages: [Hush(until: until)], Self.quick).expect(
      """
      0s fire i1 i2
      30s resolve i1
      2m10s > firing i2: first notification
      1h end
      """)
  }
}

/// Lets an answer reach the clock of the story it belongs to.
final class ClockBox: Sendable {
  private let held = Locked<ManualTime?>(nil)
  var clock: ManualTime? { held.value }
  func set(_ clock: ManualTime) { held.set(clock) }
}

/// Keeps jobs until they are released.
final class HeldExecutor: NotifierExecutor {
  private let jobs = Locked<[@Sendable () -> Void]>([])
  func execute(lane: Int, _ job: @escaping @Sendable () -> Void) { jobs.change { $0.append(job) } }
  func release() { for job in jobs.exchange([]) { job() } }
}

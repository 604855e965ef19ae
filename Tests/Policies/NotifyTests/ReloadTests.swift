import AlertModel
import SeriesModel
import Testing

@testable import Notify

@Suite struct ReloadTests {
  static func configuration(
    webhooks: [String] = ["http://receiver/"], receiver: String = "team", _ change: (inout NotifyConfiguration) -> Void = { _ in }
  ) -> NotifyConfiguration {
    var configuration = NotifyConfiguration(
      route: Route(receiver: receiver), receivers: [Receiver(name: receiver, webhooks: webhooks.map(Webhook.init(url:)))])
    configuration.route.groupInterval = .minutes(1)
    change(&configuration)
    return configuration
  }

  @Test func `an equal configuration changes nothing`() throws {
    let story = try Story(StoryTests.quick)
    story.fire("i1")
    story.move(to: "15s")
    try story.notifier.reload(Self.configuration())
    story.move(to: "30s")
    story.resolve("i1")
    story.move(to: "10m")
    #expect(
      story.receiver.lines(since: story.start) == [
        "10s > firing i1: first notification", "1m10s > resolved i1: all alerts resolved",
      ])
  }

  @Test func `shorter times hold at once, for groups that wait and for groups that were told`() throws {
    let story = try Story()
    story.fire("i1")
    story.move(to: "20s")
    story.fire("Other/i2")
    story.move(to: "21s")
    try story.notifier.reload(
      Self.configuration {
        $0.route.groupWait = .seconds(2)
        $0.route.groupInterval = .seconds(30)
      })
    story.resolve("i1")
    story.move(to: "2m")
    #expect(
      story.receiver.lines(since: story.start) == [
        "10s > firing i1: first notification", "23s > firing Other/i2: first notification",
        "51s > resolved i1: all alerts resolved",
      ])
  }

  @Test func `another group_by gathers anew what still fires, and tells it as first`() throws {
    let story = try Story(StoryTests.quick)
    for name in ["i1", "i2", "i3"] { story.fire(name) }
    story.move(to: "15s")
    story.resolve("i3")
    story.move(to: "2m")
    try story.notifier.reload(Self.configuration { $0.route.grouping = .labels(["instance"]) })
    story.move(to: "10m")
    story.resolve("i1")
    story.move(to: "20m")
    #expect(
      story.receiver.lines(since: story.start) == [
        "10s > firing i1 i2 i3: first notification", "1m10s > resolved i3, firing i1 i2: some alerts resolved",
        "2m > firing i1: first notification", "2m > firing i2: first notification", "11m > resolved i1: all alerts resolved",
      ])
    #expect(story.notifier.snapshot().groups.map(\.key) == [#"{}:{instance="i2"}"#])
  }

  @Test func `a receiver that is added hears of what fires, one that went hears no more`() throws {
    let story = try Story(StoryTests.quick)
    story.fire("i1")
    story.move(to: "15s")
    try story.notifier.reload(Self.configuration(receiver: "others"))
    story.move(to: "10m")
    story.resolve("i1")
    story.move(to: "12m")
    #expect(
      story.receiver.all.map { "\($0.at - story.start) \($0.notification.receiver) \($0.notification.reason.rawValue)" } == [
        "10s team first notification", "1m10s others first notification", "10m10s others all alerts resolved",
      ])
  }

  @Test func `what is under way to an address that changed is told to the new one`() throws {
    let story = try Story(
      answer: { _, before in before == 0 ? .retry(after: nil, DeliveryFault(.connection, "down")) : .delivered(status: 200) },
      StoryTests.quick)
    story.fire("i1")
    story.move(to: "10s")
    #expect(story.notifier.snapshot().counters.pending == ["team": 1])
    try story.notifier.reload(Self.configuration(webhooks: ["http://elsewhere/"]))
    #expect(story.notifier.snapshot().counters.pending == ["team": 0])
    story.move(to: "5m")
    #expect(
      story.receiver.lines(since: story.start) == [
        "10s > firing i1: first notification -> down", "1m10s > firing i1: first notification",
      ])
  }

  @Test func `what is under way to an address that stays goes on`() throws {
    let executor = HeldExecutor()
    let story = try Story(executor: executor, StoryTests.quick)
    story.fire("i1")
    story.move(to: "11s")
    try story.notifier.reload(Self.configuration(webhooks: ["http://receiver/", "http://new/"]))
    executor.release()
    story.move(to: "12s")
    #expect(story.notifier.snapshot().log.count == 1)
    story.move(to: "71s")
    executor.release()
    story.move(to: "10m")
    #expect(story.receiver.all.map(\.notification.integration) == [0, 1])
  }

  @Test func `a result of a group that is no more is not missed`() throws {
    let executor = HeldExecutor()
    let story = try Story(executor: executor, StoryTests.quick)
    story.fire("i1")
    story.move(to: "11s")
    try story.notifier.reload(Self.configuration { $0.route.grouping = .allLabels })
    executor.release()
    story.move(to: "12s")
    executor.release()
    story.move(to: "13s")
    let snapshot = story.notifier.snapshot()
    #expect(snapshot.counters.pending == ["team": 0])
    #expect(snapshot.log.keys.map(\.groupKey) == [#"{}:{alertname="Down", instance="i1", job="api"}"#])
  }

  @Test func `a bad configuration is refused whole and the old one stays`() throws {
    let story = try Story()
    story.fire("i1")
    #expect(throws: NotifyConfigurationError.self) { try story.notifier.reload(Self.configuration(webhooks: ["ftp://x/"])) }
    story.move(to: "11s")
    #expect(story.receiver.all.count == 1)
  }
}

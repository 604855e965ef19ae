import AlertModel
import SeriesModel
import Testing
import Threading

@testable import Notify

/// A story of alerts on a manual clock, told as lines: what happens, and (after `>`) what the receiver hears.
///
/// ```
/// 0s     fire i1 i2
/// 10s    > firing i1 i2: first notification
/// 20s    resolve i1
/// 5m10s  > resolved i1, firing i2: some alerts resolved
/// 1h     end
/// ```
/// `fire i1 for 4m` names an end, `fire i1 openly` names none. A line after `>` may begin with `[1]`, the integration, when it is not the first, and ends in
/// `-> why` when the receiver did not take it.
final class Story: Sendable {
  let clock = ManualTime(Timestamp(rfc3339: "2026-01-02T03:00:00Z")!)
  let start: Timestamp
  let receiver: RecordingReceiver
  let notifier: Notifier
  let heard = EventList()
  private let starts = Monitor<[String: Timestamp]>([:])

  init(
    webhooks: [Webhook] = [Webhook(url: "http://receiver/")], executor: any NotifierExecutor = InlineExecutor(), seed: UInt64 = 1,
    stages: [any FlushStage] = [], answer: @escaping RecordingReceiver.Answer = { _, _ in .delivered(status: 200) },
    _ change: (inout NotifyConfiguration) -> Void = { _ in }
  ) throws {
    var configuration = NotifyConfiguration(
      route: Route(receiver: "team"), receivers: [Receiver(name: "team", webhooks: webhooks)])
    change(&configuration)
    start = clock.now()
    let receiver = RecordingReceiver(clock: clock, answer: answer)
    self.receiver = receiver
    let heard = heard
    notifier = try Notifier(
      configuration, clock: clock, executor: executor, seed: seed, stages: stages, observe: { heard.add($0) }
    ) { _, _ in receiver }
  }

  /// Does what the story says, and compares the whole of it with what happened.
  func expect(_ story: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let lines = story.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    var happened: [String] = []
    for line in lines {
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 1, words[1] != ">" else { continue }
      move(to: words[0])
      happened += receiver.takeLines(since: start)
      happened.append(line)
      act(Array(words.dropFirst()))
    }
    happened += receiver.takeLines(since: start)
    #expect(happened.joined(separator: "\n") == lines.joined(separator: "\n"), sourceLocation: sourceLocation)
  }

  /// Runs everything that is due on the way, each at its own time.
  func move(to text: String) { move(to: start + PromDuration(text)!) }

  func move(to time: Timestamp) {
    while let next = notifier.run(through: clock.monotonic()), next <= Instant(nanoseconds: UInt64(time.milliseconds) * 1_000_000) {
      clock.set(max(clock.now(), Timestamp(milliseconds: Int64(next.nanoseconds / 1_000_000))))
    }
    clock.set(max(clock.now(), time))
  }

  private func act(_ words: [String]) {
    switch words[0] {
    case "fire":
      let names = words.dropFirst().prefix { $0 != "for" && $0 != "openly" }
      let length = words.firstIndex(of: "for").map { PromDuration(words[$0 + 1])! } ?? .hours(1000)
      for name in names { fire(name, for: words.last == "openly" ? nil : length) }
    case "resolve": for name in words.dropFirst() { resolve(name) }
    case "end": break
    default: Issue.record("a story does not know \(words[0])")
    }
    _ = notifier.run(through: clock.monotonic())
  }

  /// A refresh keeps the start.
  func fire(_ name: String, for length: PromDuration? = .hours(1000)) {
    let now = clock.now()
    let begin = starts.withLock { starts in
      if starts[name] == nil { starts[name] = now }
      return starts[name]!
    }
    tell(name, from: begin, to: length.map { now + $0 }, resolved: false)
  }

  func resolve(_ name: String) {
    let begin = starts.withLock { $0.removeValue(forKey: name) } ?? clock.now()
    tell(name, from: begin, to: clock.now(), resolved: true)
  }

  func tell(_ name: String, from begin: Timestamp, to end: Timestamp?, resolved: Bool) {
    let alert = Alert(labels: Story.labels(name), annotations: ["summary": "\(name) is down"], startsAt: begin, endsAt: end)
    notifier.receive(
      [AlertUpdate(alert: alert, resolved: resolved)], of: RuleID(file: "f", group: "g", name: "Down"), at: clock.now())
  }

  static func labels(_ name: String) -> LabelSet {
    // `other/i1` is of another group.
    let parts = name.split(separator: "/").map(String.init)
    return LabelSet([Label("alertname", parts.count > 1 ? parts[0] : "Down"), Label("instance", name), Label("job", "api")])
  }
}

final class EventList: Sendable {
  private let events = Monitor<[NotifierEvent]>([])
  func add(_ more: [NotifierEvent]) { events.withLock { $0 += more } }
  var all: [NotifierEvent] { events.withLock { $0 } }
}

/// Takes notifications and writes down what it was told.
final class RecordingReceiver: NotificationSender {
  /// Given the notification and how many came before it.
  typealias Answer = @Sendable (AlertModel.Notification, Int) -> DeliveryOutcome

  struct Request: Sendable {
    var at: Timestamp
    var notification: AlertModel.Notification
    var outcome: DeliveryOutcome
  }

  private let clock: ManualTime
  private let answer: Answer
  private let requests = Monitor<[Request]>([])
  private let shown = Monitor(0)

  init(clock: ManualTime, answer: @escaping Answer) {
    self.clock = clock
    self.answer = answer
  }

  var all: [Request] { requests.withLock { $0 } }

  func send(_ notification: AlertModel.Notification, before: Instant) -> DeliveryOutcome {
    let at = clock.now()
    let outcome = answer(notification, requests.withLock { $0.count })
    requests.withLock { $0.append(Request(at: at, notification: notification, outcome: outcome)) }
    return outcome
  }

  func lines(since start: Timestamp) -> [String] { all.map { Self.line($0, since: start) } }

  /// What was told since the last call.
  func takeLines(since start: Timestamp) -> [String] {
    let all = all
    return shown.withLock { shown in
      defer { shown = all.count }
      return all[shown...].map { Self.line($0, since: start) }
    }
  }

  private static func line(_ request: Request, since start: Timestamp) -> String {
    let n = request.notification
    let parts = [("resolved", n.alerts.filter(\.isResolved)), ("firing", n.alerts.filter { !$0.isResolved })]
      .filter { !$0.1.isEmpty }
      .map { "\($0.0) " + $0.1.map { $0.alert.labels["instance"] ?? "?" }.joined(separator: " ") }
    let place = n.integration == 0 ? "" : "[\(n.integration)] "
    let line = "\(request.at - start) > \(place)\(parts.joined(separator: ", ")): \(n.reason.rawValue)"
    return switch request.outcome {
    case .delivered: line
    case .retry(_, let fault), .refused(let fault): line + " -> \(fault)"
    }
  }
}

/// Lets jobs of some lanes hang for ever.
struct HangingExecutor: NotifierExecutor {
  var lanes: Set<Int>
  func execute(lane: Int, _ job: @escaping @Sendable () -> Void) { if !lanes.contains(lane) { job() } }
}

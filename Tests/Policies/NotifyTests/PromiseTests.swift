import AlertModel
import SeriesModel
import Testing
import Threading

@testable import Notify

/// What holds however receivers behave, alerts come and go, and configurations change.
@Suite struct PromiseTests {
  /// What a receiver believes to fire, from what reached it, acknowledged or not.
  final class Believer: Sendable {
    struct State {
      var random: SplitMix64
      var firing: [Int: Set<LabelSet>] = [:]
      var isHealthy = false
      var taken = 0
    }

    let state: Monitor<State>
    init(seed: UInt64) { state = Monitor(State(random: SplitMix64(seed: seed))) }

    func answer(_ notification: AlertModel.Notification) -> DeliveryOutcome {
      state.withLock { state in
        let chance = state.isHealthy ? 0 : state.random.nextUnit()
        if chance > 0.7 { return .retry(after: nil, DeliveryFault(.serverError, status: 503, "503")) }
        if chance > 0.6 { return .refused(DeliveryFault(.clientError, status: 400, "400")) }
        state.taken += 1
        for alert in notification.alerts {
          if alert.isResolved {
            state.firing[notification.integration, default: []].remove(alert.alert.labels)
          } else {
            state.firing[notification.integration, default: []].insert(alert.alert.labels)
          }
        }
        // Taken, but nobody will know.
        if chance > 0.4 { return .retry(after: nil, DeliveryFault(.timeout, mayHaveArrived: true, "no answer")) }
        return .delivered(status: 200)
      }
    }
  }

  @Test(arguments: 1...40) func `no alert that a receiver heard of fires for ever`(_ seed: Int) throws {
    let believer = Believer(seed: UInt64(seed))
    var random = SplitMix64(seed: UInt64(seed) &* 77)
    let story = try Story(
      webhooks: [Webhook(url: "http://a/"), Webhook(url: "http://b/")], seed: UInt64(seed),
      answer: { notification, _ in believer.answer(notification) }, StoryTests.quick)
    let names = ["i1", "i2", "i3", "Other/i4"]
    var time = story.start
    for step in 0..<60 {
      time = time + .milliseconds(Int64(random.next() % 40_000))
      story.move(to: time)
      let name = names[Int(random.next() % 4)]
      if random.nextUnit() < 0.5 { story.fire(name) } else { story.resolve(name) }
      if step % 20 == 19 {
        try story.notifier.reload(
          ReloadTests.configuration(webhooks: ["http://a/", "http://b/"]) {
            $0.route.grouping = .labels([["alertname"], ["instance"], []][Int(random.next() % 3)])
          })
      }
    }
    believer.state.withLock { $0.isHealthy = true }
    for name in names { story.resolve(name) }
    story.move(to: time + .minutes(20))
    let (firing, taken) = believer.state.withLock { ($0.firing.values.flatMap { $0 }, $0.taken) }
    #expect(firing == [], "seed \(seed)")
    #expect(taken > 5, "seed \(seed): too little was told for a test")
    let snapshot = story.notifier.snapshot()
    #expect(snapshot.groups.isEmpty && snapshot.counters.pending == ["team": 0], "seed \(seed)")
  }
}

import AlertModel
import SeriesModel
import Testing

@testable import Notify

@Suite struct GroupTests {
  @Test(
    arguments: [
      ([:], "{}:{}"), (["job": "api", "alertname": "Down"], #"{}:{alertname="Down", job="api"}"#),
      (["a": "x\"y\\z\n\t\r\u{07}\u{08}\u{0b}\u{0c}"], #"{}:{a="x\"y\\z\n\t\r\a\b\v\f"}"#),
      (["a": "\u{01}\u{7f}\u{80}\u{a0}\u{2028}\u{200b}\u{feff}"], #"{}:{a="\x01\x7f\u0080\u00a0\u2028\u200b\ufeff"}"#),
      (["a": "é\u{1F600}\u{fffd} `{}`"], "{}:{a=\"é\u{1F600}\u{fffd} `{}`\"}"),
      (["a": "\u{e000}\u{10ffff}"], #"{}:{a="\ue000\U0010ffff"}"#),
    ] as [(LabelSet, String)])
  func `a group's key quotes what does not print`(_ labels: LabelSet, _ text: String) {
    #expect(GroupKey.text(path: "{}", labels: labels) == text)
  }

  @Test func `a route's part of the key is its sorted matchers`() throws {
    var route = Route(receiver: "r")
    route.matchers = [try Matcher("team", .equal, "infra"), try Matcher("env", .notEqual, "dev")]
    #expect(route.keyText == #"{env!="dev",team="infra"}"#)
  }

  @Test(
    arguments: [
      (.labels(["alertname", "job"]), ["alertname": "Down", "instance": "i"], ["alertname": "Down"]),
      (.labels([]), ["alertname": "Down"], [:]), (.allLabels, ["a": "1", "b": "2"], ["a": "1", "b": "2"]),
    ] as [(Grouping, LabelSet, LabelSet)])
  func `a group has the labels that it is gathered by and its alerts have`(
    _ grouping: Grouping, _ alert: LabelSet, _ group: LabelSet
  ) {
    #expect(grouping.groupLabels(of: alert) == group)
  }

  /// In the order in which they are told.
  static let ordered: [LabelSet] = [
    ["job": "a", "instance": "1"], ["job": "a", "instance": "1", "b": "2"], ["job": "a", "instance": "1", "a": "2"],
    ["job": "a", "instance": "1", "a": "3"], ["job": "a", "instance": "2"], ["job": "a"], ["job": "a", "x": "1"], ["job": "b"],
    ["instance": "1"], ["instance": "1", "z": "0"], ["x": "1"], ["x": "2"], ["w": "1"], ["v": "1", "w": "1"],
  ]

  @Test func `job, instance, then all labels order the alerts`() {
    for (i, a) in Self.ordered.enumerated() {
      for (j, b) in Self.ordered.enumerated() { #expect((AlertOrder(a) < AlertOrder(b)) == (i < j), "\(a) and \(b)") }
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func `deadlines come soonest first, equal ones as they were added`(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var queue = DeadlineQueue<Int>()
    var all: [(at: UInt64, order: Int)] = []
    var taken: [(at: UInt64, order: Int)] = []
    for i in 0..<500 {
      let at = random.next() % 40
      queue.add(i, at: Instant(nanoseconds: at))
      all.append((at, i))
      if random.nextUnit() < 0.3, let first = queue.first {
        #expect(all.min { ($0.at, $0.order) < ($1.at, $1.order) }!.order == first.element, "seed \(seed)")
        all.removeAll { $0.order == first.element }
        queue.removeFirst()
      }
    }
    while let first = queue.first {
      taken.append((first.at.nanoseconds, first.element))
      queue.removeFirst()
    }
    #expect(taken.map(\.order) == all.sorted { ($0.at, $0.order) < ($1.at, $1.order) }.map(\.order), "seed \(seed)")
  }

  // MARK: What is known of an alert

  static let zero = Timestamp(rfc3339: "2026-01-02T03:00:00Z")!

  /// Minutes; `end` `nil`: not said. `now` is when the second came.
  struct Update: Sendable {
    var start: Int64
    var end: Int64?
    var resolved = false

    func known(at minute: Int64) -> KnownAlert {
      let alert = Alert(
        labels: ["alertname": "Down"], annotations: ["at": "\(minute)"], startsAt: zero + .minutes(start),
        endsAt: end.map { zero + .minutes($0) })
      return KnownAlert(AlertUpdate(alert: alert, resolved: resolved), at: zero + .minutes(minute), resolveTimeout: .minutes(5))
    }
  }

  @Test(
    arguments: [
      // A refresh: the same start, a later end.
      (Update(start: 0, end: 4), Update(start: 0, end: 6), 2, 0, 6),
      // The end comes before the one that was foreseen.
      (Update(start: 0, end: 4), Update(start: 0, end: 2, resolved: true), 2, 0, 2),
      // It fires anew while the old one would still stand: one span.
      (Update(start: 0, end: 4), Update(start: 2, end: 6), 2, 0, 6),
      // Long after: a new span.
      (Update(start: 0, end: 4), Update(start: 9, end: 12), 9, 9, 12),
      // A later end that was named stays, one that was assumed does not.
      (Update(start: 0, end: 60), Update(start: 0, end: nil), 2, 0, 60),
      (Update(start: 0, end: nil), Update(start: 0, end: 3), 1, 0, 3),
      // Of two ends in the past the later counts.
      (Update(start: 0, end: 1), Update(start: 0, end: 1, resolved: true), 3, 0, 1),
    ] as [(Update, Update, Int64, Int64, Int64)])
  func `what is known follows what is heard`(_ old: Update, _ new: Update, _ now: Int64, _ start: Int64, _ end: Int64) {
    let known = old.known(at: 0).updated(by: new.known(at: now), at: Self.zero + .minutes(now))
    #expect(known.startsAt == Self.zero + .minutes(start))
    #expect(known.endsAt == Self.zero + .minutes(end))
    #expect(known.annotations == ["at": "\(now)"])
  }
}

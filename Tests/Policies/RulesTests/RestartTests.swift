import DurableLog
import Foundation
import SeriesModel
import Synchronization
import Testing

@testable import Rules

/// What a process knows of the one before it.
struct RestartTests {
  static let rules = """
    groups:
    - name: g
      rules:
      - {alert: A, expr: down > 0, for: 3m, keep_firing_for: 2m, annotations: {a: "{{ $value }}"}}
      - {alert: Quick, expr: down > 5}
    """
  static let values = "0 1 1 7 1 1 7 0 0 0 0 1 1 0 1 1 1 1 1 x"

  /// Every cut point: killed after any pass, with its samples or without, the alerts go on as if nothing had been.
  @Test(arguments: [false, true])
  func `a kill between any two passes changes nothing`(losingSamples: Bool) throws {
    let undisturbed = try Scene.durable()
    try undisturbed.load(Self.rules)
    undisturbed.series("down", Self.values)
    let expected = Self.states(try undisturbed.run(to: 20))
    #expect(Set(expected.joined(separator: " ").split(separator: " ")).isSuperset(of: ["pending", "firing", "kept"]))

    for cut in 1..<20 {
      let scene = try Scene.durable()
      try scene.load(Self.rules)
      scene.series("down", Self.values)
      var lines = Self.states(try scene.run(to: cut))
      let before = scene.ruler.snapshot()
      if losingSamples { scene.store.forget() }
      try scene.kill()
      #expect(scene.ruler.snapshot()[0].rules.map(\.alerting?.alerts) == before[0].rules.map(\.alerting?.alerts), "cut at \(cut)")
      lines += Self.states(try scene.run(to: 20))
      #expect(lines == expected, "cut at \(cut)")
      guard !losingSamples else { continue }
      for state in ["pending", "firing"] {
        let labels: LabelSet = ["alertname": "A", "alertstate": state]
        #expect(scene.samples("ALERTS", labels) == undisturbed.samples("ALERTS", labels), "cut at \(cut)")
      }
      #expect(
        scene.samples("ALERTS_FOR_STATE", ["alertname": "A"]) == undisturbed.samples("ALERTS_FOR_STATE", ["alertname": "A"]),
        "cut at \(cut)")
    }
  }

  /// Without what was told, which may be told once more.
  private static func states(_ transcript: String) -> [String] {
    transcript.split(separator: "\n").map { String($0.split(separator: "|")[0]).trimmingCharacters(in: .whitespaces) }
  }

  @Test func `a kill between the journal and the store tells the alert again, with the same beginning`() throws {
    let scene = try Scene.durable()
    try scene.load("groups: [{name: g, rules: [{alert: A, expr: vector(1), for: 1m}]}]")
    try scene.run(to: 1)
    let copy = Mutex<String?>(nil)
    let journal = try #require(scene.configuration.directory)
    scene.store.state.withLock {
      $0.beforeAppend = { _ in
        let path = Scene.newFolder()
        try? FileManager.default.copyItem(atPath: journal, toPath: path)
        copy.withLock { $0 = path }
      }
    }
    #expect(try scene.run(to: 2) == "2m firing | fires")
    scene.store.state.withLock { $0.beforeAppend = nil }
    let journaled = copy.withLock { $0 }
    let before: String = try #require(journaled)
    try scene.kill(before)
    #expect(scene.alerts == "firing")
    #expect(try scene.run(to: 3) == "3m firing | fires")
    #expect(scene.told.words.withLock { $0.map(\.update.alert.startsAt) } == [.minutes(2), .minutes(2)])
  }

  @Test func `an alert that ended while nobody looked is told to have ended`() throws {
    let scene = try Scene.durable()
    try scene.load("groups: [{name: g, rules: [{alert: A, expr: down > 0}]}]")
    scene.series("down", "7 7 7 7 7")
    try scene.run(to: 5)
    try scene.skip(to: 40)
    try scene.kill()
    #expect(try scene.run(to: 41) == "41m | resolved")
    let last = try #require(scene.told.words.withLock { $0.last })
    #expect(last.update.alert.startsAt == .minutes(1))
    #expect(last.update.alert.endsAt == .minutes(41))
  }

  @Test(arguments: [(59, "firing"), (61, "pending")])
  func `what is pending goes on within the outage tolerance and begins anew beyond it`(_ outage: Int, _ state: String) throws {
    let scene = try Scene.durable()
    try scene.load("groups: [{name: g, rules: [{alert: A, expr: vector(1), for: 30m}]}]")
    try scene.run(to: 3)
    try scene.skip(to: 3 + outage)
    try scene.kill()
    #expect(try scene.run(to: 4 + outage).split(separator: " ")[1] == state)
  }

  @Test func `a resolved alert is told again after a restart until its 15 minutes are over`() throws {
    let scene = try Scene.durable()
    try scene.load("groups: [{name: g, rules: [{alert: A, expr: down > 0}]}]")
    scene.series("down", "1 0")
    #expect(try scene.run(to: 2) == "1m firing | fires\n2m | resolved")
    try scene.kill()
    #expect(try scene.run(to: 4) == "3m | resolved\n4m")
    try scene.skip(to: 17)
    try scene.kill()
    #expect(try scene.run(to: 18) == "18m")
  }

  @Test func `rules that are gone are forgotten, also when they come back later`() throws {
    let scene = try Scene.durable()
    let rules = "groups: [{name: g, rules: [{alert: A, expr: vector(1), for: 3m}]}]"
    try scene.load(rules)
    try scene.run(to: 2)
    try scene.load("groups: []")
    try scene.kill()
    try scene.load(rules)
    try scene.kill()
    #expect(scene.alerts == "")
    #expect(try scene.run(to: 3) == "3m pending")
  }

  // MARK: As Prometheus does

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var last: Sample
    var holdFor: PromDuration
    var expected: Timestamp?
    var testDescription: String { name }
  }

  /// At minute 100, with a grace period of 10 minutes.
  static let cases = [
    Case(name: "it was firing", last: Sample(.minutes(90), 60 * 60), holdFor: .minutes(30), expected: .minutes(60)),
    Case(
      name: "little was left: the grace period is", last: Sample(.minutes(90), 65 * 60), holdFor: .minutes(30),
      expected: .minutes(80)),
    Case(
      name: "much was left: the outage does not count", last: Sample(.minutes(90), 75 * 60), holdFor: .minutes(30),
      expected: .minutes(85)),
    Case(name: "it had ended", last: Sample(.minutes(90), Staleness.marker), holdFor: .minutes(30), expected: nil),
    Case(name: "no time at all", last: Sample(.minutes(90), .infinity), holdFor: .minutes(30), expected: nil),
  ]

  @Test(arguments: cases)
  func `since when an alert is pending`(_ one: Case) {
    let restore = HoldRestore(outageTolerance: .hours(1), gracePeriod: .minutes(10))
    #expect(restore.activeAt(by: one.last, at: .minutes(100), holdFor: one.holdFor) == one.expected)
  }

  @Test func `as Prometheus, nothing is written before the second pass has restored for`() throws {
    let scene = try Scene(RulesConfiguration(restore: .prometheus))
    scene.store.state.withLock { _ in }
    try scene.load(
      """
      groups:
      - name: g
        rules:
        - {alert: Long, expr: vector(1), for: 30m}
        - {alert: Short, expr: vector(1), for: 9m}
      """)
    try scene.run(to: 22)
    #expect(scene.samples("ALERTS_FOR_STATE", ["alertname": "Long"]).hasPrefix("3m:60 4m:60 "))
    try scene.skip(to: 30)
    try scene.restart()
    try scene.run(to: 31)
    #expect(scene.rule(0).alerting?.alerts.map(\.activeAt) == [.minutes(31)])
    try scene.run(to: 32)
    // 21 of 30 minutes were spent at 22m; the 10 minutes until 32m do not count, but 9 minutes would be less than the grace period.
    #expect(scene.rule(0).alerting?.alerts.map(\.activeAt) == [.minutes(32 + 10 - 30)])
    #expect(scene.rule(1).alerting?.alerts.map(\.activeAt) == [.minutes(31)])
    #expect(scene.samples("ALERTS_FOR_STATE", ["alertname": "Long"]).hasSuffix("22m:60"))
    try scene.run(to: 33)
    #expect(scene.samples("ALERTS_FOR_STATE", ["alertname": "Long"]).hasSuffix("22m:60 33m:720"))
    #expect(scene.samples("ALERTS_FOR_STATE", ["alertname": "Short"]).hasSuffix("33m:1860"))
  }
}

import AlertModel
import Foundation
import PromQLEngine
import RuleModel
import SeriesModel
import Synchronization
import Testing

@testable import Rules

/// What stays and what ends when other rules are loaded.
struct ReloadTests {
  static let base = """
    groups:
    - name: g
      rules:
      - {alert: A, expr: down > 0, for: 3m, labels: {severity: page}}
      - {record: copy, expr: down}
    """

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var rules: String
    var after: String
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "the same content", rules: base, after: "4m firing | fires"),
    Case(name: "an annotation", rules: base.replacing("for: 3m", with: "for: 3m, annotations: {a: b}"), after: "4m firing | fires"),
    Case(name: "a shorter for", rules: base.replacing("3m", with: "2m"), after: "3m firing | fires"),
    Case(name: "another expression", rules: base.replacing("down > 0", with: "down >= 1"), after: "4m firing | fires"),
    Case(
      name: "rules in another order", rules: base.replacing("  rules:", with: "  rules:\n  - {record: new, expr: down}"),
      after: "4m firing | fires"),
    Case(name: "the group's offset", rules: base.replacing("- name: g", with: "- name: g\n  limit: 5"), after: "4m firing | fires"),
    Case(
      name: "another group beside it", rules: base + "\n- {name: h, rules: [{record: more, expr: down}]}",
      after: "4m firing | fires"),
    Case(name: "other labels: another rule", rules: base.replacing("page", with: "mail"), after: "6m firing | fires"),
    Case(name: "another name: another rule", rules: base.replacing("alert: A", with: "alert: B"), after: "6m firing | fires"),
    Case(name: "another group's name: another rule", rules: base.replacing("name: g", with: "name: h"), after: "6m firing | fires"),
  ]

  @Test(arguments: cases)
  func `an alert goes on when its rule is the same one`(_ one: Case) throws {
    let scene = try Scene()
    try scene.load(Self.base)
    scene.series("down", "1 1 1 1 1 1 1 1")
    try scene.run(to: 2)
    try scene.load(one.rules)
    let lines = try scene.run(to: 8).split(separator: "\n")
    let first = try #require(lines.first { $0.contains("fires") })
    #expect(first.replacing(#/\{.*?\} /#, with: "") == one.after)
  }

  @Test func `rules with equal keys keep their alerts in their order`() throws {
    let rules = "groups: [{name: g, rules: [{alert: A, expr: a > 0, for: 2m}, {alert: A, expr: b > 0, for: 2m}]}]"
    let scene = try Scene()
    try scene.load(rules)
    scene.series("a", ["v": "a"], "1 1 1")
    scene.series("b", ["v": "b"], "0 1 1 1")
    try scene.run(to: 2)
    try scene.load(rules.replacing("name: g", with: "name: g, limit: 9"))
    #expect(try scene.run(to: 3) == #"3m {v="a"} firing, {v="b"} pending | {v="a"} fires"#)
  }

  @Test func `series of a rule that is gone end two intervals later`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{record: a, expr: vector(1)}, {record: b, expr: vector(2)}]}]")
    try scene.run(to: 2)
    try scene.load("groups: [{name: g, rules: [{record: b, expr: vector(2)}]}]")
    try scene.run(to: 6)
    #expect(scene.samples("a") == "1m:1 2m:1 4m:stale")
    #expect(scene.samples("b") == "1m:2 2m:2 3m:2 4m:2 5m:2 6m:2")
  }

  @Test func `series of a group that is gone end two intervals later, ALERTS among them`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, interval: 2m, rules: [{alert: A, expr: vector(1), for: 1h}, {record: b, expr: vector(2)}]}]")
    try scene.run(to: 3)
    try scene.load("groups: []")
    try scene.run(to: 12)
    #expect(scene.samples("ALERTS", ["alertname": "A", "alertstate": "pending"]) == "2m:1 8m:stale")
    #expect(scene.samples("ALERTS_FOR_STATE", ["alertname": "A"]) == "2m:120 8m:stale")
    #expect(scene.samples("b") == "2m:2 8m:stale")
    let removed = scene.events.all.withLock { $0.filter { if case .removed = $0 { true } else { false } } }
    #expect(removed == [.removed(GroupID(file: "rules.yml", name: "g"), AlertCounts(pending: 1))])
  }

  @Test func `a group with a new name takes the series over`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{record: a, expr: vector(1)}, {record: b, expr: vector(2)}]}]")
    try scene.run(to: 2)
    try scene.load("groups: [{name: h, rules: [{record: a, expr: vector(1)}]}]")
    try scene.run(to: 6)
    #expect(scene.samples("a") == "1m:1 2m:1 3m:1 4m:1 5m:1 6m:1")
    #expect(scene.samples("b") == "1m:2 2m:2 4m:stale")
  }

  @Test func `a group with a new interval goes on with the grid of that interval`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{alert: A, expr: vector(1), for: 4m}]}]")
    #expect(try scene.run(to: 3) == "1m pending\n2m pending\n3m pending")
    try scene.load("groups: [{name: g, interval: 5m, rules: [{alert: A, expr: vector(1), for: 4m}]}]")
    #expect(try scene.run(to: 5).hasSuffix("4m pending\n5m firing | fires"))
    let samples = scene.samples("ALERTS", ["alertname": "A", "alertstate": "pending"])
    #expect(samples == "1m:1 2m:1 3m:1 5m:stale")
  }

  @Test func `reloading the same rules neither repeats nor delays a pass`() throws {
    let scene = try Scene()
    try scene.load(Self.base)
    scene.series("down", "1 2 3 4")
    try scene.run(to: 1)
    for _ in 0..<3 {
      try scene.load(Self.base)
      _ = scene.ruler.run(through: scene.time.monotonic())
    }
    try scene.run(to: 3)
    #expect(scene.samples("copy") == "1m:1 2m:2 3m:3")
  }

  @Test func `an interval of 0 is the default one`() throws {
    let scene = try Scene()
    try scene.ruler.load([RuleFile(name: "f", groups: [RuleGroup(name: "x", interval: .zero, rules: [])])])
    #expect(scene.ruler.snapshot().map(\.interval) == [RulesConfiguration().evaluationInterval])
  }

  @Test func `what cannot be loaded leaves everything as it was`() throws {
    let scene = try Scene(RulesConfiguration(groupLimit: 2))
    try scene.load("groups: [{name: g, rules: [{record: a, expr: vector(1)}]}]")
    #expect(throws: RulesError.tooManyGroups(limit: 2, count: 3)) { try scene.load("groups: [{name: a}, {name: b}, {name: c}]") }
    let file = RuleFile(name: "f", groups: [RuleGroup(name: "x", rules: [])])
    #expect(throws: RulesError.repeatedGroup(GroupID(file: "f", name: "x"))) { try scene.ruler.reload([file, file]) }
    try scene.run(to: 1)
    #expect(scene.ruler.snapshot().map(\.name) == ["g"])
    #expect(scene.samples("a") == "1m:1")
  }

  @Test func `new external labels reach all groups`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{alert: A, expr: vector(1)}]}]")
    try scene.run(to: 1)
    scene.configuration.externalLabels = ["site": "north"]
    try scene.load("groups: [{name: g, rules: [{alert: A, expr: vector(1)}]}]")
    try scene.run(to: 3)
    #expect(scene.told.words.withLock { $0.map(\.update.alert.labels["site"]) } == [nil, "north"])
  }

  /// Time is short: a query that hangs is ended by the reload, and its pass leaves nothing.
  @Test(.timeLimit(.minutes(1))) func `a pass of a replaced group is cut short`() throws {
    let scene = try Scene()
    let begun = Atomic<Bool>(false)
    scene.hook = { text, cancellation in
      guard text == "hangs" else { return }
      begun.store(true, ordering: .releasing)
      while !cancellation.isCanceled { _ = usleep(1000) }
    }
    try scene.restart()
    try scene.load("groups: [{name: g, rules: [{record: a, expr: vector(1)}, {record: b, expr: hangs}]}]")
    try scene.skip(to: 1)
    scene.ruler.start(threads: 2)
    while !begun.load(ordering: .acquiring) { _ = usleep(1000) }
    try scene.load("groups: [{name: g, rules: [{record: a, expr: vector(1)}]}]")
    #expect(scene.samples("a") == "none")
    #expect(scene.ruler.snapshot()[0].rules[0].health == .unknown)
    scene.ruler.stop()
  }

  @Test(.timeLimit(.minutes(1))) func `stopping cuts passes short and lets nothing begin`() throws {
    let scene = try Scene()
    let begun = Atomic<Int>(0)
    scene.hook = { _, cancellation in
      begun.add(1, ordering: .relaxed)
      while !cancellation.isCanceled { _ = usleep(1000) }
    }
    try scene.restart()
    try scene.load("groups: [{name: g, rules: [{record: a, expr: x}]}, {name: h, rules: [{record: b, expr: x}]}]")
    try scene.skip(to: 1)
    scene.ruler.start(threads: 2)
    while begun.load(ordering: .relaxed) < 2 { _ = usleep(1000) }
    scene.ruler.stop()
    try scene.skip(to: 2)
    _ = scene.ruler.run(through: scene.time.monotonic())
    #expect(begun.load(ordering: .relaxed) == 2)
    #expect(scene.store.state.withLock { $0.appends } == 0)
  }
}

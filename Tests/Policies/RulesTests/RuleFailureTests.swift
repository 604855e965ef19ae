import AlertModel
import SeriesModel
import Testing

@testable import Rules

/// What goes wrong with one rule, and what does not go wrong with the others.
struct RuleFailureTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var rule: String
    var limit = 0
    var error: String
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "a query that fails", rule: "alert: A, expr: unreadable", error: "the data is unreadable"),
    Case(name: "an expression that cannot be prepared", rule: "alert: A, expr: sum(down)", error: "sum(down) is not supported"),
    Case(name: "a text", rule: "record: a, expr: '\"text\"'", error: "rule result is not a vector or scalar"),
    Case(
      name: "alerts with equal labels", rule: "alert: A, expr: down, labels: {job: ''}",
      error: "vector contains metrics with the same labelset after applying alert labels"),
    Case(
      name: "series with equal labels", rule: "record: a, expr: down, labels: {job: same}",
      error: "vector contains metrics with the same labelset after applying rule labels"),
    Case(name: "more alerts than the limit", rule: "alert: A, expr: down", limit: 1, error: "exceeded limit of 1 with 2 alerts"),
    Case(name: "more series than the limit", rule: "record: a, expr: down", limit: 1, error: "exceeded limit of 1 with 2 series"),
  ]

  @Test(arguments: cases)
  func `a rule that fails writes and tells nothing, and the next one goes on`(_ one: Case) throws {
    let scene = try Scene()
    try scene.load(
      """
      groups:
      - name: g
        limit: \(one.limit)
        rules:
        - {\(one.rule)}
        - {record: b, expr: vector(7)}
      """)
    scene.series("down", ["job": "x"], "1")
    scene.series("down", ["job": "y"], "1")
    #expect(scene.rule(0).health == .unknown)
    #expect(try scene.run(to: 1) == "1m")
    #expect(scene.rule(0).health == .err)
    #expect(scene.rule(0).lastError == one.error)
    #expect(scene.rule(1).health == .ok)
    #expect(scene.samples("b") == "1m:7")
    #expect(scene.store.state.withLock { $0.series.count } == 3)
  }

  @Test func `a rule that cannot be prepared is told when it is loaded`() throws {
    let scene = try Scene()
    let broken = try scene.load("groups:\n- name: g\n  rules:\n  - record: a\n    expr: sum(x)\n  - record: b\n    expr: x")
    #expect(broken.map(\.name) == ["a"])
    #expect(broken.map(\.group) == [GroupID(file: "rules.yml", name: "g")])
    #expect(broken.map(\.reason) == ["sum(x) is not supported"])
  }

  @Test func `a failed pass leaves the alert where it was`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{alert: A, expr: down, for: 2m}]}]")
    scene.series("down", "1 1 1 1")
    try scene.run(to: 1)
    try scene.load("groups: [{name: g, rules: [{alert: A, expr: unreadable, for: 2m}]}]")
    #expect(try scene.run(to: 2) == "2m pending")
    #expect(scene.rule(0).health == .err)
    try scene.load("groups: [{name: g, rules: [{alert: A, expr: down, for: 2m}]}]")
    #expect(try scene.run(to: 3) == "3m firing | fires")
  }

  @Test func `beyond the limit the alerts are dropped and begin anew`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, limit: 1, rules: [{alert: A, expr: down > 0, for: 1m}]}]")
    scene.series("down", ["job": "x"], "1 1 1 1 1")
    scene.series("down", ["job": "y"], "0 0 1 0 0")
    let expected = """
      1m {job="x"} pending
      2m {job="x"} firing | {job="x"} fires
      3m
      4m {job="x"} pending
      5m {job="x"} firing | {job="x"} fires
      """
    #expect(try scene.run(to: 5) == expected)
    let labels: LabelSet = ["alertname": "A", "job": "x", "alertstate": "firing"]
    #expect(scene.samples("ALERTS", labels) == "2m:1 4m:stale 5m:1")
  }

  @Test func `a template that fails gives its error as the text`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{alert: A, expr: down, annotations: {a: '{{ template \"none\" }}', b: fine}}]}]")
    scene.series("down", "1")
    try scene.run(to: 1)
    let alert = try #require(scene.rule(0).alerting?.alerts.first)
    #expect(alert.annotations["a"]?.hasPrefix("<error expanding template: ") == true)
    #expect(alert.annotations["b"] == "fine")
    #expect(scene.rule(0).health == .ok)
  }

  @Test func `a template queries what its rule sees`() throws {
    let scene = try Scene()
    try scene.load(
      """
      groups:
      - name: g
        rules:
        - {record: copy, expr: down}
        - {alert: A, expr: down, annotations: {a: '{{ range query "copy" }}{{ .Labels.job }}={{ .Value }}{{ end }}'}}
      """)
    scene.series("down", ["job": "x"], "3")
    try scene.run(to: 1)
    #expect(scene.rule(1).alerting?.alerts.first?.annotations == ["a": "x=3"])
  }

  @Test func `alerts are told when nothing can be stored, and their series end later`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{alert: A, expr: down > 0}]}]")
    scene.series("down", "0 1 1 1 1")
    try scene.run(to: 2)
    scene.series("down", "")
    try scene.skip(to: 3)
    try scene.write(["__name__": "down"], 0)
    scene.store.fail(.full("no room"))
    _ = scene.ruler.run(through: scene.time.monotonic())
    #expect(scene.told.words.withLock { $0.map(\.update.resolved) } == [false, true])
    #expect(scene.rule(0).health == .err)
    #expect(scene.rule(0).lastError == "no room")
    scene.store.fail(nil)
    try scene.run(to: 4)
    #expect(scene.told.words.withLock { $0.count } == 2)
    #expect(scene.samples("ALERTS", ["alertname": "A", "alertstate": "firing"]) == "2m:1 4m:stale")
    #expect(scene.rule(0).health == .ok)
  }

  @Test func `a sample that somebody else has written fails the rule, not the pass`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{record: a, expr: vector(1)}, {record: b, expr: vector(2)}]}]")
    scene.series("a", "_ 9")
    try scene.run(to: 2)
    #expect(scene.samples("a") == "1m:1 2m:9")
    #expect(scene.samples("b") == "1m:2 2m:2")
    #expect(scene.rule(0).lastError == "duplicate sample for timestamp")
    #expect(scene.rule(1).health == .ok)
  }

  @Test func `a series that the sink has dropped is resolved anew in the same pass`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{record: a, expr: vector(1)}, {record: b, expr: vector(2)}]}]")
    try scene.run(to: 1)
    scene.store.drop(["__name__": "a"])
    try scene.run(to: 2)
    #expect(scene.samples("a") == "1m:1 2m:1")
    #expect(scene.rule(0).health == .ok)
  }

  @Test func `what changes in a rule's health is told once`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, limit: 1, rules: [{record: a, expr: down > 0}]}]")
    scene.series("down", ["job": "x"], "1 1 1 1")
    scene.series("down", ["job": "y"], "1 1 0 0")
    try scene.run(to: 4)
    let id = RuleID(file: "rules.yml", group: "g", name: "a")
    let told = scene.events.all.withLock {
      $0.filter { event in
        switch event {
        case .failing, .recovered: true
        default: false
        }
      }
    }
    #expect(told == [.failing(id, .tooManySeries(limit: 1, count: 2)), .recovered(id)])
  }
}

import AlertModel
import PromQLEngine
import SeriesModel
import Testing

@testable import Rules

/// Alerts over time: what is pending, firing and told, minute by minute.
struct AlertScenarioTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var rule: String
    var values: String
    var expected: String
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "without for an alert fires in its first pass and resolves in the first without it", rule: "expr: down > 0",
      values: "0 1 1 0 0",
      expected: """
        1m
        2m firing | fires
        3m firing
        4m | resolved
        5m
        """),
    Case(
      name: "a pending alert is held back until for is over", rule: "expr: down > 0\n    for: 2m", values: "1 1 1 1 0",
      expected: """
        1m pending
        2m pending
        3m firing | fires
        4m firing
        5m | resolved
        """),
    Case(
      name: "for is counted from the first pass after a gap", rule: "expr: down > 0\n    for: 2m", values: "1 1 0 1 1 1",
      expected: """
        1m pending
        2m pending
        3m
        4m pending
        5m pending
        6m firing | fires
        """),
    Case(
      name: "a for shorter than the interval fires in the second pass", rule: "expr: down > 0\n    for: 10s", values: "1 1",
      expected: """
        1m pending
        2m firing | fires
        """),
    Case(
      name: "keep_firing_for holds an alert that is missed", rule: "expr: down > 0\n    keep_firing_for: 2m", values: "1 0 0 0 0",
      expected: """
        1m firing | fires
        2m kept
        3m kept | fires
        4m | resolved
        5m
        """),
    Case(
      name: "an alert that is seen again while it is kept goes on firing", rule: "expr: down > 0\n    keep_firing_for: 2m",
      values: "1 0 1 0 0 0",
      expected: """
        1m firing | fires
        2m kept
        3m firing | fires
        4m kept
        5m kept | fires
        6m | resolved
        """),
    Case(
      name: "an alert that comes back is a new one", rule: "expr: down > 0\n    for: 1m", values: "1 1 0 1 1",
      expected: """
        1m pending
        2m firing | fires
        3m | resolved
        4m pending
        5m firing | fires
        """),
    Case(
      name: "a series that ends resolves its alert", rule: "expr: down > 0", values: "1 x",
      expected: """
        1m firing | fires
        2m | resolved
        """),
    Case(
      name: "a silent series is seen for the look-back, and its alert resolves then", rule: "expr: down > 0", values: "1",
      expected: """
        1m firing | fires
        2m firing
        3m firing | fires
        4m firing
        5m firing | fires
        6m | resolved
        """),
  ]

  @Test(arguments: cases)
  func `an alert's life`(_ one: Case) throws {
    let scene = try Scene()
    try scene.load("groups:\n- name: g\n  rules:\n  - alert: Down\n    \(one.rule)")
    scene.series("down", one.values)
    #expect(try scene.run(to: one.expected.split(separator: "\n").count) == one.expected)
  }

  @Test func `a resolved alert is told again for 15 minutes and then forgotten`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{alert: Down, expr: down > 0}]}]")
    scene.series("down", "1 0" + String(repeating: " 0", count: 30))
    let lines = try scene.run(to: 24).split(separator: "\n")
    // Resolved at 2m; told then and in every second pass, because the delay of one minute has to be more than over; at 18m it is
    // forgotten.
    #expect(lines.indices.filter { lines[$0].contains("resolved") } == [1, 3, 5, 7, 9, 11, 13, 15])
  }

  @Test func `what is told says when the alert began, how long it holds and where it comes from`() throws {
    let scene = try Scene(RulesConfiguration(externalLabels: ["site": "north", "job": "outer"], externalURL: "http://here:1"))
    try scene.load(
      """
      groups:
      - name: g
        rules:
        - alert: Down
          expr: down > 0
          for: 1m
          labels: {severity: page}
          annotations: {summary: "{{ $labels.job }} is {{ $value }} in {{ $externalLabels.site }}"}
      """)
    scene.series("down", ["job": "api"], "3 4 0")
    try scene.run(to: 3)
    let words = scene.told.words.withLock { $0 }
    let labels: LabelSet = ["alertname": "Down", "job": "api", "severity": "page", "site": "north"]
    let url = "http://here:1/graph?g0.expr=down+%3E+0&g0.tab=1"
    #expect(words.map(\.rule) == Array(repeating: RuleID(file: "rules.yml", group: "g", name: "Down"), count: 2))
    #expect(
      words.map(\.update) == [
        AlertUpdate(
          alert: Alert(
            labels: labels, annotations: ["summary": "api is 4 in north"], startsAt: .minutes(2), endsAt: .minutes(6),
            generatorURL: url),
          resolved: false),
        AlertUpdate(
          alert: Alert(
            labels: labels, annotations: ["summary": "api is 4 in north"], startsAt: .minutes(2), endsAt: .minutes(3),
            generatorURL: url),
          resolved: true),
      ])
  }

  @Test func `each label set lives for itself`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{alert: Down, expr: down > 0, for: 1m}]}]")
    scene.series("down", ["job": "a"], "1 1 1 0")
    scene.series("down", ["job": "b"], "0 1 1 1")
    let expected = """
      1m {job="a"} pending
      2m {job="a"} firing, {job="b"} pending | {job="a"} fires
      3m {job="a"} firing, {job="b"} firing | {job="b"} fires
      4m {job="b"} firing | {job="a"} resolved
      """
    #expect(try scene.run(to: 4) == expected)
  }

  @Test func `ALERTS and ALERTS_FOR_STATE follow the alert and end with it`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{alert: Down, expr: down > 0, for: 1m, labels: {alertstate: mine}}]}]")
    scene.series("down", ["job": "a"], "0 1 1 1 0 0")
    try scene.run(to: 6)
    let alert: LabelSet = ["alertname": "Down", "job": "a"]
    #expect(scene.samples("ALERTS", alert.setting("alertstate", "pending")) == "2m:1 3m:stale")
    #expect(scene.samples("ALERTS", alert.setting("alertstate", "firing")) == "3m:1 4m:1 5m:stale")
    #expect(scene.samples("ALERTS_FOR_STATE", alert.setting("alertstate", "mine")) == "2m:120 3m:120 4m:120 5m:stale")
  }

  @Test func `query_offset moves queries and samples, not the alert's times`() throws {
    let scene = try Scene()
    try scene.load(
      """
      groups:
      - name: g
        query_offset: 1m
        rules:
        - {alert: Down, expr: down > 0}
        - {record: copy, expr: down}
      """)
    scene.series("down", "0 1 1 0 0")
    #expect(try scene.run(to: 5) == "1m\n2m\n3m firing | fires\n4m firing\n5m | resolved")
    #expect(scene.samples("ALERTS", ["alertname": "Down", "alertstate": "firing"]) == "2m:1 3m:1 4m:stale")
    #expect(scene.samples("ALERTS_FOR_STATE", ["alertname": "Down"]) == "2m:180 3m:180 4m:stale")
    #expect(scene.samples("copy") == "1m:0 2m:1 3m:1 4m:0")
  }
}

extension Timestamp {
  static func minutes(_ n: Int64) -> Timestamp { Timestamp(milliseconds: n * 60_000) }
}

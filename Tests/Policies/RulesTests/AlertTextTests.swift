import SeriesModel
import Testing

@testable import Rules

/// Texts that alerts carry.
struct AlertTextTests {
  @Test(arguments: [
    ("up == 0", "up+%3D%3D+0"), ("a{b=~\"x|y\"}[5m]", "a%7Bb%3D~%22x%7Cy%22%7D%5B5m%5D"), ("a_b-c.d~e", "a_b-c.d~e"),
    ("x + 1 % 2 & ü", "x+%2B+1+%25+2+%26+%C3%BC"),
  ])
  func `an expression in a query`(_ text: String, _ expected: String) {
    #expect(GeneratorURL.text(externalURL: "http://h:1/p", expression: text) == "http://h:1/p/graph?g0.expr=\(expected)&g0.tab=1")
  }

  @Test func `labels come from the result, the rule and the name, in this order`() throws {
    let scene = try Scene()
    try scene.load(
      """
      groups:
      - name: g
        rules:
        - alert: A
          expr: raw
          labels: {job: "was {{ $labels.job }}", gone: "{{ $labels.none }}", alertname: mine, new: "{{ .Labels.__name__ }}"}
      """)
    scene.series("raw", ["job": "x", "gone": "y", "kept": "z"], "1")
    try scene.run(to: 1)
    #expect(
      scene.rule(0).alerting?.alerts.map(\.labels) == [["alertname": "A", "job": "was x", "kept": "z", "new": "raw"]])
  }

  @Test func `a snapshot tells of rules as they are written`() throws {
    let scene = try Scene()
    try scene.load(
      """
      groups:
      - name: g
        interval: 30s
        limit: 7
        labels: {team: t}
        rules:
        - {alert: A, expr: "raw>0", for: 1m, keep_firing_for: 5m, labels: {s: "{{ $value }}"}, annotations: {a: "{{ $value }}"}}
        - {record: r, expr: raw}
      """)
    let group = try #require(scene.ruler.snapshot().first)
    #expect(group.file == "rules.yml" && group.name == "g" && group.interval == .seconds(30) && group.limit == 7)
    #expect(group.lastEvaluation == nil && group.rules.map(\.health) == [.unknown, .unknown])
    #expect(group.rules.map(\.query) == ["raw > 0", "raw"])
    #expect(group.rules[0].labels == [Label("s", "{{ $value }}"), Label("team", "t")])
    let alerting = try #require(group.rules[0].alerting)
    #expect(alerting.holdFor == .minutes(1) && alerting.keepFiringFor == .minutes(5))
    #expect(alerting.annotations == [Label("a", "{{ $value }}")] && alerting.alerts == [])
    #expect(group.rules[1].alerting == nil)
  }
}

import SeriesModel
import Testing

@testable import Rules

/// Groups over time: order, grid, series that begin and end.
struct GroupScenarioTests {
  @Test func `a rule reads what the rules before it wrote in the same pass`() throws {
    let scene = try Scene()
    try scene.load(
      """
      groups:
      - name: g
        rules:
        - {record: first, expr: raw > 0}
        - {record: second, expr: first}
        - {alert: Down, expr: second, labels: {severity: page}}
        - {alert: Meta, expr: 'ALERTS{alertname="Down",alertstate="firing"}'}
      """)
    scene.series("raw", ["job": "x"], "1 2 0 0")
    let down = #"{job="x", severity="page"}"#
    let meta = #"{alertstate="firing", job="x", severity="page"}"#
    let expected = """
      1m \(down) firing, \(meta) firing | \(down) fires, \(meta) fires
      2m \(down) firing, \(meta) firing
      3m | \(down) resolved, \(meta) resolved
      4m
      """
    #expect(try scene.run(to: 4) == expected)
    #expect(scene.samples("first", ["job": "x"]) == "1m:1 2m:2 3m:stale")
    #expect(scene.samples("second", ["job": "x"]) == "1m:1 2m:2 3m:stale")
    // Minute by minute: the script's sample, and one append of the pass.
    #expect(scene.store.state.withLock { $0.appends } == 4 + 3)
  }

  @Test func `a rule does not read what a rule behind it writes`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{record: late, expr: early}, {record: early, expr: raw}]}]")
    scene.series("raw", "1 2 3")
    try scene.run(to: 3)
    #expect(scene.samples("late") == "2m:1 3m:2")
  }

  @Test func `a recording rule sets its name and labels over those of the result`() throws {
    let scene = try Scene()
    try scene.load(
      "groups: [{name: g, labels: {team: a, zone: z}, rules: [{record: copy, expr: raw, labels: {team: b, job: ''}}]}]")
    scene.series("raw", ["job": "x", "team": "c"], "5")
    try scene.run(to: 1)
    #expect(scene.samples("copy", ["team": "b", "zone": "z"]) == "1m:5")
  }

  @Test func `a scalar is a series without labels`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{record: a, expr: '3'}, {alert: Always, expr: '3'}]}]")
    #expect(try scene.run(to: 1) == "1m firing | fires")
    #expect(scene.samples("a") == "1m:3")
  }

  @Test func `series that change their labels end and begin in one pass`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{record: copy, expr: raw > 0}]}]")
    scene.series("raw", ["v": "1"], "1 0 1 1")
    scene.series("raw", ["v": "2"], "0 1 0 1")
    try scene.run(to: 4)
    #expect(scene.samples("copy", ["v": "1"]) == "1m:1 2m:stale 3m:1 4m:1")
    #expect(scene.samples("copy", ["v": "2"]) == "2m:1 3m:stale 4m:1")
  }

  @Test func `of two rules that write one series the first counts, and no end is told while one writes`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{record: copy, expr: raw > 0}, {record: copy, expr: other}]}]")
    scene.series("raw", "1 0 2")
    scene.series("other", "7 8 9")
    try scene.run(to: 3)
    #expect(scene.samples("copy") == "1m:1 2m:8 3m:2")
  }

  @Test func `groups have their own intervals on one grid`() throws {
    let scene = try Scene(RulesConfiguration(evaluationInterval: .minutes(2)))
    try scene.load(
      """
      groups:
      - {name: slow, rules: [{record: slow, expr: vector(1)}]}
      - {name: fast, interval: 1m, rules: [{record: fast, expr: vector(1)}]}
      - {name: odd, interval: 3m, rules: [{record: odd, expr: vector(1)}]}
      """)
    try scene.run(to: 6)
    #expect(scene.samples("fast") == "1m:1 2m:1 3m:1 4m:1 5m:1 6m:1")
    #expect(scene.samples("slow") == "2m:1 4m:1 6m:1")
    #expect(scene.samples("odd") == "3m:1 6m:1")
  }

  @Test func `a late pass is skipped and counted, and the next one has the next grid time`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{record: a, expr: vector(1)}]}]")
    try scene.run(to: 1)
    try scene.skip(to: 4)
    scene.time.advance(by: .seconds(20))
    #expect(scene.ruler.run(through: scene.time.monotonic()) == scene.time.monotonic() + .seconds(40))
    #expect(scene.samples("a") == "1m:1 4m:1")
    let passes = scene.events.all.withLock { $0.compactMap { if case .passed(let report) = $0 { report } else { nil } } }
    #expect(passes.map(\.missed) == [0, 2])
    #expect(passes.map(\.time) == [.minutes(1), .minutes(4)])
    #expect(scene.ruler.snapshot()[0].lastEvaluation == .minutes(4))
  }

  @Test func `missed passes count for for, as the time goes by`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{alert: A, expr: vector(1), for: 3m}]}]")
    #expect(try scene.run(to: 1) == "1m pending")
    try scene.skip(to: 4)
    #expect(try scene.run(to: 5) == "5m firing | fires")
  }

  @Test func `a clock that is set back brings no pass twice`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{record: a, expr: vector(1)}]}]")
    try scene.run(to: 3)
    try scene.skip(to: 1)
    try scene.run(to: 4)
    #expect(scene.samples("a") == "1m:1 2m:1 3m:1 4m:1")
  }

  @Test func `a report says what a pass brought`() throws {
    let scene = try Scene()
    try scene.load("groups: [{name: g, rules: [{record: a, expr: raw}, {alert: A, expr: raw > 1}, {record: b, expr: unreadable}]}]")
    scene.series("raw", "1 2")
    try scene.run(to: 2)
    guard case .passed(let report) = scene.events.all.withLock({ $0.last })! else {
      Issue.record("no report")
      return
    }
    #expect(
      report
        == PassReport(
          group: GroupID(file: "rules.yml", name: "g"), time: .minutes(2), missed: 0, seconds: 0, rules: 3, failures: 1, samples: 3,
          alerts: AlertCounts(firing: 1), alertsBefore: AlertCounts(), updates: 1))
  }
}

import PromQLSyntax
import SeriesModel
import SourceText
import Testing

@testable import RuleModel

@Suite struct RuleFileReaderTests {
  static func headlines(_ text: String) -> [String] {
    let source = SourceFile(name: "r.yml", text: text)
    let (file, diagnostics) = RuleFileReader.read(source)
    #expect((file == nil) == diagnostics.contains { $0.severity == .error })
    return diagnostics.map { diagnostic in
      let place = source.location(of: diagnostic.range.lower)
      return "\(place.line):\(place.column) \(diagnostic.message) [\(diagnostic.check)]"
    }
  }

  @Test func `a whole file is read`() throws {
    let text = """
      groups:
        - name: g
          interval: 30s
          query_offset: 1m
          limit: 5
          labels: {team: core, severity: info}
          rules:
            - record: job:up:sum
              expr: |
                sum by (job) (
                  up
                )
            - alert: Down
              expr: up == 0
              for: 5m
              keep_firing_for: 1m30s
              labels: {severity: page}
              annotations:
                summary: "{{ $labels.instance }} is down"
        - name: empty
      """
    let (file, diagnostics) = RuleFileReader.read(name: "r.yml", bytes: Array(text.utf8))
    #expect(diagnostics.isEmpty)
    let group = try #require(file?.groups.first)
    #expect(file?.groups.map(\.name) == ["g", "empty"])
    #expect(group.interval == .seconds(30) && group.queryOffset == .minutes(1) && group.limit == 5)
    guard case .recording(let recording) = group.rules[0], case .alerting(let alerting) = group.rules[1] else {
      Issue.record("the kinds are wrong")
      return
    }
    #expect(recording.labels == [Label("severity", "info"), Label("team", "core")])
    #expect("\(recording.expr)" == "sum by (job) (up)")
    #expect(alerting.labels == [Label("severity", "page"), Label("team", "core")])
    #expect(alerting.holdFor == .minutes(5) && alerting.keepFiringFor == .seconds(90))
    #expect(alerting.annotations == [Label("summary", "{{ $labels.instance }} is down")])
    // `up` of the block scalar stands in line 11, column 13.
    let source = SourceFile(name: "r.yml", text: text)
    let offset = try #require(recording.places?.expr.text.utf8.firstRange(of: "up".utf8)?.lowerBound)
    let inner = recording.places!.expr.text.utf8.distance(from: recording.places!.expr.text.startIndex, to: offset)
    #expect(source.location(of: recording.places!.expr.offset(inner)) == SourceLocation(line: 11, column: 13))
  }

  @Test(arguments: [
    "", "# nothing\n", "groups:", "groups: []", "null", "groups:\n-\n- name: a\n  rules:\n  -\n  ~: x\n",
    "groups:\n- name: a\n---\n: : bad [\n",
    "groups:\n- name: a\n  interval:\n  rules:\n",
  ])
  func `files without rules are fine`(_ text: String) {
    #expect(Self.headlines(text).isEmpty)
  }

  @Test(
    arguments: [
      ("[]", ["1:1 expected a rule file as a mapping, found a sequence [yaml/type]"]),
      ("groups: {}", ["1:9 expected a sequence for \"groups\", found a mapping [yaml/type]"]),
      ("grups: []", ["1:1 unknown field \"grups\", did you mean \"groups\"? [yaml/unknown-field]"]),
      (
        "groups:\n- name:\n- {}\n",
        [
          "2:3 a rule group needs a name that is not empty [rule/group-name]",
          "3:3 a rule group needs a name that is not empty [rule/group-name]",
          "3:3 the group name \"\" is repeated in this file [rule/group-name]",
        ]
      ),
      ("groups:\n- name: a\n- name: a\n", ["3:9 the group name \"a\" is repeated in this file [rule/group-name]"]),
      ("groups:\n- name: a\n  rules:\n  - expr: 1\n", ["4:5 a rule needs a record or an alert [rule/kind]"]),
      (
        "groups:\n- name: a\n  rules:\n  - record: r\n    alert: b\n    expr: 1\n",
        ["5:5 a rule has either a record or an alert, not both [rule/kind]"]
      ),
      ("groups:\n- name: a\n  rules:\n  - record: r\n", ["4:5 a rule needs an expr [rule/kind]"]),
      (
        "groups:\n- name: a\n  rules:\n  - record: r\n    expr: [1]\n",
        ["5:11 expected a string for \"expr\", found a sequence [yaml/type]"]
      ),
      (
        "groups:\n- name: a\n  rules:\n  - record: r{}\n    expr: 1\n    for: 1s\n    keep_firing_for: 1s\n    annotations: {a: b}\n",
        [
          "4:13 a recorded name cannot have braces [rule/record-name]", "6:5 a recording rule cannot have for [rule/field]",
          "7:5 a recording rule cannot have keep_firing_for [rule/field]",
          "8:5 a recording rule cannot have annotations [rule/field]",
        ]
      ),
      (
        "groups:\n- name: a\n  labels: {__name__: x, \"\": y}\n",
        ["3:12 a rule cannot set the label __name__ [rule/label-name]", "3:25 a label name cannot be empty [rule/label-name]"]
      ),
      (
        "groups:\n- name: a\n  interval: 5 minutes\n",
        ["3:13 interval: unknown unit \" minutes\" in duration \"5 minutes\" [rule/duration]"]
      ),
      ("groups:\n- name: a\n  limit: '5'\n", ["3:10 expected a whole number for \"limit\", found \"5\" [yaml/type]"]),
      (
        "groups:\n- name: a\n  rules:\n  - alert: x\n    exprr: up\n    expr: >-\n      up ==\n      bool(\n",
        [
          "5:5 unknown field \"exprr\", did you mean \"expr\"? [yaml/unknown-field]",
          "8:12 unclosed left parenthesis [promql/lexical]",
        ]
      ),
      (
        "groups:\n- name: a\n  rules:\n  - alert: x\n    expr: |\n      sum(\n        rate(foo)\n      )\n",
        ["7:14 expected type range vector in call to function \"rate\", got instant vector [promql/type]"]
      ),
      (
        "groups:\n- name: a\n  rules:\n  - alert: x\n    expr: 1\n    annotations:\n      d: >\n        Instance {{ $labels.i }}\n        is {{ $lables.j }} down\n      e: \"{{ end }}\"\n",
        [
          "9:15 annotation \"d\": undefined variable \"$lables\" [template/syntax]",
          "10:14 annotation \"e\": unexpected {{end}} [template/syntax]",
        ]
      ),
    ] as [(String, [String])])
  func `what is wrong is said at its place`(_ text: String, _ expected: [String]) {
    #expect(Self.headlines(text) == expected)
  }

  @Test func `recording rules' labels are no templates`() {
    #expect(Self.headlines("groups:\n- name: a\n  rules:\n  - record: r\n    expr: 1\n    labels: {x: \"{{ nofunc }}\"}\n").isEmpty)
  }

  @Test func `too many rules are refused by name`() {
    let text = "groups:\n- name: a\n  rules: [" + String(repeating: "{record: r, expr: 1},", count: 20) + "]\n"
    let (file, diagnostics) = RuleFileReader.read(name: "r", bytes: Array(text.utf8), limits: RuleFileLimits(rules: 10))
    #expect(file == nil)
    #expect(diagnostics.map(\.check) == ["rule/limit"])
  }

  @Test func `features open newer syntax`() {
    let text = "groups:\n- name: a\n  rules:\n  - record: r\n    expr: sort_by_label(up, \"job\")\n"
    #expect(RuleFileReader.read(name: "r", bytes: Array(text.utf8)).0 == nil)
    #expect(RuleFileReader.read(name: "r", bytes: Array(text.utf8), features: .experimentalFunctions).0 != nil)
  }

  @Test func `a cut at any byte neither crashes nor hangs`() {
    let text = Array(
      "groups:\n- name: a\n  labels: &l {a: b}\n  rules:\n  - alert: x\n    expr: >-\n      rate(x[5m])\n       > 1\n    annotations: {<<: *l, c: \"{{ $value | humanize }}\"}\n"
        .utf8)
    for end in 0...text.count {
      let (file, diagnostics) = RuleFileReader.read(name: "cut", bytes: Array(text[..<end]))
      #expect(file != nil || !diagnostics.isEmpty)
    }
  }
}

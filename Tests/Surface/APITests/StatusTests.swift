import HTTPServer
import SeriesModel
import Testing

@testable import API

@Suite struct StatusTests {
  static let alert = AlertStatus(
    labels: LabelSet(["alertname": "A", "severity": "page"]), annotations: ["summary": "value is 7"], state: .firing,
    activeAt: Timestamp(milliseconds: 1_795_228_508_569), value: 7)
  static let groups = [
    RuleGroupStatus(
      name: "h", file: "/b.yml", interval: .seconds(60), limit: 3,
      rules: [
        RuleStatus(name: "r", query: "x", labels: [:]),
        RuleStatus(
          name: "B", query: "y", labels: ["team": "t"],
          alerting: .init(duration: .minutes(5), keepFiringFor: .zero, annotations: [:], alerts: [])),
      ]),
    RuleGroupStatus(
      name: "g", file: "/a.yml", interval: .milliseconds(1500),
      rules: [
        RuleStatus(
          name: "job:x", query: "sum by (job) (x)", labels: ["kind": "rec"], health: .ok, evaluationSeconds: 0.0004,
          lastEvaluation: Timestamp(milliseconds: 1_795_228_512_573)),
        RuleStatus(
          name: "A", query: "vector(7) > 1", labels: ["severity": "page"], health: .err, lastError: "no such thing",
          evaluationSeconds: 0.0002,
          lastEvaluation: Timestamp(milliseconds: 1_795_228_512_000),
          alerting: .init(
            duration: .zero, keepFiringFor: .seconds(90), annotations: ["summary": "value is {{ $value }}"], alerts: [alert])),
      ], evaluationSeconds: 0.0009, lastEvaluation: Timestamp(milliseconds: 1_795_228_512_573)),
  ]
  let fixture = Fixture(groups: groups)

  static let alertJSON =
    #"{"labels":{"alertname":"A","severity":"page"},"annotations":{"summary":"value is 7"},"state":"firing","#
    + #""activeAt":"2026-11-21T02:35:08.569Z","value":"7e+00"}"#

  @Test func `rules have the reference's shape, groups in order of file and name`() {
    let first =
      #"{"name":"g","file":"/a.yml","rules":[{"name":"job:x","query":"sum by (job) (x)","labels":{"kind":"rec"},"health":"ok","#
      + #""evaluationTime":0.0004,"lastEvaluation":"2026-11-21T02:35:12.573Z","type":"recording"},"#
      + #"{"state":"firing","name":"A","query":"vector(7) > 1","duration":0,"keepFiringFor":90,"labels":{"severity":"page"},"#
      + #""annotations":{"summary":"value is {{ $value }}"},"alerts":[\#(Self.alertJSON)],"health":"err","lastError":"no such thing","#
      + #""evaluationTime":0.0002,"lastEvaluation":"2026-11-21T02:35:12Z","type":"alerting"}],"#
      + #""interval":1.5,"limit":0,"evaluationTime":0.0009,"lastEvaluation":"2026-11-21T02:35:12.573Z"}"#
    let second =
      #"{"name":"h","file":"/b.yml","rules":[{"name":"r","query":"x","health":"unknown","evaluationTime":0,"#
      + #""lastEvaluation":"0001-01-01T00:00:00Z","type":"recording"},"#
      + #"{"state":"inactive","name":"B","query":"y","duration":300,"keepFiringFor":0,"labels":{"team":"t"},"annotations":{},"alerts":[],"#
      + #""health":"unknown","evaluationTime":0,"lastEvaluation":"0001-01-01T00:00:00Z","type":"alerting"}],"#
      + #""interval":60,"limit":3,"evaluationTime":0,"lastEvaluation":"0001-01-01T00:00:00Z"}"#
    #expect(fixture.get("rules") == (200, success(#"{"groups":[\#(first),\#(second)]}"#)))
  }

  @Test(arguments: [
    ("rules?type=record", ["job:x", "r"]), ("rules?type=alert", ["A", "B"]), ("rules?rule_name[]=A&rule_name[]=r", ["A", "r"]),
    ("rules?rule_group[]=h", ["r", "B"]), ("rules?file[]=/a.yml", ["job:x", "A"]), ("rules?match[]={kind='rec'}", ["job:x"]),
    ("rules?match[]={kind='rec'}&match[]={team='t'}", ["job:x", "B"]), ("rules?rule_name[]=zz", []),
    ("rules?group_limit=1", ["job:x", "A"]),
  ]) func `filters leave what was asked for`(_ target: String, _ names: [String]) {
    let body = fixture.get(target).body
    #expect(body.matches(of: /"name":"([^"]*)","query"/).map { String($0.output.1) } == names)
    if names.isEmpty { #expect(body == success(#"{"groups":[]}"#)) }
  }

  @Test func `pages follow each other by token`() throws {
    let first = fixture.get("rules?group_limit=1").body
    let token = try #require(first.firstMatch(of: /"groupNextToken":"([^"]+)"/)).output.1
    let second = fixture.get("rules?group_limit=1&group_next_token=\(token)").body
    #expect(second.contains(#""name":"h""#) && !second.contains("groupNextToken"))
    #expect(!fixture.get("rules?group_limit=2").body.contains("groupNextToken"))
  }

  @Test func `alerts can be left out`() {
    #expect(fixture.get("rules?exclude_alerts=true&type=alert").body.contains(#""alerts":null"#))
    #expect(fixture.get("alerts") == (200, success(#"{"alerts":[\#(Self.alertJSON)]}"#)))
    #expect(Fixture().get("alerts") == (200, success(#"{"alerts":[]}"#)))
  }

  @Test(arguments: [
    ("rules?type=x", #"invalid parameter "type": not supported value "x""#),
    (
      "rules?exclude_alerts=x",
      #"invalid parameter "exclude_alerts": error converting exclude_alerts: strconv.ParseBool: parsing "x": invalid syntax"#
    ),
    ("rules?match[]=x(", #"1:2: parse error: unexpected "(""#),
    (
      "rules?group_limit=x",
      #"invalid parameter "group_limit": group_limit needs to be a valid number: strconv.ParseInt: parsing "x": invalid syntax"#
    ),
    ("rules?group_limit=0", #"invalid parameter "group_limit": group_limit needs to be greater than 0"#),
    (
      "rules?group_next_token=abc",
      #"invalid parameter "group_next_token": group_limit needs to be present in order to paginate over the groups"#
    ),
    (
      "rules?group_limit=1&group_next_token=abc",
      #"invalid parameter "group_next_token": invalid group_next_token 'abc'. were rule groups changed?"#
    ),
    ("status/tsdb?limit=0", "limit must be a positive number"), ("status/tsdb?limit=x", "limit must be a positive number"),
  ]) func `refusals have the reference's words`(_ target: String, _ message: String) {
    #expect(fixture.get(target) == (400, failure("bad_data", message)))
  }

  static let ends = #""minTime":9223372036854775807,"maxTime":-9223372036854775808"#

  @Test(arguments: [
    ("status/buildinfo", #"{"version":"3.5.0","revision":"","branch":"","buildUser":"","buildDate":"","goVersion":""}"#),
    ("status/config", #"{"yaml":"global:\n  x: 1\n"}"#), ("status/flags", #"{"config.file":"a.yml","web.x":"1"}"#),
    ("status/walreplay", #"{"min":0,"max":0,"current":0}"#), ("scrape_pools", #"{"scrapePools":[]}"#), ("targets/metadata", "[]"),
    ("alertmanagers", #"{"activeAlertmanagers":[{"url":"http://h:9093/api/v2/alerts"}],"droppedAlertmanagers":[]}"#),
    ("notifications", "[]"),
    (
      "status/runtimeinfo",
      #"{"startTime":"1970-01-01T00:16:40Z","CWD":"/srv","hostname":"h","serverTime":"1970-01-01T01:23:20Z","reloadConfigSuccess":true,"#
        + #""lastConfigTime":"1970-01-01T00:33:20Z","corruptionCount":0,"goroutineCount":0,"GOMAXPROCS":0,"GOMEMLIMIT":0,"GOGC":"","GODEBUG":"","#
        + #""storageRetention":"15d"}"#
    ),
    (
      "status/tsdb?limit=2",
      #"{"headStats":{"numSeries":7,"numLabelPairs":0,"chunkCount":0,\#(ends)},"seriesCountByMetricName":[{"name":"up","value":4},"#
        + #"{"name":"down","value":3}],"labelValueCountByLabelName":[],"memoryInBytesByLabelName":[],"seriesCountByLabelValuePair":[]}"#
    ), ("targets", #"{"activeTargets":[],"droppedTargets":[],"droppedTargetCounts":{}}"#),
  ]) func `the rest of the system is told`(_ target: String, _ data: String) {
    #expect(fixture.get(target) == (200, success(data)))
  }

  @Test func `targets are shown by state and pool`() {
    var target = TargetStatus(
      labels: LabelSet(["job": "self"]), discoveredLabels: LabelSet(["__address__": "h:1"]), pool: "self",
      url: "http://h:1/metrics",
      interval: .seconds(15), timeout: .seconds(10))
    target.health = .up
    target.lastScrape = Timestamp(milliseconds: 1_000_000)
    target.lastScrapeSeconds = 0.01
    let dropped = TargetStatus(
      labels: nil, discoveredLabels: LabelSet(["__address__": "h:2"]), pool: "other", url: "", interval: .seconds(15),
      timeout: .seconds(10))
    let fixture = Fixture(targets: [target, dropped])
    let active =
      #"{"discoveredLabels":{"__address__":"h:1"},"labels":{"job":"self"},"scrapePool":"self","scrapeUrl":"http://h:1/metrics","#
      + #""globalUrl":"http://h:1/metrics","lastError":"","lastScrape":"1970-01-01T00:16:40Z","lastScrapeDuration":0.01,"health":"up","#
      + #""scrapeInterval":"15s","scrapeTimeout":"10s"}"#
    let gone = #"{"discoveredLabels":{"__address__":"h:2"},"scrapePool":"other"}"#
    #expect(
      fixture.get("targets").body
        == success(#"{"activeTargets":[\#(active)],"droppedTargets":[\#(gone)],"droppedTargetCounts":{"other":1,"self":0}}"#))
    #expect(
      fixture.get("targets?state=active").body
        == success(#"{"activeTargets":[\#(active)],"droppedTargets":[],"droppedTargetCounts":{}}"#))
    #expect(
      fixture.get("targets?scrapePool=other&state=dropped").body
        == success(#"{"activeTargets":[],"droppedTargets":[\#(gone)],"droppedTargetCounts":{"other":1}}"#))
    #expect(fixture.get("scrape_pools").body == success(#"{"scrapePools":["other","self"]}"#))
  }

  @Test func `what would change the store is refused`() {
    #expect(fixture.ask(.POST, "admin/tsdb/snapshot") == (500, failure("unavailable", "admin APIs disabled")))
    #expect(fixture.ask(.DELETE, "series") == (500, failure("internal", "not implemented")))
  }
}

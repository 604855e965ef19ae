import HTTPServer
import PromQLEngine
import PromQLSyntax
import SeriesModel
import Synchronization

@testable import API

/// Series held in an array; all of them are in every span that has a beginning.
final class ListedSeries: SeriesSource, SeriesView {
  let all: [LabelSet]
  let generation: UInt64 = 1
  init(_ all: [LabelSet]) { self.all = all.sorted() }

  func view() -> any SeriesView { self }

  func select(_ matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> SeriesSelection {
    let found = all.indices.filter { i in matchers.allSatisfy { $0.matches(all[i]) } }
    guard found.count <= limit else { throw .tooManySeries(limit: limit) }
    return SeriesSelection(refs: found.map { SeriesRef(UInt64($0)) }, labels: found.map { all[$0] })
  }

  func read(_ series: Span<SeriesRef>, in span: TimeSpan, into columns: inout SampleColumns) throws(SourceError) {
    for _ in 0..<series.count { columns.endRow() }
  }

  func summarize(_ series: Span<SeriesRef>, in span: TimeSpan, into summaries: inout [SeriesSummary]) throws(SourceError) -> Bool {
    false
  }

  func labelValues(_ name: String, where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String] {
    Set(try select(matchers, in: span, limit: limit).labels.compactMap { $0[name] }).sorted()
  }

  func labelNames(where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String] {
    Set(try select(matchers, in: span, limit: limit).labels.flatMap { $0.labels.map(\.name) }).sorted()
  }
}

/// Answers each query text with what a test says, and remembers what it was asked.
final class ScriptedBackend: QueryBackend {
  let answers: [String: Result<QueryResult, QueryError>]
  let asked = Mutex<[String]>([])
  init(_ answers: [String: Result<QueryResult, QueryError>]) { self.answers = answers }

  func instant(_ call: QueryCall, at time: Timestamp, until cancellation: Cancellation) throws(QueryError) -> QueryResult {
    note("\(call.text) at \(time.milliseconds) lookback \(call.lookback.map(\.description) ?? "-")", cancellation)
    return try answer(call)
  }

  func range(
    _ call: QueryCall, from start: Timestamp, through end: Timestamp, step: PromDuration, until cancellation: Cancellation
  ) throws(QueryError) -> QueryResult {
    note("\(call.text) from \(start.milliseconds) through \(end.milliseconds) step \(step)", cancellation)
    return try answer(call)
  }

  private func note(_ text: String, _ cancellation: Cancellation) {
    let end = cancellation.deadline.map { " until \($0.nanoseconds / 1_000_000)" } ?? ""
    asked.withLock { $0.append(text + end) }
  }

  private func answer(_ call: QueryCall) throws(QueryError) -> QueryResult {
    try (answers[call.text] ?? .success(QueryResult(value: .scalar(Sample(Timestamp(milliseconds: 1000), 1))))).get()
  }
}

struct Fixture {
  static let up = LabelSet(["__name__": "up", "instance": "a:1", "job": "self"])
  static let series = ListedSeries([
    up, LabelSet(["__name__": "up", "instance": "b:1", "job": "other"]),
    LabelSet(["__name__": "go_info", "job": "self", "version": "1"]),
    LabelSet(["__name__": "http", "http.status": "200"]),
  ])

  static func vector(_ values: [(LabelSet, Double)]) -> Result<QueryResult, QueryError> {
    let time = Timestamp(milliseconds: 1_795_227_720_250)
    return .success(QueryResult(value: .vector(values.map { VectorElement(labels: $0.0, timestamp: time, value: $0.1) })))
  }

  static func remarked() -> Result<QueryResult, QueryError> {
    var annotations = (1...12).map { Annotation(.warning, "PromQL warning: \($0) (1:1)") }
    annotations.append(Annotation(.info, "PromQL info: x (1:6)"))
    return .success(QueryResult(value: .vector([]), annotations: annotations))
  }

  let backend: ScriptedBackend
  let time = ManualTime(Timestamp(milliseconds: 5_000_000))
  let api: PrometheusAPI
  var pipeline: Pipeline

  init(groups: [RuleGroupStatus] = [], targets: [TargetStatus] = []) {
    backend = ScriptedBackend([
      "up": Self.vector([(Self.up, 1), (.empty, 0.1)]),
      "numbers": Self.vector([1e21, 1e-7, -.infinity, .nan, 1e20, 1e-6, -0.0, 1.5].map { (LabelSet.empty, $0) }),
      "\"a\"": .success(QueryResult(value: .string("a\"b\n", Timestamp(milliseconds: -1500)))),
      "1e21": .success(QueryResult(value: .scalar(Sample(Timestamp(milliseconds: 1250), 1e21)))),
      "1e-7": .success(QueryResult(value: .scalar(Sample(Timestamp(milliseconds: -500), 1e-7)))),
      "up[5m]": .success(
        QueryResult(
          value: .matrix([SeriesPoints(labels: LabelSet(["a": "\u{1}\\\"<"]), timestamps: [1000, 2500], values: [1, .infinity])]))),
      "remarked": Self.remarked(),
      "many": .failure(.execution("many-to-many matching not allowed: matching labels must be unique on one side")),
      "slow": .failure(.timeout("query timed out in expression evaluation")),
      "gone": .failure(.canceled("query was canceled in expression evaluation")),
      "fault": .failure(.internal("cannot read block")),
      "refused": .failure(.badData("native histograms are not supported")),
    ])
    var status = SystemStatus {
      var info = RuntimeInfo(
        startTime: Timestamp(milliseconds: 1_000_000), workingFolder: "/srv", hostName: "h",
        lastReload: Timestamp(milliseconds: 2_000_000))
      info.retention = "15d"
      return info
    }
    status.ruleGroups = { groups }
    status.targets = { targets }
    status.alertmanagers = { (["http://h:9093/api/v2/alerts"], []) }
    status.metadata = {
      [
        "up": [
          MetricMetadata(type: .gauge, help: "Whether \"it\" is up.", unit: ""),
          MetricMetadata(type: .counter, help: "other", unit: ""),
        ],
        "go_info": [MetricMetadata(type: .info, help: "Go", unit: "s")],
      ]
    }
    status.configuration = { "global:\n  x: 1\n" }
    status.flags = { ["web.x": "1", "config.file": "a.yml"] }
    status.storage = { _ in
      var info = StorageInfo()
      info.series = 7
      info.seriesByMetricName = [("up", 4), ("down", 3), ("x", 1)]
      return info
    }
    api = PrometheusAPI(
      backend: backend, source: Self.series, time: time,
      limits: {
        var limits = PrometheusAPI.Limits(); limits.series = 100; return limits
      }(),
      status: status)
    var router = Router()
    router.crossOrigin(under: "/api/v1", .any)
    api.mount(on: &router)
    pipeline = Pipeline(router)
  }

  func get(_ target: String) -> (status: Int, body: String) { ask(.GET, target) }

  func ask(_ method: HTTPMethod, _ target: String, type: String? = nil, body: String = "") -> (status: Int, body: String) {
    var headers = HTTPFields()
    if let type { headers["Content-Type"] = type }
    let response = pipeline.respond(to: Request(method, "/api/v1/" + target, headers: headers, body: Array(body.utf8))!)
    guard case .bytes(let bytes) = response.body else { return (response.status, "") }
    return (response.status, String(decoding: bytes, as: UTF8.self))
  }
}

/// What a success with this data looks like.
func success(_ data: String) -> String { #"{"status":"success","data":\#(data)}"# }
/// What a refusal looks like.
func failure(_ kind: String, _ message: String) -> String {
  let escaped = message.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  return #"{"status":"error","errorType":"\#(kind)","error":"\#(escaped)"}"#
}

extension ResponseBody {
  var bytes: [UInt8]? {
    switch self {
    case .bytes(let bytes): bytes
    case .shared(let shared): shared.bytes
    case .empty, .stream: nil
    }
  }
}

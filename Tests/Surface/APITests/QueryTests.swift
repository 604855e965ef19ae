import HTTPServer
import SeriesModel
import Testing

@testable import API

@Suite struct QueryTests {
  @Test(arguments: [
    (
      "query?query=up",
      success(
        #"{"resultType":"vector","result":[{"metric":{"__name__":"up","instance":"a:1","job":"self"},"value":[1795227720.250,"1"]},"#
          + #"{"metric":{},"value":[1795227720.250,"0.1"]}]}"#)
    ),
    ("query?query=1", success(#"{"resultType":"scalar","result":[1,"1"]}"#)),
    ("query?query=1e21", success(#"{"resultType":"scalar","result":[1.25,"1000000000000000000000"]}"#)),
    ("query?query=1e-7", success(#"{"resultType":"scalar","result":[-0.5,"0.0000001"]}"#)),
    ("query?query=%22a%22", success(#"{"resultType":"string","result":[-1.5,"a\"b\n"]}"#)),
    (
      "query?query=up[5m]",
      success(#"{"resultType":"matrix","result":[{"metric":{"a":"\u0001\\\"<"},"values":[[1,"1"],[2.500,"+Inf"]]}]}"#)
    ),
    (
      "query?query=up&limit=1",
      String(
        success(
          #"{"resultType":"vector","result":[{"metric":{"__name__":"up","instance":"a:1","job":"self"},"value":[1795227720.250,"1"]}]}"#
        )
        .dropLast()) + #","warnings":["results truncated due to limit"]}"#
    ),
  ]) func `results have the reference's shapes`(_ target: String, _ expected: String) {
    #expect(Fixture().get(target) == (200, expected))
  }

  @Test func `values are the shortest texts that read back`() {
    let body = Fixture().get("query?query=numbers").body
    let values = body.matches(of: /\.250,"([^"]+)"/).map { String($0.output.1) }
    #expect(values == ["1e+21", "1e-07", "-Inf", "NaN", "100000000000000000000", "0.000001", "-0", "1.5"])
  }

  @Test func `remarks come after the data, ten of a kind`() {
    let body = Fixture().get("query?query=remarked").body
    let warnings = (1...10).map { "\"PromQL warning: \($0) (1:1)\"" }.joined(separator: ",")
    let tail = #","warnings":[\#(warnings),"2 more warning annotations omitted"],"infos":["PromQL info: x (1:6)"]}"#
    #expect(body == success(#"{"resultType":"vector","result":[]}"#).dropLast() + tail)
  }

  @Test func `a query's time begins with the arrival of its request`() throws {
    let fixture = Fixture()
    fixture.time.advance(by: .seconds(100))
    let now = fixture.time.monotonic()
    var request = Request(.GET, "/api/v1/query?query=1&timeout=30s&stats=1")!
    request.arrived = now + PromDuration(milliseconds: -10_000)
    let answer = try fixture.api.query(request).response()
    #expect(fixture.backend.asked.withLock { $0 }.first?.hasSuffix(" until \(now.nanoseconds / 1_000_000 + 20_000)") == true)
    #expect(String(decoding: answer.body.bytes ?? [], as: UTF8.self).contains(#""execQueueTime":10,"execTotalTime":10}"#))
    request.arrived = now + PromDuration(milliseconds: -30_000)
    #expect(throws: APIError(.timeout, "query timed out in expression evaluation")) { try fixture.api.query(request) }
  }

  @Test(
    arguments: [
      (
        Lane.Refusal.late, #"{"status":"error","errorType":"timeout","error":"query timed out in query queue"}"#, nil
      ),
      (
        .full,
        #"{"status":"error","errorType":"unavailable","error":"too many queries wait already: query.max-waiting is 1000, of which one client may hold half"}"#,
        "1"
      ),
      (
        .noRoom,
        #"{"status":"error","errorType":"unavailable","error":"too many bytes of answers are on their way already (web.max-answer-bytes)"}"#,
        "1"
      ),
    ] as [(Lane.Refusal, String, String?)])
  func `what has no turn or no room is refused in the API's shape`(_ refusal: Lane.Refusal, _ body: String, _ retry: String?) {
    let response = APIError(refusal, "query", PrometheusAPI.Limits()).response
    #expect(response.status == 503)
    #expect(response.headers["Retry-After"] == retry)
    #expect(String(decoding: response.body.bytes ?? [], as: UTF8.self) == body)
  }

  @Test func `statistics are shown when asked for`() {
    let fixture = Fixture()
    #expect(fixture.get("query?query=1&stats=1").body.contains(#","stats":{"timings":{"evalTotalTime":0,"#))
    #expect(
      fixture.get("query_range?query=1&start=1&end=2&step=1&stats=all").body.contains(
        #""samples":{"totalQueryableSamples":0,"peakSamples":0}}}}"#))
    #expect(!fixture.get("query?query=1").body.contains("stats"))
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var target: String
    var status = 400
    var kind = "bad_data"
    var message: String
    var testDescription: String { target }
    init(_ target: String, _ message: String, status: Int = 400, kind: String = "bad_data") {
      (self.target, self.message, self.status, self.kind) = (target, message, status, kind)
    }
  }

  @Test(arguments: [
    Refusal(
      "query?query=1&time=x", #"invalid parameter "time": invalid time value for 'time': cannot parse "x" to a valid timestamp"#),
    Refusal(
      "query?query=1&time=0x10",
      #"invalid parameter "time": invalid time value for 'time': cannot parse "0x10" to a valid timestamp"#),
    Refusal(
      "query?query=1&time=NaN", #"invalid parameter "time": invalid time value for 'time': cannot parse "NaN" to a valid timestamp"#
    ),
    Refusal(
      "query?query=1&time=1e30",
      #"invalid parameter "time": invalid time value for 'time': cannot parse "1e30" to a valid timestamp"#),
    Refusal("query?query=up(", #"invalid parameter "query": 1:4: parse error: unclosed left parenthesis"#),
    Refusal("query", #"invalid parameter "query": unknown position: parse error: no expression found in input"#),
    Refusal("query?query=1&timeout=x", #"invalid parameter "timeout": cannot parse "x" to a valid duration"#),
    Refusal(
      "query?query=1&timeout=1e30", #"invalid parameter "timeout": cannot parse "1e30" to a valid duration. It overflows int64"#),
    Refusal("query?query=1&timeout=-1", "query timed out in expression evaluation", status: 503, kind: "timeout"),
    Refusal("query?query=1&lookback_delta=x", #"error parsing lookback delta duration: cannot parse "x" to a valid duration"#),
    Refusal("query?query=1&limit=x", #"invalid parameter "limit": strconv.Atoi: parsing "x": invalid syntax"#),
    Refusal("query?query=1&limit=-1", #"invalid parameter "limit": limit must be non-negative"#),
    Refusal(
      "query?query=1&limit=99999999999999999999",
      #"invalid parameter "limit": strconv.Atoi: parsing "99999999999999999999": value out of range"#),
    Refusal("query?query=1&limit=1.5", #"invalid parameter "limit": strconv.Atoi: parsing "1.5": invalid syntax"#),
    Refusal(
      "query?query=many", "many-to-many matching not allowed: matching labels must be unique on one side", status: 422,
      kind: "execution"),
    Refusal("query?query=slow", "query timed out in expression evaluation", status: 503, kind: "timeout"),
    Refusal("query?query=gone", "query was canceled in expression evaluation", status: 499, kind: "canceled"),
    Refusal("query?query=fault", "cannot read block", status: 500, kind: "internal"),
    Refusal("query?query=refused", #"invalid parameter "query": native histograms are not supported"#),
    Refusal("query_range?query=1", #"invalid parameter "start": cannot parse "" to a valid timestamp"#),
    Refusal("query_range?query=1&start=1", #"invalid parameter "end": cannot parse "" to a valid timestamp"#),
    Refusal("query_range?query=1&start=1&end=2", #"invalid parameter "step": cannot parse "" to a valid duration"#),
    Refusal("query_range?query=1&start=x&end=2&step=1", #"invalid parameter "start": cannot parse "x" to a valid timestamp"#),
    Refusal("query_range?query=1&start=3&end=2&step=1", #"invalid parameter "end": end timestamp must not be before start time"#),
    Refusal(
      "query_range?query=1&start=1&end=2&step=0",
      #"invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer"#),
    Refusal(
      "query_range?query=1&start=1&end=2&step=1e-10",
      #"invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer"#),
    Refusal(
      "query_range?query=1&start=1&end=11002&step=1",
      "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"),
    Refusal(
      "query_range?query=up[5m]&start=1&end=2&step=1",
      #"invalid parameter "query": invalid expression type "range vector" for range query, must be Scalar or instant Vector"#),
    Refusal(
      "query_range?query=%22a%22&start=1&end=2&step=1",
      #"invalid parameter "query": invalid expression type "string" for range query, must be Scalar or instant Vector"#),
    Refusal(
      "query_range?query=up(&start=1&end=2&step=1", #"invalid parameter "query": 1:4: parse error: unclosed left parenthesis"#),
    Refusal("format_query?query=(", #"invalid parameter "query": 1:2: parse error: unclosed left parenthesis"#),
    Refusal("parse_query", #"invalid parameter "query": unknown position: parse error: no expression found in input"#),
    Refusal("query_exemplars?query=up(", "1:4: parse error: unclosed left parenthesis"),
    Refusal("query_exemplars?query=up&start=2&end=1", "end timestamp must not be before start timestamp"),
  ]) func `refusals have the reference's words`(_ refusal: Refusal) {
    #expect(Fixture().get(refusal.target) == (refusal.status, failure(refusal.kind, refusal.message)))
  }

  @Test(arguments: [
    ("query?query=1", "1 at 5000000 lookback - until 5120000"),
    ("query?query=1&time=1000.25&timeout=30", "1 at 1000250 lookback - until 5030000"),
    ("query?query=1&time=&timeout=1h", "1 at 5000000 lookback - until 5120000"),
    ("query?query=1&time=2020-01-02T03:04:05.678%2B02:00&lookback_delta=1m", "1 at 1577927045678 lookback 1m until 5120000"),
    ("query?query=1&time=-1e3&lookback_delta=-5", "1 at -1000000 lookback - until 5120000"),
    ("query_range?query=1&start=1&end=11001&step=1", "1 from 1000 through 11001000 step 1s until 5120000"),
    ("query_range?query=1&start=1.0004&end=1.0006&step=1h30m", "1 from 1000 through 1001 step 1h30m until 5120000"),
  ]) func `parameters reach the engine`(_ target: String, _ expected: String) {
    let fixture = Fixture()
    #expect(fixture.get(target).status == 200)
    #expect(fixture.backend.asked.withLock { $0 } == [expected])
  }

  @Test func `a form counts before the URL, another body is not read`() {
    let fixture = Fixture()
    _ = fixture.ask(.POST, "query?time=9", type: "application/x-www-form-urlencoded", body: "query=1%2b1&time=5")
    #expect(fixture.backend.asked.withLock { $0 } == ["1+1 at 5000 lookback - until 5120000"])
    #expect(fixture.ask(.POST, "query", type: "application/json", body: "query=1").status == 400)
    #expect(fixture.ask(.PUT, "query").status == 405)
    #expect(fixture.get("nothing") == (404, "404 page not found\n"))
  }
}

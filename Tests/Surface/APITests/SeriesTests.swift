import HTTPServer
import SeriesModel
import Testing

@testable import API

@Suite struct SeriesTests {
  static let truncated = #","warnings":["results truncated due to limit"]}"#

  @Test(arguments: [
    ("series?match[]=up{job='self'}", success(#"[{"__name__":"up","instance":"a:1","job":"self"}]"#)),
    (
      "series?match[]=up&match[]={job='self'}&limit=3",
      success(
        #"[{"__name__":"go_info","job":"self","version":"1"},{"__name__":"up","instance":"a:1","job":"self"},{"__name__":"up","instance":"b:1","job":"other"}]"#
      )
    ),
    ("series?match[]=up&limit=1", success(#"[{"__name__":"up","instance":"a:1","job":"self"}]"#).dropLast() + truncated),
    ("series?match[]=nothing", success("[]")),
    ("series?match[]=up&start=5&end=2", success("[]")),
    ("labels", success(#"["__name__","http.status","instance","job","version"]"#)),
    ("labels?match[]=up", success(#"["__name__","instance","job"]"#)),
    ("labels?match[]=up&limit=1", success(#"["__name__"]"#).dropLast() + truncated),
    ("label/job/values", success(#"["other","self"]"#)),
    ("label/U__job/values", success(#"["other","self"]"#)),
    ("label/U__http_2e_status/values", success(#"["200"]"#)),
    ("label/http.status/values", success(#"["200"]"#)),
    ("label/nothing/values", success("[]")),
    ("label/job/values?match[]=go_info&match[]=http", success(#"["self"]"#)),
    ("query_exemplars?query=up&start=1&end=2", success("[]")),
    ("metadata?metric=go_info", success(#"{"go_info":[{"type":"info","unit":"s","help":"Go"}]}"#)),
    (
      "metadata?limit_per_metric=1&limit=5",
      success(
        #"{"go_info":[{"type":"info","unit":"s","help":"Go"}],"up":[{"type":"gauge","unit":"","help":"Whether \"it\" is up."}]}"#)
    ),
    ("metadata?limit=0", success("{}")),
    ("metadata?metric=nothing", success("{}")),
  ]) func `names and series are listed`(_ target: String, _ expected: String) {
    #expect(Fixture().get(target) == (200, expected))
  }

  @Test(arguments: [
    ("series", "no match[] parameter provided"),
    ("series?match[]={}", #"invalid parameter "match[]": match[] must contain at least one non-empty matcher"#),
    ("series?match[]={x=~'.*'}", #"invalid parameter "match[]": match[] must contain at least one non-empty matcher"#),
    ("series?match[]=up(", #"invalid parameter "match[]": 1:3: parse error: unexpected "(""#),
    (
      "series?match[]=up&start=x",
      #"invalid parameter "start": invalid time value for 'start': cannot parse "x" to a valid timestamp"#
    ),
    ("series?match[]=up&limit=x", #"invalid parameter "limit": strconv.Atoi: parsing "x": invalid syntax"#),
    ("labels?match[]={}", "match[] must contain at least one non-empty matcher"),
    ("labels?match[]=(", #"1:1: parse error: unexpected "(""#),
    ("label/job/values?end=x", #"invalid parameter "end": invalid time value for 'end': cannot parse "x" to a valid timestamp"#),
    ("metadata?limit=x", "limit must be a number"), ("metadata?limit_per_metric=x", "limit_per_metric must be a number"),
  ]) func `refusals have the reference's words`(_ target: String, _ message: String) {
    #expect(Fixture().get(target) == (400, failure("bad_data", message)))
  }

  @Test(arguments: [
    ("U__http_2e_status", "http.status"), ("U__job", "job"), ("U__a__b", "a_b"), ("U__x_zz_", "U__x_zz_"), ("U__x_2e", "U__x_2e"),
    ("U___1f30a_", "🌊"), ("job", "job"), ("U__a_110000_", "U__a_110000_"), ("U__x_", "U__x_"),
  ]) func `escaped names are read, broken ones stand for themselves`(_ text: String, _ name: String) {
    #expect(EscapedName.decode(text) == name)
  }

  @Test(arguments: ["series?match[]=up", "labels?match[]=up", "label/job/values?match[]=up"])
  func `a client that leaves, or a time that is over, ends the search`(_ target: String) {
    let fixture = Fixture()
    let late = fixture.get(target + "&timeout=0")
    #expect(late.status == 503)
    #expect(late.body.contains(#""errorType":"timeout""#))
    let request = Request(.GET, "/api/v1/" + target)!
    request.client.leave()
    #expect(fixture.pipeline.respond(to: request).status == 499)
  }
}

import Foundation
import SeriesModel
import Testing

@testable import TidemarkCommand

@Suite struct QueryTests {
  func answer(_ json: String) throws -> QueryAnswer { try JSONDecoder().decode(QueryAnswer.self, from: Data(json.utf8)) }

  func render(_ json: String, _ output: QueryCommand.Output) throws -> String {
    String(decoding: QueryCommand.rendered(try answer(json), Array(json.utf8), output, coloured: false), as: UTF8.self)
  }

  let vector = #"""
    {"status":"success","data":{"resultType":"vector","result":[
      {"metric":{"__name__":"up","job":"a"},"value":[1700000000,"1"]},
      {"metric":{"__name__":"up","job":"b, \"c\""},"value":[1700000000.25,"+Inf"]}]}}
    """#

  @Test func `a vector as a table`() throws {
    let lines = [
      #"up{job="a"}         1     2023-11-14T22:13:20Z"#, #"up{job="b, \"c\""}  +Inf  2023-11-14T22:13:20.250Z"#, "",
    ]
    #expect(try render(vector, .table) == lines.joined(separator: "\n"))
  }

  @Test func `a vector as CSV, quoted where it must be`() throws {
    #expect(
      try render(vector, .csv) == "__name__,job,timestamp,value\r\nup,a,1700000000,1\r\nup,\"b, \"\"c\"\"\",1700000000.250,+Inf\r\n"
    )
  }

  @Test func `a plot goes from corner to corner and names its series`() throws {
    let json = #"""
      {"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"job":"a"},"values":[[0,"0"],[60,"50"],[120,"100"],[180,"NaN"]]}]}}
      """#
    let lines = try render(json, .plot).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 20 + 2 + 1 + 1)
    #expect(lines[0].hasPrefix("100 ┤") && !lines[0].hasSuffix(" "), "the highest value is at the end of the first line")
    #expect(lines[19].hasPrefix("  0 ┤") && !lines[19].hasPrefix("  0 ┤ "), "\(lines[19])")
    #expect(lines[22] == #"● {job="a"}"#)
    #expect(lines[0].count == 100)
  }

  @Test func `where points are missing there is no line, and the axis is what was asked for`() throws {
    let json = #"""
      {"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"job":"a","zone":"z"},"values":[[0,"1"],[10,"1"],[20,"1"],[80,"1"],[90,"1"],[100,"1"]]},
        {"metric":{"job":"b","zone":"z"},"values":[[0,"3"],[10,"3"]]}]}}
      """#
    let text = String(
      decoding: QueryCommand.rendered(try answer(json), [], .plot, coloured: false, over: 0...200), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[21].hasSuffix("1970-01-01T00:03:20Z"))
    #expect(lines[22...24] == [#"all: {zone="z"}"#, #"● {job="a"}"#, #"● {job="b"}"#])
    let low = lines[19]
    let drawn = low.drop { $0 != "┤" }.dropFirst().map { $0 != " " }
    // A tenth of the width, nothing, a tenth, nothing.
    let runs = drawn.split(whereSeparator: { !$0 }).map(\.count)
    #expect(runs.count == 2, "\(low)")
    #expect(drawn.first == true && drawn.last == false, "\(low)")
  }

  @Test func `an axis has round numbers`() {
    #expect(PlotAxis(from: 0.3, through: 9.7, ticks: 5).ticks == [0, 2, 4, 6, 8, 10])
    #expect(PlotAxis(from: 2, through: 2, ticks: 5).ticks == [1, 1.5, 2, 2.5, 3])
    #expect(PlotAxis(from: -1e-3, through: 1.1e-3, ticks: 4).ticks == [-0.001, 0, 0.001, 0.002])
    for (low, high) in [(-1e308, 1e308), (1e300, 1e300), (0, .leastNonzeroMagnitude), (1e16, 1e16 + 2)] {
      let axis = PlotAxis(from: low, through: high, ticks: 5)
      #expect(axis.low <= low && axis.high >= high, "\(low) \(high): \(axis)")
    }
  }

  @Test func `the largest numbers make a picture as well`() throws {
    let json = #"""
      {"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{},"values":[[0,"-1.7e308"],[10,"1.7e308"],[20,"0"]]}]}}
      """#
    #expect(try render(json, .plot).contains("└"))
  }

  @Test func `mistakes in an expression are shown at their places`() {
    let refusal = QueryRefusal(kind: "bad_data", reason: #"invalid parameter "query": 1:6: parse error: unexpected …"#)
    let text = refusal.places(in: "sum (")
    #expect(text.contains("query:1:6"), "\(text)")
    #expect(text.contains("^"))
    #expect(QueryRefusal(kind: "execution", reason: "too much").places(in: "sum (") == "")
  }

  @Test func `nothing finite makes no picture`() throws {
    let json = #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[0,"NaN"]]}]}}"#
    #expect(try render(json, .plot) == "nothing to plot\n")
  }

  @Test func `a range ends now and has a hundred steps`() throws {
    let request = try QueryCommand.parse(["up", "--last", "1h"]).request(now: Timestamp(milliseconds: 7_200_000))
    #expect(request.isRange)
    #expect(request.parameters.map(\.value) == ["up", "3600.000", "7200.000", "36s"])
  }

  @Test func `times before 1970 are times`() throws {
    let request = try QueryCommand.parse(["up", "--start", "1969-12-31T23:59:58.500Z", "--end", "0.25"]).request(
      now: Timestamp(milliseconds: 0))
    #expect(request.parameters.map(\.value) == ["up", "-1.500", "0.250", "1s"])
  }

  @Test func `a bad time names its flag`() {
    let error = #expect(throws: SettingError.self) {
      try QueryCommand.parse(["up", "--start", "yesterday"]).request(now: Timestamp(milliseconds: 0))
    }
    #expect(error?.description == #"--start is "yesterday", expected Unix seconds or an RFC 3339 time"#)
  }
}

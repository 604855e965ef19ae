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
    #expect(lines[0].hasPrefix("  100 ┤") && !lines[0].hasSuffix(" "), "the highest value is at the end of the first line")
    #expect(lines[19].hasPrefix("    0 ┤") && !lines[19].hasPrefix("    0 ┤ "), "\(lines[19])")
    #expect(lines[22] == #"● {job="a"}"#)
    #expect(lines[0].count == 100)
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

  @Test func `a bad time names its flag`() {
    let error = #expect(throws: SettingError.self) {
      try QueryCommand.parse(["up", "--start", "yesterday"]).request(now: Timestamp(milliseconds: 0))
    }
    #expect(error?.description == #"--start is "yesterday", expected Unix seconds or an RFC 3339 time"#)
  }
}

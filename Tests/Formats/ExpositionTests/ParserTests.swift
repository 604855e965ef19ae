import SeriesModel
import SourceText
import Testing

@testable import Exposition

struct ParserTests {
  static func parse(_ text: String, _ format: ExpositionFormat = .text, _ mode: ExpositionParser.Mode = .strict) -> ExpositionPage {
    ExpositionParser(format, mode).parse(Array(text.utf8))
  }

  @Test func `a text page becomes samples and metadata`() {
    let page = Self.parse(
      #"""
      # HELP runs_total Runs \\ with \n.
      # TYPE runs_total counter
      # whatever
      runs_total{workflow="a\"b\\c\nd\z",status="failed",} 2 1600000000123
      depth -1.5e3
      {"agent.runs", x="1"} +Inf
      """# + "\n")
    #expect(page.diagnostics == [])
    #expect(page.metadata["runs_total"] == MetricMetadata(type: .counter, help: "Runs \\ with \n.", unit: ""))
    #expect(
      page.samples == [
        ExpositionSample(
          name: "runs_total", labels: [Label("workflow", "a\"b\\c\nd\\z"), Label("status", "failed")], value: 2,
          timestamp: Timestamp(milliseconds: 1_600_000_000_123)),
        ExpositionSample(name: "depth", labels: [], value: -1500),
        ExpositionSample(name: "agent.runs", labels: [Label("x", "1")], value: .infinity),
      ])
    #expect(page.samples[2].series == LabelSet(["__name__": "agent.runs", "x": "1"]))
  }

  @Test func `an OpenMetrics page becomes samples with exemplars`() {
    let page = Self.parse(
      """
      # TYPE lag_seconds histogram
      # UNIT lag_seconds seconds
      # HELP lag_seconds Lag
      lag_seconds_bucket{le="1.0"} 2 # {trace="x y"} 0.5 12.5
      lag_seconds_bucket{le="+Inf"} 3
      lag_seconds_count 3
      lag_seconds_sum 4.5
      # EOF
      """, .openMetrics)
    #expect(page.diagnostics == [])
    #expect(page.metadata["lag_seconds"] == MetricMetadata(type: .histogram, help: "Lag", unit: "seconds"))
    #expect(
      page.samples[0].exemplar
        == ExpositionSample.Exemplar(labels: [Label("trace", "x y")], value: 0.5, timestamp: Timestamp(milliseconds: 12_500)))
    #expect(page.samples.map(\.value) == [2, 3, 3, 4.5])
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    /// `^` stands before the place of the error.
    var text: String
    var message: String
    var format = ExpositionFormat.text
    var testDescription: String { text }
  }

  static let wrong: [Wrong] = [
    Wrong(text: "ok 1\na ^one\n", message: "the value is not a number"),
    Wrong(text: "a{b=^'c'} 1\n", message: "the value of b is not in double quotes"),
    Wrong(text: "a{b=\"c\",^b=\"d\"} 1\n", message: "b stands here twice"),
    Wrong(text: "a{b=^\"c} 1\n", message: "the value of b has no closing quote"),
    Wrong(text: "a{b^} 1\n", message: "b has no value"),
    Wrong(text: "a 1 ^1.5\n", message: "a timestamp is a whole number of milliseconds"),
    Wrong(text: "a 1 1 ^2\n", message: "nothing may follow the timestamp"),
    Wrong(text: "^{b=\"c\"} 1\n", message: "a sample needs a metric name"),
    Wrong(text: "# TYPE a ^bogus\n", message: "there is no type \"bogus\""),
    Wrong(text: "a 0^x1p-3\n", message: "the value is not a number"),
    Wrong(text: "a ^1e999\n", message: "the value is not a number"),
    Wrong(text: "a{b=\"c\"^ d} 1\n", message: "expected , or }", format: .openMetrics),
    Wrong(text: "^# a comment\n# EOF\n", message: "only # TYPE, # HELP, # UNIT and # EOF stand after #", format: .openMetrics),
    Wrong(text: "a 1\n# EOF\n^b 1\n", message: "nothing may follow # EOF", format: .openMetrics),
    Wrong(text: "a 1\n^", message: "page does not end with # EOF", format: .openMetrics),
    Wrong(text: "# UNIT a_seconds ^bytes\n# EOF\n", message: "a_seconds does not end in _bytes", format: .openMetrics),
  ]

  @Test(arguments: wrong)
  func `an error says where it is`(_ c: Wrong) {
    let place = c.text.utf8.firstIndex(of: UInt8(ascii: "^"))!
    let text = c.text.replacing("^", with: "")
    let page = Self.parse(text, c.format)
    let first = page.diagnostics.first
    #expect(first?.message == c.message)
    // Numbers are underlined from their beginning.
    let offset = c.text.utf8.distance(from: c.text.utf8.startIndex, to: place)
    #expect(
      first.map { $0.range.lower <= offset && offset <= $0.range.upper && offset - $0.range.lower <= 1 } == true,
      "\(first.debugDescription)")
  }

  @Test func `the strict parser tells every error, the scraper stops at the first`() {
    let text = "a one\nb 2\nc{ 3\n"
    #expect(Self.parse(text).diagnostics.count == 2)
    #expect(Self.parse(text).samples.map(\.name) == ["b"])
    #expect(Self.parse(text, .text, .scraper).diagnostics.count == 1)
  }

  @Test func `broken UTF-8 is an error with a place`() {
    for format in ExpositionFormat.allCases {
      let bytes = Array("a{b=\"".utf8) + [0xff] + Array("\"} 1\n# EOF\n".utf8)
      #expect(ExpositionParser(format, .scraper).parse(bytes).diagnostics.first?.message == "the value of b is not valid UTF-8")
    }
  }

  @Test func `any cut of a page is read or refused, never a trap`() {
    let page = Array(
      "# TYPE a histogram\n# HELP a x\\n\na_bucket{le=\"1.0\",x=\"\\\"\"} 1 1.5 # {a=\"b\"} 0.5 1\na_bucket{le=\"+Inf\",x=\"\"} 2e3\n# EOF\n"
        .utf8)
    for format in ExpositionFormat.allCases {
      for mode in [ExpositionParser.Mode.strict, .scraper] {
        for start in page.indices {
          for end in [start, page.count] {
            let cut = start == end ? Array(page[..<start]) : Array(page[start...])
            _ = ExpositionParser(format, mode).parse(cut)
          }
        }
      }
    }
  }
}

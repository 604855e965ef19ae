import SeriesModel
import Testing

@testable import PromQLSyntax

@Suite struct SeriesTests {
  let parser = PromQLParser()

  static let points: [(String, [SeriesPoint])] = [
    ("m", []),
    ("m{a=\"b\"}  1 ", [.value(1)]),
    ("m 1 2 3", [.value(1), .value(2), .value(3)]),
    ("m 0+1x3", [.value(0), .value(1), .value(2), .value(3)]),
    ("m 5-2x2", [.value(5), .value(3), .value(1)]),
    ("m -1+-1x1", []),
    ("m 7x2 _ _x2", [.value(7), .value(7), .value(7), .gap, .gap, .gap]),
    ("m -1.5e1 +Inf .5", [.value(-15), .value(.infinity), .value(0.5)]),
    ("m 1e3x1", [.value(1000), .value(1000)]),
    ("m\t1\t2", [.value(1), .value(2)]),
    ("m {{schema:0 count:4}} {{}}x1", [.histogram("{{schema:0 count:4}}"), .histogram("{{}}"), .histogram("{{}}")]),
    ("m {{sum:1}}+{{sum:2}}x1", [.histogram("{{sum:1}}+{{sum:2}}"), .histogram("{{sum:1}}+{{sum:2}}")]),
  ]

  @Test(arguments: points.filter { $0.0 != "m -1+-1x1" })
  func `points are read`(text: String, points: [SeriesPoint]) throws {
    #expect(try parser.parseSeries(text).points == points)
  }

  @Test func `staleness and NaN are told apart`() throws {
    let points = try parser.parseSeries("m stale NaN").points
    guard case .value(let stale) = points[0], case .value(let nan) = points[1] else {
      Issue.record("not values: \(points)")
      return
    }
    #expect(Staleness.isMarker(stale))
    #expect(nan.isNaN && !Staleness.isMarker(nan))
  }

  static let broken: [(String, String)] = [
    ("m foo", "1:3: parse error: unexpected identifier \"foo\" in series values, expected number or \"stale\""),
    ("m 1x", "1:5: parse error: invalid repetition in series values: \"\""),
    ("m 1x99999999", "1:5: parse error: invalid repetition in series values: \"99999999\""),
    ("m 1+1", "1:6: parse error: unexpected end of input in series values, expected \"x\""),
    ("m {{schema:0", "1:3: parse error: histogram description incomplete"),
    ("m{a=b} 1", "1:5: parse error: unexpected identifier \"b\" in label set, expected string"),
    ("m{a \"b\"} 1", "1:5: parse error: unexpected string \"\\\"b\\\"\" in label set, expected \"=\""),
  ]

  @Test(arguments: broken)
  func `a mistake in a series is told with its place`(text: String, message: String) {
    let error = #expect(throws: ParseError.self) { try parser.parseSeries(text) }
    #expect(error?.description == message)
  }

  @Test func `metrics with quoted names are read`() throws {
    #expect(try parser.parseMetric("{\"a.b\", \"l.m\"=\"x\"}") == LabelSet(["__name__": "a.b", "l.m": "x"]))
    #expect(try parser.parseMetric("sum{by=\"x\",}") == LabelSet(["__name__": "sum", "by": "x"]))
    #expect(try parser.parseMetric("{}") == .empty)
  }

  @Test func `selectors of match[] are read, whatever they match`() throws {
    #expect(try parser.parseSelector("foo{a=~\"b|c\"}").map(\.description) == ["a=~\"b|c\"", "__name__=\"foo\""])
    #expect(try parser.parseSelector("{}").isEmpty)
    let error = #expect(throws: ParseError.self) { try parser.parseSelector("foo[5m]") }
    #expect(error?.description == "1:4: parse error: unexpected \"[\"")
  }
}

import PromQLSyntax
import SeriesModel
import Testing

@testable import PromQLEngine

/// Answers that only Prometheus 3.5 gives, or that people would not guess.
@Suite struct ReferenceTests {
  private static let data = MemorySeries(
    #"a{l="1"} 1x20"#, #"a{l="2"} 2x20"#, #"late{l="1"} _x5 1x14"#, #"part _x10 2x10"#,
    #"k{__type__="gauge",l="1"} 0+1x20"#,
    #"k{__type__="histogram",l="2"} 0+1x20"#, #"h_bucket{le="0x2"} 1x20"#, #"h_bucket{le="1_0"} 2x20"#,
    #"h_bucket{le="+Inf"} 3x20"#,
    #"b{c="NaN",le="NaN"} 1x20"#, #"b{c="NaN",le="1"} 2x20"#, #"b{c="NaN",le="+Inf"} 3x20"#, #"n{t="a10"} 1x20"#,
    #"n{t="a2"} 1x20"#,
    #"n{t="a02"} 1x20"#, #"n{u="x"} 1x20"#, #"one{x="1"} 1x5"#, #"two{x="0"} 2x20"#, #"two{x="1"} 3x20"#)

  /// The result or the error, and the remarks, in one text.
  private static func answer(_ query: String, edition: Edition = .v3_5, types: Bool = false) -> String {
    let engine = Engine(options: EngineOptions(features: .all, readsTypeLabels: types, edition: edition))
    do throws(QueryError) {
      let result = try engine.range(text: query, from: .minutes(8), through: .minutes(10), step: .minutes(1), on: data)
      return (["\(result.value)"] + result.annotations.map(\.text)).joined(separator: "\n")
    } catch {
      return error.message
    }
  }

  private static func remarks(_ query: String, types: Bool = false, edition: Edition = .v3_5) -> [String] {
    answer(query, edition: edition, types: types).split(separator: "\n").dropFirst().map(String.init)
  }

  private static func order(_ query: String) throws -> [String] {
    let result = try Engine(options: EngineOptions(features: .all)).instant(text: query, at: .minutes(10), on: data)
    guard case .vector(let elements) = result.value else { return [] }
    return elements.map { $0.labels.description }
  }

  @Test(arguments: [
    ("topk(NaN, a)", "Scalar value NaN overflows int64"), ("limitk(1e30, a)", "Scalar value 1e+30 overflows int64"),
    ("topk((time() - 540) * 1e30, a)", "Scalar value -6e+31 overflows int64"), ("limit_ratio(NaN, a)", "Ratio value NaN is NaN"),
  ])
  func `a parameter that is no count is refused`(_ query: String, _ error: String) { #expect(Self.answer(query) == error) }

  @Test(arguments: [
    "topk(NaN, absent_a)", "limit_ratio(NaN, absent_a)", "topk(scalar(part) - 1, part < 2)", "bottomk(1e30, absent_a)",
  ])
  func `where there is nothing to choose from, nobody looks at the parameter`(_ query: String) {
    #expect(Self.remarks(query).isEmpty)
    #expect(!Self.answer(query).contains("value"))
  }

  @Test(arguments: [
    ("count_over_time(a[1m-1m])", "18:23: duration must be greater than 0"),
    ("count_over_time(a[(1m - 2m)])", "19:26: duration must be greater than 0"),
    ("count_over_time(a[1m/(1m-1m)])", "18:27: division by zero"), ("count_over_time(a[2^70])", "18:22: duration is out of range"),
    ("count_over_time(a[5m:1m % (1m-1m)])", "21:32: modulo by zero"),
  ])
  func `a length that comes out wrong is told with its bytes`(_ query: String, _ error: String) {
    #expect(Self.answer(query) == error)
  }

  @Test(arguments: [
    "predict_linear((a offset -1s)[1h:292y] offset -0.001 @ 9.2e18, 0)", "rate(a[292y] @ -9.2e18 offset 292y)",
    "a @ 9223372036854775 offset -292y",
    "max_over_time((timestamp(a @ -9.2e18))[292y:292y] @ -9.2e18)", "count_over_time(a[1y * 200] @ -9.2e18)",
  ])
  func `the ends of time are no trap`(_ query: String) { #expect(Self.remarks(query).isEmpty) }

  @Test func `later releases refuse NaN at once`() {
    #expect(Self.answer("topk(NaN, absent_a)", edition: .newest) == "Parameter value is NaN")
    #expect(Self.answer("limit_ratio(NaN, a)", edition: .newest) == "Ratio value is NaN")
  }

  @Test func `one NaN hides the bounds of a quantile`() {
    #expect(
      Self.remarks("quantile(scalar(part), a)") == ["PromQL warning: quantile value should be between 0 and 1, got NaN (1:10)"])
  }

  @Test(arguments: [
    ("histogram_quantile((2), b)", "1:20"), ("histogram_quantile(((2)), b)", "1:20"), ("histogram_quantile((time()), b)", "1:21"),
    ("histogram_quantile((2), b @ 60)", "1:21"), ("quantile_over_time((2), a[5m])", "1:20"),
    ("quantile_over_time((2), a[5m] @ 300)", "1:21"),
    ("quantile((2), a)", "1:11"), ("histogram_quantile(-(2), b)", "1:20"),
  ])
  func `remarks stand within parentheses unless these are worked out once`(_ query: String, _ place: String) {
    let found = Self.remarks(query).filter { $0.contains("quantile value") }
    #expect(!found.isEmpty && found.allSatisfy { $0.hasSuffix("(\(place))") }, "\(found)")
  }

  @Test func `bounds are read as Go reads numbers`() {
    let warning =
      "PromQL warning: bucket label \"le\" is missing or has a malformed value of \"0x2\" for metric name \"h_bucket\" (1:25)"
    #expect(Self.remarks("histogram_quantile(0.5, h_bucket)") == [warning])
  }

  @Test func `only counters count as such by their type`() {
    let text = "PromQL info: metric might not be a counter, __type__ label is not set to \"counter\", got"
    #expect(
      Self.remarks("rate(k[5m])", types: true).sorted() == ["\(text) \"gauge\": \"k\" (1:6)", "\(text) \"histogram\": \"k\" (1:6)"])
    #expect(Self.remarks("rate(k[5m])", types: true, edition: .newest).count == 1)
  }

  @Test func `a bound that is NaN holds no share`() throws {
    let result = try Engine().instant(text: "histogram_fraction(-1, 2, b)", at: .minutes(10), on: Self.data)
    guard case .vector(let elements) = result.value else { return }
    #expect(elements.map(\.value.isNaN) == [false])
  }

  @Test func `a natural order that contradicts itself is followed as far as it goes`() throws {
    let series = { (t: String) in "n{t=\"\(t)\"}" }
    let rising = try Self.order("sort_by_label(n, \"t\")")
    #expect(rising == [series("a02"), series("a2"), series("a10"), "n{u=\"x\"}"])
    #expect(try Self.order("sort_by_label_desc(n, \"t\")").first == "n{u=\"x\"}")
  }

  @Test func `the first step at which a series is there decides whether it loses its name`() throws {
    let data = MemorySeries()
    data.add("a 1x20")
    let engine = Engine(options: EngineOptions(delaysNameRemoval: true))
    func name(_ text: String) throws -> [String?] {
      let result = try engine.range(text: text, from: .minutes(0), through: .minutes(10), step: .minutes(1), on: data)
      guard case .matrix(let series) = result.value else { return [] }
      return series.map { $0.labels.metricName }
    }
    // The left side has series, but nothing in them.
    #expect(try name("(a * 2 == 5) or a") == ["a"])
    #expect(try name("(a * 2 > 1 and on () vector(time()) >= 300) or a") == ["a"])
    #expect(try name("(a * 2 > 1 and on () vector(time()) <= 300) or a") == [nil])
  }

  @Test func `what becomes one series comes where its value comes up`() throws {
    #expect(try Self.order("-{__name__=~\"one|two\"}") == ["{x=\"0\"}", "{x=\"1\"}"])
  }

  @Test func `label_replace takes the pattern as it stands between the anchors`() {
    #expect(Self.answer(#"label_replace(a, "x", "y", "l", "\\Qa")"#) == #"invalid regular expression in label_replace(): \Qa"#)
  }
}

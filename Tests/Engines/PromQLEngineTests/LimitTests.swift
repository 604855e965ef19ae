import PromQLSyntax
import SeriesModel
import Testing

@testable import PromQLEngine

@Suite struct LimitTests {
  private static func wide(_ count: Int) -> MemorySeries {
    let data = MemorySeries()
    for i in 0..<count { data.add(#"a{l="\#(i)"} 1x20"#) }
    return data
  }

  private func error(_ text: String, _ options: EngineOptions, on data: MemorySeries) -> QueryError? {
    do throws(QueryError) {
      _ = try Engine(options: options).range(text: text, from: .minutes(0), through: .minutes(10), step: .minutes(1), on: data)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: ["a", "rate(a[5m])", "a + a", "sum_over_time(a[10m:1s])", "sum_over_time(vector(time())[10m:1s])"])
  func `samples in memory have a limit`(_ text: String) {
    let expected = QueryError.limit(.samples, "query processing would load too many samples into memory in query execution")
    #expect(error(text, EngineOptions(maxSamples: 50), on: Self.wide(10)) == expected)
    #expect(error(text, EngineOptions(maxSamples: 100_000), on: Self.wide(10)) == nil)
  }

  @Test(arguments: [
    "sum_over_time(vector(time())[10y:1ms])", "absent_over_time(absent(a)[10y:1ms])", "count_over_time((a > 0)[10y:1ms])",
    "sum_over_time(absent(nothing)[10y:1ms])", "sum_over_time(absent_over_time(nothing[1m])[10y:1ms])",
  ])
  func `a subquery of ten years of milliseconds is refused at once`(_ text: String) {
    guard case .limit = error(text, EngineOptions(), on: Self.wide(1)) else {
      Issue.record("it is not refused")
      return
    }
  }

  @Test func `a selector has a limit of series`() {
    let expected = QueryError.limit(.series, "query would select more than 9 series in query execution")
    #expect(error("a", EngineOptions(maxSeries: 9), on: Self.wide(10)) == expected)
    #expect(error("a", EngineOptions(maxSeries: 10), on: Self.wide(10)) == nil)
  }

  @Test func `rows have a limit of bytes, absent cells among them, and so has the result`() {
    let data = MemorySeries()
    // A sample each at the beginning: half of the eleven cells stay empty.
    for i in 0..<10 { data.add(#"a{l="\#(i)"} 1"#) }
    for (limit, fits) in [(879, false), (880 + 799, false), (880 + 800, true)] {
      let expected = QueryError.limit(.memory, "query would need more than \(limit) bytes of memory in query execution")
      #expect(error("a", EngineOptions(memoryLimit: limit), on: data) == (fits ? nil : expected))
    }
  }

  @Test(arguments: ["sum(a + b)", "sum(a or b)", "count(a + on (l) b)", "sum(topk(100, a) - b)", "sum(a * on (l) group_left a)"])
  func `what operators hold at a time counts together`(_ text: String) {
    let data = Self.wide(10)
    for i in 0..<10 { data.add(#"b{l="\#(i)"} 1x20"#) }
    // Two inputs of 880 bytes each and what they become; the result is one row.
    #expect(error(text, EngineOptions(memoryLimit: 3 * 880 - 1), on: data) != nil)
    #expect(error(text, EngineOptions(memoryLimit: 8 * 880), on: data) == nil)
  }

  @Test func `scalars count as well, however deep they are nested`() {
    let steps = 100_000
    let nested = String(repeating: "time() + (", count: 20) + "time()" + String(repeating: ")", count: 20)
    let text = "count_over_time(vector(\(nested))[\(steps)s:1s])"
    #expect(error(text, EngineOptions(memoryLimit: 10 * 8 * steps), on: Self.wide(1)) != nil)
    #expect(error(text, EngineOptions(memoryLimit: 40 * 8 * steps), on: Self.wide(1)) == nil)
  }

  @Test(arguments: [
    #"label_join(a, "d", "\#(String(repeating: "-", count: 1 << 19))", "l", "l", "l", "l")"#,
    (0..<8).reduce("a") { inner, _ in #"label_replace(\#(inner), "l", "$1$1$1$1$1$1$1$1$1$1", "l", "(.*)")"# },
  ])
  func `labels that queries make have a limit`(_ text: String) {
    guard case .limit(.memory, let message) = error(text, EngineOptions(), on: Self.wide(1)) else {
      Issue.record("it is not refused")
      return
    }
    #expect(message.hasSuffix("() would make labels of more than 1048576 bytes"))
  }

  @Test func `labels that are made in many places count together`() {
    let long = String(repeating: "-", count: 10_000)
    let one = (0..<20).reduce(#"label_join(vector(1), "a", "\#(long)", "z", "z", "z")"#) { inner, i in
      #"label_join(\#(inner), "b\#(i)", "", "a")"#
    }
    #expect(error(one, EngineOptions(memoryLimit: 1 << 20), on: Self.wide(1)) != nil)
    #expect(error(one, EngineOptions(memoryLimit: 16 << 20), on: Self.wide(1)) == nil)
  }

  @Test func `rows whose names come up step by step are counted before they are made`() {
    let text = #"a * on () group_left (t) count_values("t", vector(time()))"#
    #expect(error(text, EngineOptions(memoryLimit: 4000), on: Self.wide(10)) != nil)
    #expect(error(text, EngineOptions(memoryLimit: 100_000), on: Self.wide(10)) == nil)
  }

  @Test func `the series of all selectors count together`() {
    let expected = QueryError.limit(.series, "query would select more than 19 series in query execution")
    #expect(error("a + a", EngineOptions(maxSeries: 19), on: Self.wide(10)) == expected)
    #expect(error("a + a", EngineOptions(maxSeries: 20), on: Self.wide(10)) == nil)
  }

  @Test(arguments: ["a", "sum_over_time(a[5m])", "rate(a[5m])", "sum by (l) (max_over_time(a[3m]) + a)"])
  func `series that are silent now take no memory when there is little`(_ text: String) throws {
    let data = MemorySeries()
    // Of ten thousand series every hundredth goes on; the others are remembered by a query that is kept.
    for i in 0..<10_000 { data.add(#"a{l="\#(i)"} 1+\#(i)x\#(i % 100 == 7 ? 100 : 5)"#) }
    func ask(_ engine: Engine) throws -> String {
      let result = try engine.range(text: text, from: .minutes(50), through: .minutes(90), step: .minutes(1), on: data)
      return "\(result.value)"
    }
    let roomy = try ask(Engine(options: EngineOptions(cachedPlans: 8)))
    // The cells of all would be 3,280,000 bytes.
    #expect(try ask(Engine(options: EngineOptions(memoryLimit: 2_000_000, cachedPlans: 8))) == roomy)
    #expect(roomy.contains("SeriesPoints"))
  }

  @Test func `queries share memory for as long as their results are in use`() throws {
    let data = Self.wide(10)
    let engine = Engine(options: EngineOptions(sharedMemoryLimit: 4000))
    func ask() throws(QueryError) -> QueryResult {
      try engine.range(text: "a", from: .minutes(0), through: .minutes(10), step: .minutes(1), on: data)
    }
    var first: QueryResult? = try ask()
    #expect(first?.memory?.bytes == 880 + 10 * 11 * 16)
    #expect(
      throws: QueryError.limit(.sharedMemory, "all queries together would need more than 4000 bytes of memory in query execution")
    ) {
      try ask()
    }
    first = nil
    #expect(engine.memoryInUse == 0)
    #expect(throws: Never.self) { try ask() }
  }

  @Test func `a long row of windows ends with its time too`() {
    let data = MemorySeries()
    data.add("a 1+1x5000")
    let time = ManualTime()
    let engine = Engine(options: EngineOptions(timeout: .seconds(5)), time: ImpatientTime(time))
    #expect(throws: QueryError.timeout("query timed out in expression evaluation")) {
      try engine.range(
        text: "quantile_over_time(0.5, a[4000m])", from: .minutes(0), through: .minutes(5000), step: .minutes(1), on: data)
    }
  }

  /// A second passes with every look.
  private final class ImpatientTime: TimeSource {
    private let time: ManualTime
    init(_ time: ManualTime) { self.time = time }
    func now() -> Timestamp { time.now() }
    func monotonic() -> Instant {
      time.advance(by: .seconds(1))
      return time.monotonic()
    }
  }

  @Test func `a query ends when it is canceled`() {
    let cancellation = Cancellation()
    cancellation.cancel()
    #expect(throws: QueryError.canceled("query was canceled in expression evaluation")) {
      try Engine().instant(text: "a", at: .minutes(1), on: Self.wide(1), until: cancellation)
    }
  }

  @Test func `a query ends with its time`() {
    let time = ManualTime()
    let cancellation = Cancellation(deadline: time.monotonic() + .seconds(1), by: time)
    let engine = Engine(options: EngineOptions(timeout: .seconds(5)), time: time)
    let data = Self.wide(1)
    let timeout = QueryError.timeout("query timed out in expression evaluation")
    #expect(throws: Never.self) { try engine.instant(text: "a", at: .minutes(1), on: data, until: cancellation) }
    time.advance(by: .seconds(2))
    #expect(throws: timeout) { try engine.instant(text: "a", at: .minutes(1), on: data, until: cancellation) }
    // Each query has its own five seconds.
    #expect(throws: Never.self) { try engine.instant(text: "a", at: .minutes(1), on: data) }
  }

  @Test func `a query ends with its time amid wide windows`() {
    /// Each look at it takes a second.
    struct TiringTime: TimeSource {
      let time = ManualTime()
      func now() -> Timestamp { time.now() }
      func monotonic() -> Instant {
        time.advance(by: .seconds(1))
        return time.monotonic()
      }
    }
    let timeout = QueryError.timeout("query timed out in expression evaluation")
    for function in ["count_over_time", "absent_over_time"] {
      // One series, and thirty million samples in a thousand windows.
      #expect(throws: timeout, "\(function)") {
        try Engine(options: EngineOptions(timeout: .seconds(60)), time: TiringTime()).range(
          text: "\(function)(vector(time())[30s:1ms])", from: .minutes(60), through: .minutes(61), step: .milliseconds(60),
          on: MemorySeries())
      }
    }
  }

  @Test(arguments: [
    ("range(", "bad_data"), ("a + on (x) b", "fine"), ("last_over_time(1)", "bad_data"), ("mad_over_time(a[5m])", "bad_data"),
    ("a[1m]", "bad_data"), ("\"text\"", "bad_data"),
  ])
  func `what cannot be evaluated is the asker's fault`(_ text: String, _ kind: String) {
    let found = error(text, EngineOptions(), on: Self.wide(1))
    if case .badData = found { #expect(kind == "bad_data") } else { #expect(kind == "fine" && found == nil) }
  }
}

import PromQLEngine
import PromQLSyntax
import SeriesModel
import Synchronization
import Testing

@testable import Scenarios

/// Answers every query alike.
private final class FixedEngine: ScriptEngine {
  let answer: Result<QueryResult, QueryError>
  let middle: Result<QueryResult, QueryError>?
  let asked = Mutex<[String]>([])

  init(_ answer: Result<QueryResult, QueryError>, middle: Result<QueryResult, QueryError>? = nil) {
    self.answer = answer
    self.middle = middle
  }

  convenience init(_ value: QueryValue, _ annotations: [Annotation] = []) {
    self.init(.success(QueryResult(value: value, annotations: annotations)))
  }

  func instant(_ query: String, at time: Timestamp, over source: any SeriesSource) throws(QueryError) -> QueryResult {
    asked.withLock { $0.append("\(query) at \(time.milliseconds)") }
    return try answer.get()
  }

  /// An instant vector comes back as a range of one point.
  func range(_ query: String, from start: Timestamp, through end: Timestamp, step: PromDuration, over source: any SeriesSource)
    throws(QueryError) -> QueryResult
  {
    asked.withLock { $0.append("\(query) from \(start.milliseconds) to \(end.milliseconds) by \(step)") }
    var result = try (middle ?? answer).get()
    if case .vector(let elements) = result.value {
      result.value = .matrix(
        elements.map { SeriesPoints(labels: $0.labels, timestamps: [start.milliseconds + step.milliseconds], values: [$0.value]) })
    }
    return result
  }
}

/// Takes samples and keeps their texts.
private final class RecordingStore: SampleSink, SeriesSource {
  let samples = Mutex<[String]>([])
  private let names = Mutex<[LabelSet]>([])

  func reference(for labels: LabelSet) -> SeriesRef {
    names.withLock {
      $0.append(labels)
      return SeriesRef(UInt64($0.count - 1))
    }
  }

  func append(_ batch: borrowing SampleBatch) throws(SinkError) -> AppendReport {
    for i in 0..<batch.count {
      let name = names.withLock { $0[Int(batch.refs[i].raw)] }
      let value = Staleness.isMarker(batch.values[i]) ? "stale" : "\(batch.values[i])"
      let text = "\(name) \(value) @\(batch.timestamps[i])"
      samples.withLock { $0.append(text) }
    }
    return AppendReport(appended: batch.count)
  }

  func view() -> any SeriesView { preconditionFailure("nobody reads here") }
}

@Suite struct ScriptRunnerTests {
  private func run(_ text: String, _ engine: FixedEngine, store: RecordingStore = RecordingStore()) -> ScriptReport {
    ScriptRunner.run(ScriptParser.parse(name: "x.test", text: text), on: engine) { store }
  }

  private static func vector(_ elements: [(KeyValuePairs<String, String>, Double)]) -> QueryValue {
    .vector(elements.map { VectorElement(labels: LabelSet($0.0), timestamp: Timestamp(milliseconds: 0), value: $0.1) })
  }

  @Test func `points lie on the grid, without gaps and histograms`() {
    let store = RecordingStore()
    _ = run("load 30s\n a 1 _ stale {{count:1}} 2", FixedEngine(.vector([])), store: store)
    #expect(store.samples.withLock { $0 } == ["a 1.0 @0", "a stale @60000", "a 2.0 @120000"])
  }

  @Test func `an instant case is asked again in a range, and pinned at other times`() {
    let engine = FixedEngine(Self.vector([(["__name__": "a"], 1)]))
    let report = run("eval instant at 10m a\n a 1", engine)
    #expect(report.lines == ["1 passed, 0 failed"])
    #expect(
      engine.asked.withLock { $0 } == [
        "a at 600000", "a from 540000 to 660000 by 1m", "a @ 600.000 at -6000000", "a @ 600.000 at 0", "a @ 600.000 at 120000",
        "a @ 600.000 at 600000", "a @ 600.000 at 6000000",
      ])
  }

  @Test(arguments: ["time() + a", "a @ start()", "timestamp(a)", "rate(a[5m] offset step())"])
  func `what depends on its time is not pinned`(query: String) {
    let engine = FixedEngine(Self.vector([]))
    _ = run("eval instant at 10m \(query)", engine)
    #expect(!engine.asked.withLock { $0 }.contains { $0.contains("@ 600.000") })
  }

  @Test func `a subquery is pinned as a whole`() throws {
    let expr = try Expr.parse("sum_over_time(rate(a[5m])[1h:]) + b @ 3")
    #expect(
      QueryVariants.pinned(expr, at: Timestamp(milliseconds: 5000))?.description
        == "sum_over_time(rate(a[5m])[1h:] @ 5.000) + b @ 3.000")
  }

  struct Case: CustomTestStringConvertible, Sendable {
    var lines: String
    var value: QueryValue
    var annotations: [Annotation] = []
    /// `nil`: the case holds.
    var failure: String?
    var testDescription: String { lines }
  }

  private static let ab = vector([(["x": "a"], 1), (["x": "b"], 2)])

  static let cases: [Case] = [
    Case(lines: "{x=\"b\"} 2\n{x=\"a\"} 1", value: ab),
    Case(lines: "expect ordered\n{x=\"a\"} 1\n{x=\"b\"} 2", value: ab),
    Case(lines: "expect ordered\n{x=\"b\"} 2\n{x=\"a\"} 1", value: ab, failure: "{x=\"a\"} as number 2, got as number 1"),
    Case(lines: "{x=\"a\"} 1.0000009\n{x=\"b\"} 2", value: ab),
    Case(lines: "{x=\"a\"} 1.00001\n{x=\"b\"} 2", value: ab, failure: "{x=\"a\"} 1.00001, got {x=\"a\"} 1"),
    Case(lines: "{x=\"a\"} 1", value: ab, failure: "{x=\"a\"} 1, got {x=\"b\"} 2"),
    Case(lines: "{x=\"a\"} 1\n{x=\"b\"} 2\n{x=\"c\"} 3", value: ab, failure: "{x=\"c\"}, got nothing for it"),
    Case(lines: "", value: ab, failure: "nothing, got {x=\"a\"} 1"),
    Case(lines: "", value: .vector([])),
    Case(lines: "{} NaN", value: vector([([:], .nan)])),
    Case(
      lines: "{} {{count:1}}", value: vector([([:], 1)]), failure: "{{count:1}}, got no native histograms: they are not supported"),
    Case(lines: "3", value: .scalar(Sample(Timestamp(milliseconds: 0), 3))),
    Case(lines: "4", value: .scalar(Sample(Timestamp(milliseconds: 0), 3)), failure: "4, got the scalar 3"),
    Case(lines: "{} 3", value: .scalar(Sample(Timestamp(milliseconds: 0), 3)), failure: "{} 3, got the scalar 3"),
    Case(lines: "3", value: vector([([:], 3)]), failure: "the scalar 3, got {} 3"),
    Case(lines: "expect string \"a\"", value: .string("a", Timestamp(milliseconds: 0))),
    Case(lines: "expect string \"b\"", value: .string("a", Timestamp(milliseconds: 0)), failure: "\"b\", got \"a\""),
    Case(lines: "expect fail", value: ab, failure: "the error any text, got {x=\"a\"} 1, {x=\"b\"} 2"),
    Case(lines: "expect no_warn\n{x=\"a\"} 1\n{x=\"b\"} 2", value: ab),
    Case(
      lines: "expect no_warn\n{x=\"a\"} 1\n{x=\"b\"} 2", value: ab, annotations: [Annotation(.warning, "mind")],
      failure: "no warning, got mind"),
    Case(lines: "expect warn\n{x=\"a\"} 1\n{x=\"b\"} 2", value: ab, failure: "warning: any text, got no warning"),
    Case(lines: "expect info msg: mind\n{x=\"a\"} 1\n{x=\"b\"} 2", value: ab, annotations: [Annotation(.info, "mind")]),
    Case(
      lines: "expect info msg: mind\n{x=\"a\"} 1\n{x=\"b\"} 2", value: ab,
      annotations: [Annotation(.info, "mind"), Annotation(.info, "more")],
      failure: "info: “mind”, got more"),
    Case(
      lines: "expect info regex: m.n\n{x=\"a\"} 1\n{x=\"b\"} 2", value: ab,
      annotations: [Annotation(.info, "remind"), Annotation(.warning, "free")]),
    Case(
      lines: "expect range vector from 0 to 2m step 1m\na 1 _ 3",
      value: .matrix([SeriesPoints(labels: LabelSet(["__name__": "a"]), timestamps: [0, 120_000], values: [1, 3])])),
    Case(
      lines: "expect range vector from 0 to 2m step 1m\na 1 2 3",
      value: .matrix([SeriesPoints(labels: LabelSet(["__name__": "a"]), timestamps: [0, 120_000], values: [1, 3])]),
      failure: "a 1 @0s, 2 @1m, 3 @2m, got a 1 @0s, 3 @2m"),
  ]

  @Test(arguments: cases)
  func `results are compared with their lines`(c: Case) {
    let report = run("eval instant at 0 start()\n\(c.lines)", FixedEngine(c.value, c.annotations))
    #expect(report.failures.map(\.description) == (c.failure.map { ["x.test:1 start(): expected \($0)"] } ?? []))
    #expect(report.passed == (c.failure == nil ? 1 : 0))
  }

  @Test func `series of a range query are sorted and on their steps`() {
    let one = SeriesPoints(labels: LabelSet(["x": "a"]), timestamps: [0, 60_000], values: [1, 2])
    let two = SeriesPoints(labels: LabelSet(["x": "b"]), timestamps: [60_000], values: [3])
    let text = "eval range from 0 to 1m step 1m q\n{x=\"b\"} _ 3\n{x=\"a\"} 1 2"
    #expect(run(text, FixedEngine(.matrix([one, two]))).lines == ["1 passed, 0 failed"])
    #expect(
      run(text, FixedEngine(.matrix([two, one]))).failures.map(\.description) == [
        "x.test:1 q: expected {x=\"a\"} before {x=\"b\"}, got the other way round"
      ])
    let late = SeriesPoints(labels: LabelSet(["x": "b"]), timestamps: [0], values: [3])
    #expect(run(text, FixedEngine(.matrix([one, late]))).failures.count == 1)
    #expect(run("eval range from 0 to 1m step 1m q\n{x=\"a\"} 1 2 3", FixedEngine(.matrix([one]))).failures.count == 1)
  }

  @Test func `errors are compared with what is expected to fail`() {
    let engine = FixedEngine(.failure(.execution("no such thing")))
    #expect(run("eval instant at 0 q\n expect fail", engine).passed == 1)
    #expect(run("eval instant at 0 q\n expect fail msg: no such thing", engine).passed == 1)
    #expect(run("eval instant at 0 q\n expect fail regex: such", engine).passed == 1)
    #expect(
      run("eval instant at 0 q\n expect fail msg: no", engine).failures.map(\.description) == [
        "x.test:1 q: expected the error “no”, got the error “no such thing”"
      ])
    #expect(
      run("eval instant at 0 q", engine).failures.map(\.description) == [
        "x.test:1 q: expected a result, got the error “no such thing”"
      ])
  }

  @Test func `a middle step that differs fails the case`() {
    let engine = FixedEngine(
      .success(QueryResult(value: Self.vector([([:], 1)]))), middle: .success(QueryResult(value: Self.vector([([:], 2)]))))
    #expect(
      run("eval instant at 5m q\n{} 1", engine).failures.map(\.description) == [
        "x.test:1 q: expected {} 1, got {} 2 (as the middle step of a range query)"
      ])
  }

  @Test func `lines that cannot be read count as failures`() {
    #expect(
      run("fetch", FixedEngine(.vector([]))).lines == [
        "x.test:1 unknown command \"fetch\", expected load, clear or eval", "0 passed, 1 failed",
      ])
  }

  @Test func `floats are equal within a millionth`() {
    #expect(FloatTolerance.equal(.nan, .nan))
    #expect(!FloatTolerance.equal(.nan, Staleness.marker))
    #expect(FloatTolerance.equal(.infinity, .infinity))
    #expect(!FloatTolerance.equal(.infinity, -.infinity))
    #expect(FloatTolerance.equal(1e300, 1e300 * (1 + 1e-7)))
    #expect(!FloatTolerance.equal(0, 1e-300))
    #expect(FloatTolerance.equal(0, -0.0))
    #expect(!FloatTolerance.equal(1, 1.00001))
  }
}

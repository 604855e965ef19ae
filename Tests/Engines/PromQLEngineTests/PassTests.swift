import PromQLSyntax
import SeriesModel
import Testing

@testable import PromQLEngine

/// A pass shows in the printed plan, before and after.
@Suite struct PassTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var query: String
    var after: String
    var testDescription: String { query }
  }

  private static func plan(_ query: String) throws -> Plan {
    try Lowering(features: .all).lower(try Expr.parse(query, features: .all))
  }

  @Test(arguments: [
    Case(query: "1 + 2 * 3", after: "7"), Case(query: "-(4 / 2)", after: "-2"), Case(query: "2 > bool 1", after: "1"),
    Case(query: "x + (1 + 1)", after: #"(x + 2)"#), Case(query: "max_of(2, 3)", after: "3"),
    Case(query: "time() + 1", after: "(time() + 1)"),
  ])
  func `numbers are worked out`(_ one: Case) throws {
    #expect(ConstantFolding().apply(to: try Self.plan(one.query)).description == one.after)
  }

  @Test(arguments: [
    Case(query: #"x{a=~".*", b="1", b="1"}"#, after: #"x{b="1"}"#),
    Case(query: #"rate(x{a=~".*"}[5m])"#, after: #"rate(x[5m])"#),
    Case(query: #"x{a=~".+"}"#, after: #"x{a=~".+"}"#),
  ])
  func `conditions that all series satisfy go`(_ one: Case) throws {
    #expect(MatcherReduction().apply(to: try Self.plan(one.query)).description == one.after)
  }

  @Test(arguments: [
    Case(query: "x @ 60", after: #"once(x @ 60)"#),
    Case(query: "sum(x @ 60) + y", after: #"(once(sum(x @ 60)) + y)"#),
    Case(query: "rate(x[5m] @ 60)", after: #"once(rate(x[5m] @ 60))"#),
    Case(query: "hour(x @ 60)", after: #"hour(once(x @ 60))"#),
    Case(query: "predict_linear(x[5m] @ 60, 5)", after: #"predict_linear(x[5m] @ 60, 5)"#),
    Case(query: "timestamp(x @ 60)", after: #"timestamp(x @ 60)"#),
    Case(query: "max_over_time((x @ 60)[5m:1m])", after: #"max_over_time(once(x @ 60)[5m:1m])"#),
    Case(query: "x", after: #"x"#),
  ])
  func `what is the same at every step is worked out once`(_ one: Case) throws {
    #expect(StepInvariance().apply(to: try Self.plan(one.query)).description == one.after)
  }

  // MARK: Laws

  static let queries: [String] = [
    "a + (1 + 2) * 3", "sum by (l) (a)", "rate(c_total[5m] @ 600)", "a * on (l) group_left b @ 300", "a or b @ end()",
    "-a @ start()",
    "topk(2, a @ 120)", "quantile(0.5 + 0.25, a)", "max_over_time((a @ 120)[5m:1m])", "(a > 1 + 1) and on (l) b",
    "clamp(a, 1 - 1, 2 ^ 2)",
    #"a{l=~".*"}"#, #"sum(a{l=~".*",l!="x"} @ 60) / count(b)"#, "scalar(b{l=\"x\"} @ 60) + a", "absent(nothing @ 60)",
    "timestamp(a @ 120)",
    "hour(a @ 120)", "increase(c_total[5m:30s] @ end())", "label_replace(a @ 60, \"n\", \"$1\", \"l\", \"(.*)\")",
    "vector(1 + 1) + time()",
    "count_values(\"v\", a @ 120)", "sort_desc(a @ 120)", "stddev_over_time(a[3m] offset 1m)", "a == bool 2 * 1",
  ]

  private static let data = MemorySeries(
    #"a{l="x"} 1 2 3 _ 5 6 7 stale 9 10"#, #"a{l="y"} 5-1x9"#, #"a{l="z"} 2 2 NaN 2 Inf 2 2 2 2 2"#, #"b{l="x"} 1+1x9"#,
    #"b{l="y"} 3x9"#,
    #"c_total{l="x"} 0+7x4 3+2x5"#, #"c_total{l="y"} 5+1x9"#)

  @Test(arguments: queries)
  func `passes keep every answer`(_ query: String) throws {
    let expr = try Expr.parse(query, features: .all)
    let engine = Engine(options: EngineOptions(features: .all))
    let plain = try CompiledQuery(expr, source: query, features: .all, passes: [])
    let passed = try CompiledQuery(expr, source: query, features: .all)
    for end in [3, 8, 14] as [Int64] {
      let a = try engine.range(plain, from: .minutes(0), through: .minutes(end), step: .seconds(30), on: Self.data)
      let b = try engine.range(passed, from: .minutes(0), through: .minutes(end), step: .seconds(30), on: Self.data)
      #expect(a.lines == b.lines)
      #expect(a.annotations == b.annotations)
    }
  }

  @Test(arguments: queries)
  func `a step of a range is the instant at its time`(_ query: String) throws {
    // What an instant query's own end is, or its order, is not the range's.
    guard !query.contains("end()"), !query.contains("start()") else { return }
    let engine = Engine(options: EngineOptions(features: .all))
    let expr = try Expr.parse(query, features: .all)
    let range = try engine.range(expr, from: .minutes(0), through: .minutes(12), step: .minutes(1), on: Self.data)
    guard case .matrix(let series) = range.value else { preconditionFailure() }
    for minute in 0...12 as ClosedRange<Int64> {
      let instant = try engine.instant(expr, at: .minutes(minute), on: Self.data)
      guard case .vector(let elements) = instant.value else { preconditionFailure() }
      let expected = series.compactMap { one in
        one.timestamps.firstIndex(of: minute * 60_000).map { "\(one.labels) \(one.values[$0])" }
      }
      #expect(elements.map { "\($0.labels) \($0.value)" }.sorted() == expected.sorted(), "at minute \(minute)")
    }
  }
}

import PromQLSyntax
import SeriesModel
import Testing

@testable import PromQLEngine

/// What operators keep from one evaluation to the next never shows in an answer.
@Suite struct KeptTableTests {
  @Test func `series are looked for again only when there are new ones`() throws {
    let data = MemorySeries(#"a{l="x"} 1x20"#, #"a{l="y"} 2x20"#)
    let query = try Engine().prepare(text: "sum by (l) (a) + 1")
    for minute in 1...5 as ClosedRange<Int64> { _ = try query.instant(at: .minutes(minute), on: data, until: .never) }
    #expect(data.selections == 1)
    data.add(#"a{l="z"} 3x20"#)
    let result = try query.instant(at: .minutes(6), on: data, until: .never)
    #expect(result.lines == [#"{l="x"} 2.0"#, #"{l="y"} 3.0"#, #"{l="z"} 4.0"#])
    #expect(data.selections == 2)
  }

  @Test func `a series that was silent for long is seen when it comes back`() throws {
    let data = MemorySeries(#"a{l="x"} _"#, #"a{l="y"} 1x9"#)
    let query = try Engine().prepare(text: "a")
    #expect(try query.instant(at: .minutes(5), on: data, until: .never).lines == [#"a{l="y"} 1.0"#])
    data.append(7, at: .minutes(5000))
    #expect(try query.instant(at: .minutes(5000), on: data, until: .never).lines == [#"a{l="x"} 7.0"#])
    #expect(data.selections == 1)
  }

  @Test(arguments: [
    "sum by (l) (a)", "a + on (l) b", "a * on (l) group_left (m) b", "a and on (l) b", "a or b", "rate(a[5m])", "topk(1, a)",
    "label_replace(a, \"n\", \"$1\", \"l\", \"(.*)\")", "-a", "abs(a) > 1", "count_values(\"v\", a)", "quantile by (l) (0.5, a)",
    "histogram_quantile(0.5, h_bucket)", "sum_over_time(a[5m:1m])", "a unless b",
  ])
  func `a query that is kept answers as a fresh one, whatever series come`(_ text: String) throws {
    var random = SeededRandom(seed: 7)
    let data = MemorySeries(#"a{l="0"} 1x30"#, #"b{l="0"} 2x30"#, #"h_bucket{le="1"} 1x30"#, #"h_bucket{le="+Inf"} 2x30"#)
    let kept = try Engine().prepare(text: text)
    for round in 1...20 as ClosedRange<Int64> {
      if Bool.random(using: &random) {
        let name = ["a", "b"].randomElement(using: &random)!
        data.add(#"\#(name){l="\#(round)",m="\#(round % 3)"} \#(Int.random(in: 0...9, using: &random))x30"#)
        data.add(#"h_bucket{l="\#(round)",le="\#(round)"} \#(round)x30"#)
      }
      let fresh = try Engine().instant(text: text, at: .minutes(round), on: data)
      let again = try kept.instant(at: .minutes(round), on: data, until: .never)
      #expect(again.lines == fresh.lines, "in round \(round)")
    }
  }

  @Test func `an engine keeps as many plans as it is told`() throws {
    let data = MemorySeries(#"a 1x20"#)
    let engine = Engine(options: EngineOptions(cachedPlans: 2))
    for text in ["a + 1", "a + 2", "a + 1", "a + 3", "a + 1"] { _ = try engine.instant(text: text, at: .minutes(1), on: data) }
    // `a + 1` was asked again in time and stayed: its series were looked for once.
    #expect(data.selections == 3)
  }
}

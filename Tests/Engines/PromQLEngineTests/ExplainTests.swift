import PromQLSyntax
import SeriesModel
import Testing

@testable import PromQLEngine

@Suite struct ExplainTests {
  @Test func `a plan is told with what each operator yielded`() throws {
    let data = MemorySeries(#"a{l="x"} 1x20"#, #"a{l="y"} 2x20"#, #"b{l="x"} 1x20"#)
    let expr = try Expr.parse("sum by (l) (rate(a[5m])) + on (l) b")
    let text = try Engine().explain(expr, from: .minutes(10), through: .minutes(11), step: .minutes(1), on: data)
    #expect(
      text == #"""
        (sum by (l) (rate(a[5m])) + on (l) b)
        2 steps, 3 series selected, 22 samples read
        + on (l)  — 1 series, 2 samples
          sum by (l)  — 2 series, 4 samples
            rate  — 2 series, 4 samples
              a[5m]  — 2 series, 12 samples
          b  — 1 series, 2 samples
        """#)
  }

  @Test func `an instant is explained as one step`() throws {
    let data = MemorySeries("a 1x20")
    let text = try Engine().explain(
      try Expr.parse("a > 0"), from: .minutes(1), through: .minutes(1), step: .minutes(1), on: data)
    #expect(text.hasPrefix("(a > 0)\n1 step, 1 series selected, 1 samples read\n>  — 1 series, 1 samples"))
  }

  @Test func `a remark is told once, at its last place`() throws {
    let data = MemorySeries("a 1x20")
    let result = try Engine().instant(text: "quantile(2, a) + quantile(2, a) + rate(a[5m])", at: .minutes(10), on: data)
    #expect(
      result.annotations == [
        Annotation(.warning, "PromQL warning: quantile value should be between 0 and 1, got 2 (1:27)"),
        Annotation(
          .info,
          "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"a\" (1:40)"),
      ])
  }
}

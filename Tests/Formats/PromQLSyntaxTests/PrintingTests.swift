import SeriesModel
import Testing

@testable import PromQLSyntax

@Suite struct PrintingTests {
  /// What is written, and how it is printed: as the reference's `format_query` answers short expressions.
  static let lines: [(String, String)] = [
    ("  foo ", "foo"),
    ("foo{b=\"x\",a!=\"y\",}", "foo{a!=\"y\",b=\"x\"}"),
    ("{\"foo\"}", "{__name__=\"foo\"}"),
    ("{\"a.b\", \"l.m\"=~\"x|y\"}", "{\"l.m\"=~\"x|y\",__name__=\"a.b\"}"),
    ("{__name__=\"foo\"}", "{__name__=\"foo\"}"),
    ("foo{} [5m]", "foo[5m]"),
    ("foo[1e3:2]", "foo[16m40s:2s]"),
    ("foo[90s:]@start()  offset -1h", "foo[1m30s:] @ start() offset -1h"),
    ("foo @ 1.5", "foo @ 1.500"),
    ("foo @ -1m", "foo @ -60.000"),
    ("foo offset 0s", "foo"),
    ("sum(foo)by(a,\"b.c\")", "sum by (a, \"b.c\") (foo)"),
    ("SUM without() (foo)", "sum without () (foo)"),
    ("sum by () (foo)", "sum(foo)"),
    ("topk(5,foo)", "topk(5, foo)"),
    ("a+on(x)group_left b", "a + on (x) group_left () b"),
    ("a and ignoring(x) b", "a and ignoring (x) b"),
    ("a and ignoring() b", "a and b"),
    ("a and on() b", "a and on () b"),
    ("a == bool 1", "a == bool 1"),
    ("-foo ^ 2", "-foo ^ 2"),
    ("--1", "1"),
    ("-1h", "-1h"),
    ("1_000.5", "1000.5"),
    ("0x1F + 0777 + 089", "31 + 511 + 89"),
    ("1e21 + .5 + 5. + iNf + NaN", "1000000000000000000000 + 0.5 + 5 + +Inf + NaN"),
    // With its sign it would be the sign of a power.
    ("Inf ^ foo + Inf * 2", "Inf ^ foo + +Inf * 2"),
    ("'a\"b'", "\"a\\\"b\""),
    ("`a\\n`", "\"a\\\\n\""),
    ("\"\\xff\\u00e9\\u00a0\\a\"", "\"\\xffé\\u00a0\\a\""),
    ("foo # comment\n + # another\n bar", "foo + bar"),
    ("sum{by=\"x\"}", "sum{by=\"x\"}"),
    (
      "avg + by + offset + start + end + and + step + fill + anchored",
      "avg + by + offset + start + end + and + step + fill + anchored"
    ),
    ("foo offset 2 ^ 2", "foo offset 2s ^ 2"),
    ("-0d + -1m", "-0s + -1m"),
    ("sum_over_time(foo[1h30m:1m] offset 5m)", "sum_over_time(foo[1h30m:1m] offset 5m)"),
    ("scalar(foo)", "scalar(foo)"),
    ("time()", "time()"),
    ("sum by (a:b, bool, \"1\") (foo)", "sum by (a:b, bool, \"1\") (foo)"),
  ]

  @Test(arguments: lines)
  func `an expression prints in one line`(text: String, line: String) throws {
    #expect(try Expr.parse(text).description == line)
  }

  /// Behind feature flags.
  static let experimental: [(String, String)] = [
    ("foo[5m+1m]", "foo[5m + 1m]"),
    ("foo[(5m+1m)*2]", "foo[(5m + 1m) * 2]"),
    ("foo[step()+1ms]", "foo[step() + 1ms]"),
    ("foo[MIN_OF(range(), 1h)]", "foo[min_of(range(), 1h)]"),
    ("foo[max(step(),1)]", "foo[max_of(step(), 1)]"),
    ("foo offset -step()", "foo offset -step()"),
    ("foo offset (5m)", "foo offset 5m"),
    ("foo offset (1m)+2", "foo offset (1m + 2)"),
    ("foo offset (-2 ^ 2)", "foo offset (-2 ^ 2)"),
    ("foo offset step() * 0", "foo offset step() * 0"),
    ("foo[5m] anchored offset 1m", "foo[5m] anchored offset 1m"),
    ("foo offset -100 smoothed", "foo smoothed offset -1m40s"),
    ("a + fill(0) b", "a + fill (0) b"),
    ("a + fill_right(-1) fill_left(Inf) b", "a + fill_left (+Inf) fill_right (-1) b"),
    ("a * on(x) group_left fill(0) fill", "a * on (x) group_left () fill (0) fill"),
    ("info(a, {__name__=~\".+\", b=\"c\"})", "info(a, {__name__=~\".+\",b=\"c\"})"),
    ("info(a, {})", "info(a, {})"),
    ("limit_ratio(-0.5, foo)", "limit_ratio(-0.5, foo)"),
    ("start() + end() + step() + range()", "start() + end() + step() + range()"),
    ("min_of(1, max_of(2, 3))", "min_of(1, max_of(2, 3))"),
  ]

  @Test(arguments: experimental)
  func `newer syntax prints in one line`(text: String, line: String) throws {
    let expr = try Expr.parse(text, features: .all)
    #expect(expr.description == line)
    #expect(try Expr.parse(line, features: .all).canonical == expr.canonical)
  }

  @Test func `what is too long for a line is broken like the reference does`() throws {
    let text = """
      sum by (workflow, status, host) (rate(workflow_runs_total{workflow=~"triage|build",status!="ok",host!=""}[5m])) \
      / on (workflow) group_left () \
      topk(3, -(sum by (workflow) (rate(workflow_runs_total{job="tidemark"}[5m]) + rate(workflow_runs_started_total{job="tidemark"}[5m])))) > bool 0.25
      """
    let pretty = """
          sum by (workflow, status, host) (
            rate(workflow_runs_total{host!="",status!="ok",workflow=~"triage|build"}[5m])
          )
        / on (workflow) group_left ()
          topk(
            3,
            -(
              sum by (workflow) (
                  rate(workflow_runs_total{job="tidemark"}[5m])
                +
                  rate(workflow_runs_started_total{job="tidemark"}[5m])
              )
            )
          )
      > bool
        0.25
      """
    let lines = try Expr.parse(text).prettyDescription
    #expect(lines == pretty)
    #expect(try Expr.parse(lines).canonical == Expr.parse(text).canonical)
  }
}

import SeriesModel
import Testing

@testable import Scenarios

@Suite struct ScriptParserTests {
  private func parse(_ text: String) -> Script { ScriptParser.parse(name: "x.test", text: text) }

  private func onlyCase(_ text: String) throws -> ScriptCase {
    let script = parse(text)
    #expect(script.problems.isEmpty)
    guard case .evaluate(let one)? = script.commands.last else { throw Missing() }
    return one
  }
  private struct Missing: Error {}

  @Test func `blocks end at blank lines and comments`() {
    let script = parse(
      """
      load 5m
        a{b="c"}  1 2
        d         0+1x3
      # a comment
      clear
      eval instant at 50m  sum(a)
        {} 3

      EVAL range from 0 to 10m step 1m a
      """)
    #expect(script.problems.isEmpty)
    #expect(script.commands.count == 4)
    guard case .load(let load) = script.commands[0], case .clear = script.commands[1],
      case .evaluate(let first) = script.commands[2],
      case .evaluate(let second) = script.commands[3]
    else {
      Issue.record("other commands: \(script.commands)")
      return
    }
    #expect(load.step == .minutes(5))
    #expect(load.series.map(\.labels.description) == ["a{b=\"c\"}", "d"])
    #expect(first.time == .instant(Timestamp(milliseconds: 3_000_000)))
    #expect(first.query == "sum(a)")
    #expect(first.line == 6)
    #expect(first.expected.series.count == 1)
    #expect(
      second.time == .range(from: Timestamp(milliseconds: 0), through: Timestamp(milliseconds: 600_000), step: .minutes(1)))
  }

  @Test func `demands of a case are read`() throws {
    let one = try onlyCase(
      """
      eval instant at 1m30s foo
        expect fail msg: it is  broken
        expect warn
        expect warn regex: a+
        expect no_info
        expect ordered
        expect range vector from 1m to 3m step 60s
        foo 1 2 3
      """)
    guard case .exact("it is  broken")? = one.expected.failure, case .some(let warnings) = one.expected.warnings,
      case .none = one.expected.infos
    else {
      Issue.record("read otherwise: \(one.expected)")
      return
    }
    #expect(warnings.map(\.description) == ["any text", "a text with /a+/"])
    #expect(one.expected.isOrdered)
    #expect(one.expected.window?.through == Timestamp(milliseconds: 180_000))
  }

  @Test func `the older commands mean the same`() throws {
    #expect(try onlyCase("eval_fail instant at 0 x\n expected_fail_message no").expected.failure?.description == "“no”")
    #expect(try onlyCase("eval_fail instant at 0 x\n expected_fail_regexp n.").expected.failure?.description == "a text with /n./")
    #expect(try onlyCase("eval_ordered instant at 0 x").expected.isOrdered)
    guard case .some = try onlyCase("eval_warn instant at 0 x").expected.warnings,
      case .some = try onlyCase("eval_info instant at 0 x").expected.infos
    else {
      Issue.record("no remarks expected")
      return
    }
  }

  @Test func `a number alone is a scalar and ends the block`() throws {
    let script = parse("eval instant at 0 x\n  -Inf\neval instant at 0 y\n  0x1F")
    let scalars = script.commands.map { command -> Double? in
      if case .evaluate(let one) = command { return one.expected.scalar }
      return nil
    }
    #expect(scalars == [-.infinity, 31])
  }

  @Test func `a string is unquoted`() throws {
    #expect(try onlyCase("eval instant at 0 x\n expect string `a\"b`").expected.string == "a\"b")
  }

  @Test func `start times are left out of a load`() {
    let script = parse("load 1m\n  a{b=\"c\"}@st  _ -30s-1mx2\n  a{b=\"c\"}  1 2 3 4")
    guard case .load(let load)? = script.commands.first else { return }
    #expect(script.problems.isEmpty)
    #expect(load.series.count == 1)
  }

  static let broken: [(String, ScriptProblem)] = [
    ("fetch 5m", ScriptProblem(line: 1, message: "unknown command \"fetch\", expected load, clear or eval")),
    ("\nload", ScriptProblem(line: 2, message: "expected load and the time between points, such as load 5m")),
    (
      "load 1m\n  a{ 1",
      ScriptProblem(line: 2, message: "error in series: 1:4: parse error: unexpected character inside braces: '1'")
    ),
    (
      "eval instant foo",
      ScriptProblem(line: 1, message: "expected eval instant at TIME QUERY or eval range from TIME to TIME step DURATION QUERY")
    ),
    ("eval instant at 5m", ScriptProblem(line: 1, message: "expected a query")),
    ("eval instant at 0 x\n  expect wonder", ScriptProblem(line: 2, message: "cannot read this expectation: expect wonder")),
    (
      "eval instant at 0 x\n  expect warn regex: (",
      ScriptProblem(line: 2, message: "cannot read this expectation: expect warn regex: (")
    ),
  ]

  @Test(arguments: broken)
  func `a line that cannot be read is told`(text: String, problem: ScriptProblem) {
    #expect(parse(text).problems == [problem])
  }
}

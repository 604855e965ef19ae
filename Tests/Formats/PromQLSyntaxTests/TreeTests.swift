import SeriesModel
import Testing

@testable import PromQLSyntax

@Suite struct TreeTests {
  static let groupings: [(String, String)] = [
    ("1 + 2 * 3 ^ 4 ^ 5", "(1 + (2 * (3 ^ (4 ^ 5))))"),
    ("1 - 2 - 3", "((1 - 2) - 3)"),
    ("a or b and c unless d", "(a or ((b and c) unless d))"),
    ("a == b + c % d", "(a == (b + (c % d)))"),
    ("a * b atan2 c", "((a * b) atan2 c)"),
    ("-a ^ b", "-(a ^ b)"),
    ("-a * b", "(-a * b)"),
    ("2 ^ -a * b", "((2 ^ -a) * b)"),
    ("a + b offset 1m", "(a + b offset 1m)"),
  ]

  @Test(arguments: groupings)
  func `operators bind as the reference has them`(text: String, grouped: String) throws {
    func show(_ expr: Expr) -> String {
      switch expr {
      case .binary(let b): "(\(show(b.lhs)) \(b.op.rawValue) \(show(b.rhs)))"
      case .unary(let u): "\(u.op.rawValue)\(show(u.expr))"
      default: expr.description
      }
    }
    #expect(show(try Expr.parse(text)) == grouped)
  }

  static let types: [(String, ValueType)] = [
    ("1", .scalar), ("\"a\"", .string), ("foo", .vector), ("foo[5m]", .matrix), ("foo[5m:]", .matrix), ("sum(foo)", .vector),
    ("time()", .scalar),
    ("scalar(foo)", .scalar), ("1 + 2", .scalar), ("1 + foo", .vector), ("-(1)", .scalar), ("(foo[5m])", .matrix),
    ("vector(1)", .vector),
  ]

  @Test(arguments: types)
  func `an expression knows what it yields`(text: String, type: ValueType) throws {
    #expect(try Expr.parse(text).valueType == type)
  }

  @Test func `matching is set between vectors alone`() throws {
    func matching(_ text: String) throws -> VectorMatching? {
      guard case .binary(let binary) = try Expr.parse(text) else { return nil }
      return binary.matching
    }
    #expect(try matching("a + b") == VectorMatching())
    #expect(try matching("a or b") == VectorMatching(cardinality: .manyToMany))
    #expect(try matching("a + 1") == nil)
    #expect(
      try matching("a / on(x, \"y.z\") group_right(i) b")
        == VectorMatching(cardinality: .oneToMany, labels: ["x", "y.z"], on: true, include: ["i"]))
  }

  @Test func `the name stands last among the matchers when it stands before the braces`() throws {
    guard case .vector(let plain) = try Expr.parse("foo{a=\"b\"}"), case .vector(let quoted) = try Expr.parse("{\"foo\",a=\"b\"}")
    else {
      Issue.record("no selectors")
      return
    }
    #expect(plain.matchers.map(\.name) == ["a", "__name__"])
    #expect(quoted.matchers.map(\.name) == ["__name__", "a"])
    #expect(quoted.name == nil)
    #expect(plain.metricName == "foo" && quoted.metricName == "foo")
  }

  @Test func `offsets and times are kept`() throws {
    guard case .matrix(let matrix) = try Expr.parse("foo[5m] offset -90 @ 1.0005") else {
      Issue.record("no matrix")
      return
    }
    #expect(matrix.window.constant == .minutes(5))
    #expect(matrix.selector.offset?.constant == .seconds(-90))
    #expect(matrix.selector.at == .timestamp(Timestamp(milliseconds: 1001)))
  }

  @Test func `every function names its arguments' types`() {
    #expect(FunctionSignature.all.count == 90)
    for signature in FunctionSignature.all.values where signature.variability != .fixed { #expect(!signature.arguments.isEmpty) }
    #expect(FunctionSignature.named("histogram_quantiles")?.argumentCounts.most == 12)
    #expect(FunctionSignature.named("label_join")?.argumentCounts.least == 3)
    #expect(FunctionSignature.named("Rate") == nil)
  }

  @Test func `a string that is not UTF-8 keeps its bytes`() throws {
    guard case .string(let literal) = try Expr.parse("\"a\\xc5z\"") else {
      Issue.record("no string")
      return
    }
    #expect(literal.broken == [0x61, 0xc5, 0x7a])
    #expect(literal.value == "a\u{fffd}z")
  }
}

import SourceText
import Testing

@testable import PromQLSyntax

/// Texts and places as Prometheus 3.5 answers them.
@Suite struct ErrorTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var query: String
    var error: String
    var testDescription: String { query }
    init(_ query: String, _ error: String) {
      self.query = query
      self.error = error
    }
  }

  static let lexical: [Case] = [
    Case("$", "1:1: parse error: unexpected character: '$'"),
    Case("foo é", "1:5: parse error: unexpected character: 'é'"),
    Case("foo =~ bar", "1:5: parse error: unexpected character after '=': '~'"),
    Case("foo ! bar", "1:5: parse error: unexpected character after '!': ' '"),
    Case("foo !", "1:5: parse error: unexpected character after '!': '�'"),
    Case("\"a", "1:1: parse error: unterminated quoted string"),
    Case("\"a\nb\"", "1:1: parse error: unterminated quoted string"),
    Case("`a", "1:1: parse error: unterminated raw string"),
    Case("'\\z'", "1:1: parse error: unknown escape sequence U+007A 'z'"),
    Case("\"\\'\"", "1:1: parse error: unknown escape sequence U+0027 '''"),
    Case("\"\\x1\"", "1:1: parse error: illegal character U+0022 '\"' in escape sequence"),
    Case("\"\\ud800\"", "1:1: parse error: escape sequence is an invalid Unicode code point"),
    Case("\"\\777\"", "1:1: parse error: escape sequence is an invalid Unicode code point"),
    Case("1.5.5", "1:1: parse error: bad number or duration syntax: \"1.5.\""),
    Case("5mm", "1:1: parse error: bad number or duration syntax: \"5mm\""),
    Case("0xee", "1:1: parse error: bad number or duration syntax: \"0xee\""),
    Case("1e1000", "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"1e1000\": value out of range"),
    Case("1e6.", "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"1e6.\": invalid syntax"),
    Case("(foo", "1:5: parse error: unclosed left parenthesis"),
    Case("foo)", "1:5: parse error: unexpected right parenthesis ')'"),
    Case("foo{", "1:5: parse error: unexpected end of input inside braces"),
    Case("foo{{", "1:5: parse error: unexpected left brace '{'"),
    Case("foo{a!b}", "1:6: parse error: unexpected character after '!' inside braces: 'b'"),
    Case("foo{1a=\"b\"}", "1:5: parse error: unexpected character inside braces: '1'"),
    Case("foo[", "1:5: parse error: unexpected end of input in duration expression"),
    Case("foo[5m", "1:7: parse error: unclosed left bracket"),
    Case("foo[x]", "1:5: parse error: unexpected character in duration expression: 'x'"),
    Case("foo[#\n5m]", "1:5: parse error: unexpected character in duration expression: '#'"),
    Case("foo[:]", "1:6: parse error: unexpected colon before duration in duration expression"),
    Case("foo[5m::5m]", "1:8: parse error: unexpected colon ':'"),
    Case("foo]", "1:4: parse error: unexpected right bracket ']'"),
    Case("foo[5m[", "1:7: parse error: unexpected left bracket '['"),
  ]

  static let syntax: [Case] = [
    Case("", "unknown position: parse error: no expression found in input"),
    Case("  # nothing", "1:1: parse error: no expression found in input"),
    Case("foo + ", "1:7: parse error: unexpected end of input"),
    Case("foo bar", "1:5: parse error: unexpected identifier \"bar\""),
    Case("foo \"a long string\"", "1:5: parse error: unexpected string \"\\\"a long st\"..."),
    Case("foo a:b", "1:5: parse error: unexpected metric identifier \"a:b\""),
    Case("foo by", "1:5: parse error: unexpected <by>"),
    Case("foo SUM", "1:5: parse error: unexpected <aggr:SUM>"),
    Case("foo + * bar", "1:7: parse error: unexpected <op:*>"),
    Case("foo start", "1:5: parse error: unexpected \"start\""),
    Case("ä\n + ", "1:1: parse error: unexpected character: 'ä'"),
    Case("\"ä\" +\n ]", "2:2: parse error: unexpected right bracket ']'"),
    Case("\"ä\" foo", "1:6: parse error: unexpected identifier \"foo\""),
    Case("sum(foo bar)", "1:9: parse error: unexpected identifier \"bar\" in aggregation"),
    Case("sum(rate(foo bar))", "1:14: parse error: unexpected identifier \"bar\" in aggregation"),
    Case("sum foo", "1:5: parse error: unexpected identifier \"foo\""),
    Case("sum by foo (x)", "1:8: parse error: unexpected identifier \"foo\" in grouping opts, expected \"(\""),
    Case("sum by (a b) (x)", "1:11: parse error: unexpected identifier \"b\" in grouping opts, expected \",\" or \")\""),
    Case("sum by (a,,b) (x)", "1:11: parse error: unexpected \",\" in grouping opts, expected label"),
    Case("sum by (without) (x)", "1:9: parse error: unexpected <without> in grouping opts, expected label"),
    Case("foo offset ++1m - bar", "1:19: parse error: unexpected identifier \"bar\" in offset, expected number or duration"),
    Case("foo / on(a) group_left * b", "1:24: parse error: unexpected <op:*> in grouping opts, expected \"(\""),
    Case("foo{a b}", "1:7: parse error: unexpected identifier \"b\" in label matching, expected label matching operator"),
    Case("foo{a=b}", "1:7: parse error: unexpected identifier \"b\" in label matching, expected string"),
    Case("foo{a=\"b\" c=\"d\"}", "1:11: parse error: unexpected identifier \"c\" in label matching, expected \",\" or \"}\""),
    Case("foo{,}", "1:5: parse error: unexpected \",\" in label matching, expected identifier or \"}\""),
    Case("foo[]", "1:5: parse error: unexpected \"]\" in subquery selector, expected number or duration"),
    Case("foo[5m:5m:]", "1:10: parse error: unexpected colon ':'"),
    Case("foo[5m:*]", "1:8: parse error: unexpected <op:*> in subquery selector, expected number or duration or \"]\""),
    Case("foo[5m,]", "1:7: parse error: unexpected \",\" in subquery or range, expected \":\" or \"]\""),
    Case("foo offset bar", "1:12: parse error: unexpected identifier \"bar\" in offset, expected number or duration"),
    Case("foo @ bar", "1:7: parse error: unexpected identifier \"bar\" in @, expected timestamp"),
    Case("foo @ start", "1:12: parse error: unexpected end of input in @, expected timestamp"),
    Case("abs(a,)", "1:6: parse error: trailing commas not allowed in function call args"),
    Case("abs(a,,b)", "1:6: parse error: trailing commas not allowed in function call args"),
    Case("unknown(foo)", "1:1: parse error: unknown function with name \"unknown\""),
  ]

  static let meaning: [Case] = [
    Case("foo[0s]", "1:5: parse error: duration must be greater than 0"),
    Case("foo[5m-5m]", "1:5: parse error: experimental duration expression is not enabled"),
    Case("foo[5hs]", "1:5: parse error: unknown unit \"hs\" in duration \"5hs\""),
    Case("foo[5m5h]", "1:5: parse error: not a valid duration string: \"5m5h\""),
    Case("foo[1000000000000y]", "1:5: parse error: duration out of range"),
    Case("foo offset 1m offset 2m", "1:1: parse error: offset may not be set multiple times"),
    Case(
      "1 offset 1m",
      "1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery"),
    Case(
      "1 @ 5", "1:1: parse error: @ modifier must be preceded by an instant vector selector or range vector selector or a subquery"),
    Case("foo @ 1 @ 2", "1:1: parse error: @ <timestamp> may not be set multiple times"),
    Case("foo @ Inf", "1:1: parse error: timestamp out of bounds for @ modifier: +Inf"),
    Case("foo @ 1e19", "1:1: parse error: timestamp out of bounds for @ modifier: 10000000000000000000.000000"),
    Case("foo offset 1m [5m]", "1:15: parse error: no offset modifiers allowed before range"),
    Case("foo @ 1 [5m]", "1:9: parse error: no @ modifiers allowed before range"),
    Case("rate(foo[5m:])[5m]", "1:15: parse error: ranges only allowed for vector selectors"),
    Case("rate(foo)", "1:6: parse error: expected type range vector in call to function \"rate\", got instant vector"),
    Case("rate(foo[5m],1)", "1:1: parse error: expected 1 argument(s) in call to \"rate\", got 2"),
    Case("label_join(foo)", "1:1: parse error: expected at least 3 argument(s) in call to \"label_join\", got 1"),
    Case("round(foo, 1, 2)", "1:1: parse error: expected at most 2 argument(s) in call to \"round\", got 3"),
    Case("sum()", "1:1: parse error: no arguments for aggregate expression provided"),
    Case("sum(a, b)", "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 1, got 2"),
    Case("topk(\"a\", b)", "1:6: parse error: expected type scalar in aggregation parameter, got string"),
    Case("count_values(1, b)", "1:14: parse error: expected type string in aggregation parameter, got scalar"),
    Case("sum(1)", "1:5: parse error: expected type instant vector in aggregation expression, got scalar"),
    Case("sum by (\"\") (a)", "1:9: parse error: invalid label name for grouping: \"\""),
    Case("sum by (\"\\xff\") (a)", "1:9: parse error: invalid label name for grouping: \"\\xff\""),
    Case("1 == 2", "1:3: parse error: comparisons between scalars must use BOOL modifier"),
    Case("a + bool b", "1:3: parse error: bool modifier can only be used on comparison operators"),
    // An operator's place is where the left operand seems to end: at a parenthesis of `on` or `start()`, before a comment.
    Case("a + on (b) abs(c) + bool d", "1:12: parse error: bool modifier can only be used on comparison operators"),
    Case(
      "a * on (b) group_left (c) sum by (d) (e) + bool f",
      "1:27: parse error: bool modifier can only be used on comparison operators"),
    Case("abs(a @ start()) + bool b", "1:16: parse error: bool modifier can only be used on comparison operators"),
    Case("sum by (a) (abs(b) + bool c)", "1:12: parse error: bool modifier can only be used on comparison operators"),
    Case("a # b\n + bool c", "1:3: parse error: bool modifier can only be used on comparison operators"),
    Case("abs(-(a)) + bool b", "1:11: parse error: bool modifier can only be used on comparison operators"),
    Case("1 and 2", "1:1: parse error: set operator \"and\" not allowed in binary scalar expression"),
    Case("foo and on(a) group_left(b) bar", "1:1: parse error: no grouping allowed for \"and\" operation"),
    Case("foo + on(a) group_left(a) bar", "1:5: parse error: label \"a\" must not occur in ON and GROUP clause at once"),
    Case("1 + on(a) foo", "1:1: parse error: vector matching only allowed between instant vectors"),
    Case("foo[5m] + 1", "1:1: parse error: binary expression must contain only scalar and instant vector types"),
    Case(
      "-\"a\"", "1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got \"string\""),
    Case("foo[5m][5m:]", "1:1: parse error: subquery is only allowed on instant vector, got matrix instead"),
    Case("{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
    Case("{a=\"\",b=~\".*\"}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
    Case("foo{\"bar\"}", "1:1: parse error: metric name must not be set twice: \"foo\" or \"bar\""),
    Case("info(foo)", "1:1: parse error: function \"info\" is not enabled"),
    Case(
      "limitk(1, foo)",
      "1:1: parse error: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions"),
    // Words of the newer grammar are names as long as nobody enables them.
    Case("foo anchored", "1:5: parse error: unexpected identifier \"anchored\""),
    Case("foo[5m] smoothed", "1:9: parse error: unexpected identifier \"smoothed\""),
    Case("a + fill(1) b", "1:5: parse error: unknown function with name \"fill\""),
    Case("first_over_time(a[5m])", "1:1: parse error: unknown function with name \"first_over_time\""),
    Case("end()", "1:4: parse error: unexpected \"(\""),
    Case("foo offset step()", "1:12: parse error: unexpected identifier \"step\" in offset, expected number or duration"),
    Case("foo[step()]", "1:5: parse error: unexpected character in duration expression: 's'"),
    // A letter in brackets is a colon; one that would make sense as such is not accepted all the same.
    Case("foo[5m offset 1m]", "1:9: parse error: unexpected colon 'f'"),
    Case("foo[5m:x]", "1:8: parse error: unexpected colon 'x'"),
    Case("foo[5m x]", "1:8: parse error: unexpected character: 'x', expected ':'"),
    Case("foo[5m x5m]", "1:8: parse error: unexpected character: 'x', expected ':'"),
    Case("foo offset -1e40", "1:12: parse error: duration out of range"),
  ]

  @Test(arguments: lexical + syntax + meaning)
  func `a mistake is told in the reference's words at its place`(_ c: Case) {
    let error = #expect(throws: ParseError.self) { try Expr.parse(c.query) }
    #expect(error?.description == c.error)
  }

  static let several: [(String, [String])] = [
    ("foo{a b, c=d} + bar{,}", ["1:7", "1:12", "1:21"]),
    ("sum by (a b) (x) / (foo bar)", ["1:11", "1:25"]),
    ("rate(foo) + abs(1) + unknown(x)", ["1:22"]),
    ("rate(foo) + abs(1)", ["1:6", "1:17"]),
    ("foo(1 2) + bar(3 4)", ["1:7", "1:1", "1:18", "1:12"]),
  ]

  @Test(arguments: several)
  func `one parse finds several mistakes`(query: String, places: [String]) {
    let error = #expect(throws: ParseError.self) { try Expr.parse(query) }
    #expect(error?.diagnostics.map { $0.range.start(in: query) } == places)
  }

  @Test func `a near miss of a function's name is helped`() {
    let error = #expect(throws: ParseError.self) { try Expr.parse("raet(foo[5m])") }
    #expect(error?.diagnostics[0].hint == "did you mean rate?")
    let other = #expect(throws: ParseError.self) { try Expr.parse("completely_different(foo)") }
    #expect(other?.diagnostics[0].hint == nil)
  }

  @Test func `limits are named`() {
    func message(_ query: String, _ limits: SyntaxLimits = .standard) -> String? {
      do throws(ParseError) {
        _ = try PromQLParser(limits: limits).parse(query)
        return nil
      } catch { return error.diagnostics[0].message }
    }
    let deep = String(repeating: "(", count: 201) + "1" + String(repeating: ")", count: 201)
    #expect(message(deep) == "expression is nested too deeply, at most 200 levels")
    #expect(message(String(repeating: "-", count: 201) + "a") == "expression is nested too deeply, at most 200 levels")
    #expect(message("1" + String(repeating: " + 1", count: 1000)) == "expression is too large, at most 1000 operators in a chain")
    #expect(message("1" + String(repeating: " + 1", count: 990)) == nil)
    #expect(message("a ^ " + String(repeating: "b ^ ", count: 3000) + "c") == "expression is nested too deeply, at most 200 levels")
    let many = String(repeating: "nope(1) + ", count: 900) + "1"
    let error = #expect(throws: ParseError.self) { try PromQLParser().parse(many) }
    #expect(error?.diagnostics.count == SyntaxLimits.standard.diagnostics)
    #expect(message("foo + bar", SyntaxLimits(queryBytes: 5)) == "query is too long: 9 bytes, at most 5")
    #expect(message("foo[" + String(repeating: "-", count: 201) + "1]") == "expression is nested too deeply, at most 200 levels")
  }

  @Test(arguments: [SyntaxFeatures.all, []])
  func `what would make a deep or wide tree is refused`(_ features: SyntaxFeatures) {
    let many = 100_000
    let texts = [
      "foo[" + String(repeating: "1-", count: many) + "1]", "foo offset (" + String(repeating: "1-", count: many) + "1)",
      "foo{" + String(repeating: "a=\"b\",", count: 300) + "}", "sum by (" + String(repeating: "a,", count: 1001) + ") (foo)",
      "label_join(foo, " + String(repeating: "\"a\",", count: 1001) + "\"a\")", String(repeating: "-", count: 300) + "1",
    ]
    for text in texts {
      #expect(throws: ParseError.self, "\(text.prefix(40))") { try PromQLParser(features: features).parse(text) }
    }
  }
}

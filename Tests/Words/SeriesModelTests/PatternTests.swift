import Testing

@testable import SeriesModel

@Suite struct PatternTests {
  static func verdict(_ pattern: String) -> String? {
    do {
      _ = try RegularExpression(pattern)
      return nil
    } catch {
      return error.message
    }
  }

  @Test func `verdict and text are those of Prometheus`() {
    for (pattern, error) in patternCases { #expect(Self.verdict(pattern) == error, "pattern \(pattern)") }
  }

  @Test func `deep, large and repeated expressions are refused by their limit`() {
    let deep = String(repeating: "(", count: 1001) + String(repeating: ")", count: 1001)
    #expect(Self.verdict(deep) == "error parsing regexp: expression nests too deeply: `\(deep)`")
    let large = String(repeating: "(x{10}y{1000}){100}", count: 40)
    #expect(Self.verdict(large)?.hasPrefix("error parsing regexp: ") == true)
    #expect(Self.verdict("((a{10}){10}){10}") == nil)
    #expect(Self.verdict("((a{10}){10}){11}") == "error parsing regexp: invalid repeat count: `{11}`")
  }

  @Test(arguments: [
    ("a.c", "abc", true), ("a.c", "a\nc", true), ("a", "ab", false), ("a|bc", "bc", true), ("(?i)É", "é", true),
    ("(?<n>a)b", "ab", true),
    ("(?P<n>a)(?<n>b)", "ab", true), ("a$|b", "b", true), (#"\Q.+\E"#, ".+", true), ("", "", true), ("(?-s).", "\n", false),
  ]) func `matching is anchored and the point is any character`(pattern: String, text: String, matches: Bool) throws {
    let expression = try RegularExpression(pattern)
    #expect(expression.matches(text) == matches)
    #expect(expression.matches(utf8: Array(text.utf8).span) == matches)
  }

  @Test(arguments: [
    ("$1", "b"), ("${1}x", "bx"), ("$1x", ""), ("$0", "abc"), ("$$1", "$1"), ("${name}", "b"), ("$name-$2", "b-"), ("$", "$"),
    ("a$-b", "a$-b"),
    ("${1", "${1"), ("${}", "${}"), ("$01", ""), ("$9", ""), ("$1$1", "bb"), ("é$1é", "é"), ("${1}é", "bé"), ("$ $1", "$ b"),
  ]) func `templates expand as Go expands them`(template: String, expanded: String) throws {
    let expression = try RegularExpression("a(?<name>b)c(d)?")
    let match = try #require(expression.firstMatch(in: "abc"))
    #expect(expression.expand(template: template, match: match, in: "abc") == expanded)
  }

  @Test(arguments: [
    ("a", "banana", "<$0>", "b<a>n<a>n<a>"), ("a*", "baab", "x", "xbxbx"), ("(.)(.)", "abcd", "$2$1", "badc"),
    ("x", "abc", "y", "abc"),
    ("", "éa", "-", "-é-a-"), ("$", "ab", "!", "ab!"), ("^", "ab", "!", "!ab"), ("a+", "", "x", ""),
  ]) func `all matches are replaced as Go replaces them`(pattern: String, text: String, template: String, wanted: String) throws {
    #expect(try RegularExpression(pattern, anchored: false).replacingAll(in: text, with: template) == wanted)
  }

  @Test(arguments: [
    ("a", "oneOf a"), ("a|b|a", "oneOf a,b"), ("", "oneOf "), ("x(a|b)?", "pattern"), ("api-(a|b)", "oneOf api-a,api-b"),
    ("(?:a|)b", "oneOf ab,b"),
    (#"a\.b"#, "oneOf a.b"), ("a.b", "pattern"), ("api-.*", "prefix api-"), (".*-api", "suffix -api"), (".*api.*", "contains api"),
    (".*", "anything"),
    (".+", "nonEmpty"), (".*.+", "nonEmpty"), ("a.+", "pattern"), (#"a\.*"#, "pattern"), ("a|b.*", "any of oneOf a; prefix b"),
    (".*a|b", "any of suffix a; oneOf b"),
    ("a|.*", "anything"), ("|.+", "any of oneOf ; nonEmpty"), ("(a|b).*|c", "pattern"), (#"a\||.*b"#, "any of oneOf a|; suffix b"),
    ("[|].*|a", "pattern"), ("a.*|(b", "error"), ("a.*|b)", "error"), ("a.*|*", "error"), (".*|(", "error"), (".*|*", "error"),
    ("x|.*|a**", "error"), (".*|b", "anything"),
    (String(repeating: "(a|b)", count: 10) + String(repeating: "x", count: 1000), "pattern"),
    ("(?i)a", "pattern"),
    ("[ab]", "pattern"), (#"\d"#, "pattern"), ("(a|b)(c|d)", "oneOf ac,ad,bc,bd"), ("^a$", "pattern"), ("a**", "error"),
    ("é|ü.*", "any of oneOf é; prefix ü"), (String(repeating: "(", count: 40) + "a" + String(repeating: ")", count: 40), "pattern"),
    (String(repeating: "(", count: 1001) + "a" + String(repeating: ")", count: 1001), "error"), ("(.*", "error"), (".*)", "error"),
    (".**", "error"), (".*\\", "error"),
    (".*é.*", "contains é"), ("(a).*", "prefix a"),
  ]) func `a pattern is reduced where something simpler is the same`(pattern: String, wanted: String) throws {
    guard let matcher = try? Matcher("x", .regex, pattern) else {
      #expect(wanted == "error")
      return
    }
    func text(_ reduced: Matcher.Reduced) -> String {
      switch reduced {
      case .oneOf(let set): "oneOf " + set.values.joined(separator: ",")
      case .prefix(let text): "prefix " + text
      case .suffix(let text): "suffix " + text
      case .contains(let text): "contains " + text
      case .anything: "anything"
      case .nonEmpty: "nonEmpty"
      case .anyOf(let parts): "any of " + parts.map(text).joined(separator: "; ")
      case .expression: "pattern"
      }
    }
    #expect(text(matcher.reduced) == wanted)
    let expression = try RegularExpression(pattern)
    for text in [
      "", "a", "b", "ab", "api-a", "api-", "-api", "x-api", "xapix", "a.b", "axb", "acd", "ac", "é", "xéx", "a\n", "api",
    ] {
      #expect(matcher.matches(text) == expression.matches(text), "\(text)")
    }
  }
}

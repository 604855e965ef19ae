import Testing

@testable import HTTPServer

@Suite struct RouterTests {
  @Test(arguments: [
    ("/a/:x", "/a/1", "x=1"), ("/a/:x", "/a/", nil), ("/a/:x", "/a", nil), ("/a/:x", "/a/1/2", nil), ("/a/*r", "/a", "r="),
    ("/a/*r", "/a/1/2", "r=1/2"), ("/a/:x/b/*r", "/a/1/b/%2F", "r=%2F,x=1"), ("/", "/", ""), ("/", "/a", nil),
    ("/a/:x", "/a/%F0%9F%8C%8A", "x=🌊"),
    ("/a/:x", "/a/%zz", nil),
  ]) func `a pattern takes its own paths`(_ pattern: String, _ path: String, _ expected: String?) {
    let found = RoutePattern(pattern).match(RoutePattern.split(path))
    #expect(found.map { $0.values.map { "\($0)=\($1)" }.sorted().joined(separator: ",") } == expected)
  }

  @Test func `literals come before parameters before wildcards, whatever the order of writing`() throws {
    var router = Router()
    for pattern in ["/*rest", "/a/:x/:y", "/:all", "/a/:x/c", "/a/b/:y"] {
      router.on(.GET, pattern) { _, _ in .text(pattern) }
    }
    for (path, pattern) in [
      ("/a/b/c", "/a/b/:y"), ("/a/z/c", "/a/:x/c"), ("/a/z/z", "/a/:x/:y"), ("/q", "/:all"), ("/q/r", "/*rest"),
    ] {
      #expect(Reply(Pipeline(router).respond(to: Request(.GET, path)!)).text == pattern)
    }
  }

  @Test func `methods of overlapping patterns complete each other`() {
    var router = Router()
    router.on(.GET, "/a/b") { _, _ in .text("get") }
    router.on(.POST, "/a/:x") { _, _ in .text("post") }
    let pipeline = Pipeline(router)
    #expect(Reply(pipeline.respond(to: Request(.POST, "/a/b")!)).text == "post")
    #expect(pipeline.respond(to: Request(.PUT, "/a/b")!).headers["Allow"] == "GET, HEAD, POST, OPTIONS")
  }

  @Test func `form bodies come before the query, and other bodies are not read`() {
    let form = HTTPFields(dictionaryLiteral: ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"))
    let both = Request(.POST, "/?a=1&b=%2", headers: form, body: Array("a=2&c=x%3Dy+z".utf8))!
    #expect(both.parameters.map { "\($0.name)=\($0.value)" } == ["a=2", "c=x=y z", "a=1"])
    let json = Request(.POST, "/?a=1", headers: ["Content-Type": "application/json"], body: Array("a=2".utf8))!
    #expect(json.parameters.map(\.value) == ["1"])
  }

  @Test(arguments: ["a b/ü%?&=+#", "", "/", "\u{1f30a}"]) func `encoding and decoding are inverse`(_ text: String) {
    #expect(URLCoding.decode(URLCoding.encodeValue(text), plusIsSpace: true) == text)
    #expect(URLCoding.decode(URLCoding.encodePath(text)) == text)
  }
}

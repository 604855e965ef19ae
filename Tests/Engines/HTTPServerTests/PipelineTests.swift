import Testing

@testable import HTTPServer

/// What a handler's user sees must be the same with and without a socket: each test runs in both modes.
@Suite struct PipelineTests {
  static let page = Array(String(repeating: "workflow_runs_total 1\n", count: 200).utf8)

  static var router: Router {
    var router = Router()
    router.crossOrigin(under: "/api/v1", .any)
    router.crossOrigin(under: "/api/metrics", .only(["http://here"]))
    router.notFound(under: "/api/metrics", .json(Array(#"{"error":"Not found"}"#.utf8), status: 404))
    router.on(.GET, "/hello", place: .inline) { request, _ in .text("hello \(request.query.first?.value ?? "nobody")\n") }
    router.on(.GET, "/page") { _, _ in Response.text(String(decoding: Self.page, as: UTF8.self)).tagged("v7") }
    router.on(.GET, "/packed") { _, _ in
      Response(
        headers: ["Content-Type": "text/plain", "Content-Encoding": "gzip"], body: .shared(SharedBytes(Self.page)),
        compressible: false)
    }
    router.on(.GET, "/api/v1/label/:name/values") { _, part in .text(part["name"]!) }
    router.on(.GET, "/api/v1/label/own/values") { _, _ in .text("own") }
    router.on(.PUT, "/push/*grouping", bodyLimit: 1000) { request, part in .text("\(part["grouping"]!) \(request.body.count)") }
    router.on(.POST, "/echo", bodyLimit: 5000) { request, _ in Response(body: .bytes(request.body), compressible: false) }
    router.on(.POST, "/echo-inline", place: .inline, bodyLimit: 5000) { request, _ in
      Response(body: .bytes(request.body), compressible: false)
    }
    router.on(.GET, "/fails") { _, _ throws(HTTPProblem) in throw HTTPProblem(status: 422, "no such thing") }
    router.on(.GET, "/api/v1/ok") { _, _ in .json(Array("{}".utf8)).notStored }
    return router
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var method = HTTPMethod.GET
    var target: String
    var headers: HTTPFields = [:]
    var body: [UInt8] = []
    var status: Int
    var fields: [String: String] = [:]
    var text: String?
    var testDescription: String { name }
  }

  static let big = [UInt8](repeating: 7, count: 5001)

  static let cases: [Case] = [
    Case(
      name: "query", target: "/hello?name=a%20b+c", status: 200, fields: ["Content-Type": "text/plain; charset=utf-8"],
      text: "hello a b c\n"),
    Case(name: "head", method: .HEAD, target: "/hello", status: 200, fields: ["Content-Length": "13"], text: ""),
    Case(name: "unknown path", target: "/nothing", status: 404, text: "404 page not found\n"),
    Case(
      name: "unknown path with its own answer", target: "/api/metrics/x", status: 404, fields: ["Content-Type": "application/json"],
      text: #"{"error":"Not found"}"#),
    Case(name: "prefix ends at a slash", target: "/api/metricsx", status: 404, text: "404 page not found\n"),
    Case(
      name: "other method", method: .POST, target: "/hello", status: 405, fields: ["Allow": "GET, HEAD, OPTIONS"],
      text: "Method Not Allowed\n"),
    Case(
      name: "other method with a body", method: .DELETE, target: "/echo", body: big, status: 405, fields: ["Allow": "POST, OPTIONS"]
    ),
    Case(name: "options", method: .OPTIONS, target: "/echo", status: 204, fields: ["Allow": "POST, OPTIONS"], text: ""),
    Case(name: "parameter", target: "/api/v1/label/a%2Fb/values", status: 200, text: "a/b"),
    Case(name: "empty parameter", target: "/api/v1/label//values", status: 404),
    Case(name: "literal before parameter", target: "/api/v1/label/own/values", status: 200, text: "own"),
    Case(
      name: "rest", method: .PUT, target: "/push/job/a/path@base64/L3", body: [1, 2], status: 200, text: "job/a/path@base64/L3 2"),
    Case(name: "at the limit", method: .POST, target: "/echo", body: Array(big.dropLast()), status: 200),
    Case(
      name: "over the limit", method: .POST, target: "/echo", body: big, status: 413,
      text: "Request Entity Too Large: the limit is 5000 bytes\n"),
    Case(name: "problem", target: "/fails", status: 422, text: "no such thing\n"),
    Case(
      name: "unknown coding", method: .POST, target: "/echo", headers: ["Content-Encoding": "br"], body: [1], status: 415,
      fields: ["Accept-Encoding": "gzip, deflate, snappy"]),
    Case(
      name: "snappy is passed on", method: .POST, target: "/echo", headers: ["Content-Encoding": "snappy"], body: [65, 66],
      status: 200, text: "AB"),
    Case(
      name: "gzip body", method: .POST, target: "/echo", headers: ["Content-Encoding": "gzip"], body: gzip(page, level: 1)!,
      status: 200, text: String(decoding: page, as: UTF8.self)),
    Case(
      name: "two gzip members", method: .POST, target: "/echo", headers: ["Content-Encoding": "gzip"],
      body: gzip([65], level: 1)! + gzip([66], level: 1)!, status: 200, text: "AB"),
    Case(
      name: "gzip inline", method: .POST, target: "/echo-inline", headers: ["Content-Encoding": "x-gzip"],
      body: gzip([65], level: 1)!, status: 200, text: "A"),
    Case(
      name: "small bomb", method: .POST, target: "/echo", headers: ["Content-Encoding": "gzip"],
      body: gzip([UInt8](repeating: 0, count: 1_000_000), level: 9)!, status: 413,
      text: "Request Entity Too Large: the limit is 5000 bytes\n"),
    Case(
      name: "torn gzip", method: .POST, target: "/echo", headers: ["Content-Encoding": "gzip"],
      body: gzip(page, level: 1)!.dropLast(5), status: 400, text: "400 Bad Request: the body is not valid gzip\n"),
    Case(
      name: "not gzip", method: .POST, target: "/echo", headers: ["Content-Encoding": "deflate"], body: [1, 2, 3], status: 400,
      text: "400 Bad Request: the body is not valid deflate\n"),
    Case(
      name: "plain page", target: "/page", status: 200, fields: ["Vary": "Accept-Encoding", "ETag": "\"v7\""],
      text: String(decoding: page, as: UTF8.self)),
    Case(
      name: "gzip refused by quality", target: "/page", headers: ["Accept-Encoding": "gzip;q=0, *"], status: 200,
      text: String(decoding: page, as: UTF8.self)),
    Case(
      name: "gzip page", target: "/page", headers: ["Accept-Encoding": "br, gzip;q=0.5"], status: 200,
      fields: ["Content-Encoding": "gzip", "ETag": "W/\"v7\""]),
    Case(
      name: "packed by the handler", target: "/packed", headers: ["Accept-Encoding": "gzip"], status: 200,
      fields: ["Content-Encoding": "gzip"], text: String(decoding: page, as: UTF8.self)),
    Case(name: "small stays plain", target: "/hello", headers: ["Accept-Encoding": "gzip"], status: 200, text: "hello nobody\n"),
    Case(
      name: "known version", target: "/page", headers: ["If-None-Match": "\"v6\", W/\"v7\"", "Accept-Encoding": "gzip"],
      status: 304, fields: ["ETag": "\"v7\""], text: ""),
    Case(name: "other version", target: "/page", headers: ["If-None-Match": "\"v6\""], status: 200),
    Case(name: "no origin", target: "/api/v1/ok", status: 200, fields: ["Vary": "Origin", "Cache-Control": "no-store"]),
    Case(
      name: "any origin", target: "/api/v1/ok", headers: ["Origin": "http://x"], status: 200,
      fields: [
        "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, Origin",
        "Access-Control-Allow-Methods": "GET, POST, OPTIONS", "Access-Control-Expose-Headers": "Date", "Vary": "Origin",
      ]),
    Case(
      name: "preflight", method: .OPTIONS, target: "/api/v1/ok", headers: ["Origin": "http://x"], status: 204,
      fields: ["Access-Control-Allow-Origin": "*"]),
    Case(
      name: "listed origin", target: "/api/metrics/x", headers: ["Origin": "http://here"], status: 404,
      fields: ["Access-Control-Allow-Origin": "http://here"]),
    Case(
      name: "404 where no origin may read", target: "/nothing", headers: ["Origin": "http://here"], status: 404,
      fields: ["Content-Length": "19"]),
    Case(name: "broken escape", target: "/hello?a=%zz&b=1", status: 200, text: "hello 1\n"),
  ]

  @Test(arguments: AppMode.allCases) func `every case answers alike with a socket and without`(_ mode: AppMode) throws {
    for c in Self.cases {
      let reply = try mode.ask(Self.router, c.method, c.target, headers: c.headers, body: c.body)
      #expect(reply.status == c.status, "\(c.name)")
      for (name, value) in c.fields { #expect(reply.headers[name] == value, "\(c.name): \(name)") }
      if let text = c.text { #expect(reply.text == text, "\(c.name)") }
    }
  }

  @Test func `both modes give equal replies`() throws {
    for c in Self.cases {
      let bare = try AppMode.router.ask(Self.router, c.method, c.target, headers: c.headers, body: c.body)
      let live = try AppMode.live.ask(Self.router, c.method, c.target, headers: c.headers, body: c.body)
      #expect(bare == live, "\(c.name)")
    }
  }

  @Test(arguments: AppMode.allCases) func `a list of origins tells others nothing`(_ mode: AppMode) throws {
    let reply = try mode.ask(Self.router, .GET, "/api/metrics/x", headers: ["Origin": "http://elsewhere"])
    #expect(reply.headers["Access-Control-Allow-Origin"] == nil)
    #expect(reply.headers["Vary"] == "Origin")
  }

  @Test(arguments: AppMode.allCases) func `a packed page unpacks to itself`(_ mode: AppMode) throws {
    let reply = try mode.ask(Self.router, .GET, "/page", headers: ["Accept-Encoding": "gzip"])
    #expect(inflate(reply.body, limit: 1 << 20) == .whole(Self.page))
    #expect(reply.body.count < Self.page.count / 5)
  }

  @Test(arguments: AppMode.allCases) func `large targets and headers are refused by name`(_ mode: AppMode) throws {
    let long = try mode.ask(Self.router, .GET, "/hello?" + String(repeating: "a", count: 9000))
    #expect(long.status == 414)
    let wide = try mode.ask(Self.router, .GET, "/hello", headers: ["X-Wide": String(repeating: "a", count: 13000)])
    #expect(wide.status == 431)
    var many = HTTPFields()
    for i in 0..<101 { many.add("X-\(i)", "") }
    #expect(try mode.ask(Self.router, .GET, "/hello", headers: many).status == 431)
  }
}

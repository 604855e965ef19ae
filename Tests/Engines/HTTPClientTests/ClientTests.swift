import SeriesModel
import Synchronization
import Testing

@testable import HTTPClient

@Suite struct ClientTests {
  let client = Client(userAgent: "tidemark-test")

  static func ok(_ body: String, _ fields: String = "") -> String {
    "HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  @Test func `method, headers and body arrive as they were given`() throws {
    let server = TinyServer { head, body in
      Self.ok("\(head)|\(String(decoding: body, as: UTF8.self))", "X-Twice: 1\r\nX-Twice:  2 \r\n")
    }
    defer { server.stop() }
    let request = ClientRequest(
      "PUT", server.url + "/a%20b?x=1", headers: [("X-One", "1"), ("X-Empty", ""), ("Content-Type", "application/json")],
      body: Array("{}".utf8))
    let response = try client.send(request, within: .seconds(5))
    let text = String(decoding: response.body, as: UTF8.self)
    #expect(response.status == 200)
    #expect(text.hasPrefix("PUT /a%20b?x=1 HTTP/1.1\r\n"))
    for line in ["X-One: 1", "X-Empty:", "Content-Type: application/json", "User-Agent: tidemark-test", "Content-Length: 2"] {
      #expect(text.contains("\r\n\(line)\r\n"), "\(line) in \(text)")
    }
    #expect(text.hasSuffix("|{}"))
    #expect(!text.contains("Expect"))
    #expect(response.headers.filter { $0.name == "X-Twice" }.map(\.value) == ["1", "2"])
    #expect(response.header("x-twice") == "1")
  }

  @Test(
    arguments: [("GET", nil, nil), ("POST", [], 0), ("POST", [65, 0, 66], 3), ("DELETE", nil, nil)] as [(String, [UInt8]?, Int?)])
  func `a body is sent when there is one, an empty one too`(_ method: String, _ body: [UInt8]?, _ length: Int?) throws {
    let server = TinyServer { head, body in Self.ok("\(head)|\(body)") }
    defer { server.stop() }
    let text = String(
      decoding: try client.send(ClientRequest(method, server.url, body: body), within: .seconds(5)).body, as: UTF8.self)
    #expect(text.hasPrefix("\(method) / "))
    #expect(text.contains("Content-Length: \(length ?? 0)\r\n") == (length != nil))
    #expect(!text.contains("Content-Type"))
    #expect(text.hasSuffix("|\(body ?? [])"))
  }

  @Test func `a response to HEAD has headers only`() throws {
    let server = TinyServer { _, _ in "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n" }
    defer { server.stop() }
    let response = try client.send(ClientRequest("HEAD", server.url), within: .seconds(5))
    #expect(response.header("Content-Length") == "77")
    #expect(response.body == [])
  }

  @Test(arguments: [204, 301, 404, 429, 500, 503]) func `every status is an answer`(_ status: Int) throws {
    let server = TinyServer { _, _ in "HTTP/1.1 \(status) X\r\nLocation: /elsewhere\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"
    }
    defer { server.stop() }
    let response = try client.send(ClientRequest("POST", server.url, body: []), within: .seconds(5))
    #expect(response.status == status)
    #expect(response.header("retry-after") == "7")
  }

  @Test func `where the status counts, a body that is too long, too slow or torn is cut`() throws {
    let long = TinyServer { _, _ in Self.ok(String(repeating: "x", count: 100_000)) }
    let torn = TinyServer(answeringAtOnce: "HTTP/1.1 503 X\r\nContent-Length: 100\r\nRetry-After: 3\r\n\r\nbusy")
    let slow = TinyServer(dripping: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 X\r\nContent-Length: 100\r\n\r\n")
    defer { for server in [long, torn, slow] { server.stop() } }
    var request = ClientRequest("POST", long.url, body: [])
    request.responseLimit = 50_000
    #expect(throws: HTTPClientError.self) { try client.send(request, within: .seconds(5)) }
    request.bodyPatience = .milliseconds(100)
    #expect(try client.send(request, within: .seconds(5)).status == 200)
    request.url = torn.url
    let answer = try client.send(request, within: .seconds(5))
    #expect(answer.status == 503 && answer.header("Retry-After") == "3" && answer.body == Array("busy".utf8))
    request.url = slow.url
    #expect(try client.send(request, within: .seconds(30)).status == 202)
    request.url = long.url
    #expect(try client.send(request, within: .seconds(5)).status == 200, "a cut connection is not used again")
  }

  @Test func `redirects are followed only when asked, and headers are the last response's`() throws {
    let server = TinyServer { head, _ in
      head.hasPrefix("GET /b")
        ? Self.ok("there") : "HTTP/1.1 302 Found\r\nLocation: /b\r\nX-First: 1\r\nContent-Length: 4\r\n\r\nmove"
    }
    defer { server.stop() }
    var request = ClientRequest("GET", server.url + "/a")
    request.redirects = 3
    let response = try client.send(request, within: .seconds(5))
    #expect(response.status == 200)
    #expect(String(decoding: response.body, as: UTF8.self) == "there")
    #expect(response.header("X-First") == nil)
  }

  @Test func `connections are kept, and one per thread is enough`() throws {
    let server = TinyServer { _, body in Self.ok("\(body.count)") }
    defer { server.stop() }
    for i in 0..<20 {
      let response = try client.send(ClientRequest("POST", server.url, body: [UInt8](repeating: 0, count: i)), within: .seconds(5))
      #expect(String(decoding: response.body, as: UTF8.self) == "\(i)")
    }
    #expect(server.connections == 1)
    let wrong = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    for thread in 0..<8 {
      inThread {
        for i in 0..<50 {
          let count = thread * 100 + i
          let response = try? client.send(
            ClientRequest("POST", server.url, body: [UInt8](repeating: 0, count: count)), within: .seconds(5))
          if response.map({ String(decoding: $0.body, as: UTF8.self) }) != "\(count)" { wrong.add(1, ordering: .relaxed) }
        }
        done.add(1, ordering: .releasing)
      }
    }
    while done.load(ordering: .acquiring) < 8 { sleepSeconds(0.01) }
    #expect(wrong.load(ordering: .relaxed) == 0)
    #expect(server.connections <= 9)
  }

  @Test func `a kept connection that the server has closed is replaced`() throws {
    let count = Atomic<Int>(0)
    let server = TinyServer { _, _ in
      // Every second request finds its connection closed without a word.
      count.add(1, ordering: .relaxed).newValue % 2 == 0 ? nil : Self.ok("x")
    }
    defer { server.stop() }
    for _ in 0..<3 { #expect(try client.send(ClientRequest("GET", server.url), within: .seconds(5)).status == 200) }
  }

  struct Failure: Sendable, CustomTestStringConvertible {
    var name: String
    var kind: HTTPClientError.Kind
    var answer: @Sendable (String, [UInt8]) -> String? = { _, _ in nil }
    var url: (@Sendable (TinyServer) -> String) = { $0.url }
    var change: (@Sendable (inout ClientRequest) -> Void) = { _ in }
    var testDescription: String { name }
  }

  static let failures: [Failure] = [
    Failure(name: "no such host", kind: .unresolved, url: { _ in "http://no-such-host.invalid/" }),
    Failure(name: "nobody listens", kind: .refused, url: { _ in "http://127.0.0.1:1/" }),
    Failure(
      name: "slow answer", kind: .timedOut,
      answer: { _, _ in
        sleepSeconds(1); return nil
      }),
    Failure(name: "slow body", kind: .timedOut, answer: { _, _ in "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab" }),
    Failure(name: "closed without a word", kind: .broken),
    Failure(name: "nonsense", kind: .broken, answer: { _, _ in "SSH-2.0-x\r\n\r\n" }),
    Failure(name: "torn chunk", kind: .broken, answer: { _, _ in "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" }),
    Failure(
      name: "TLS to a plain port", kind: .tls, answer: { _, _ in "HTTP/1.1 400 Bad\r\n\r\n" },
      url: { "https://127.0.0.1:\($0.port)" }),
    Failure(
      name: "too large", kind: .tooLarge, answer: { _, _ in ok(String(repeating: "a", count: 101)) },
      change: { $0.responseLimit = 100 }),
    Failure(name: "other scheme", kind: .badRequest, url: { _ in "file:///etc/passwd" }),
    Failure(name: "blank in the URL", kind: .badRequest, url: { $0.url + "/a b" }),
    Failure(name: "header injection", kind: .badRequest, change: { $0.headers = [("X", "a\r\nY: b")] }),
    Failure(name: "header name", kind: .badRequest, change: { $0.headers = [("X: a", "b")] }),
    Failure(name: "method", kind: .badRequest, change: { $0.method = "GET / HTTP/1.1" }),
  ]

  @Test(arguments: failures) func `each failure has its kind and keeps the URL's secrets`(_ failure: Failure) throws {
    // A server that never reads a TLS hello must still answer it.
    let server = failure.kind == .tls ? TinyServer(answeringAtOnce: "HTTP/1.1 400 Bad\r\n\r\n") : TinyServer(failure.answer)
    defer { server.stop() }
    var url = failure.url(server)
    if failure.kind != .badRequest { url += "/secret?token=secret" }
    var request = ClientRequest("GET", url)
    failure.change(&request)
    let error = #expect(throws: HTTPClientError.self) {
      try client.send(request, within: failure.kind == .timedOut ? .milliseconds(300) : .seconds(5))
    }
    #expect(error?.kind == failure.kind, "\(error.map(String.init(describing:)) ?? "")")
    #expect(error.map(String.init(describing:))?.contains("secret") == false)
    #expect(error?.retryMayHelp == [.unresolved, .refused, .timedOut, .broken].contains(failure.kind))
  }

  @Test func `a packed response is unpacked within the limit`() throws {
    // gzip of 100,000 zero bytes, made by gzip -9; sent in Latin-1 would not survive a String, so the server sends it chunk by chunk from bytes.
    let server = TinyServer(bytes: { _ in
      Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packedZeros.count)\r\n\r\n".utf8) + packedZeros
    })
    defer { server.stop() }
    var request = ClientRequest("GET", server.url)
    #expect(try client.send(request, within: .seconds(5)).body == [UInt8](repeating: 0, count: 100_000))
    request.responseLimit = 99_999
    let error = #expect(throws: HTTPClientError.self) { try client.send(request, within: .seconds(5)) }
    #expect(error?.kind == .tooLarge)
  }

  @Test func `closing ends what is under way`() throws {
    let server = TinyServer { _, _ in
      sleepSeconds(5)
      return nil
    }
    defer { server.stop() }
    let closing = Client(userAgent: "x")
    inThread {
      sleepSeconds(0.1)
      closing.close()
    }
    let start = SystemTime().monotonic()
    let error = #expect(throws: HTTPClientError.self) { try closing.send(ClientRequest("GET", server.url), within: .seconds(5)) }
    #expect(error?.kind == .canceled)
    #expect(SystemTime().monotonic() - start < 2.5)
    #expect(throws: HTTPClientError.self) { try closing.send(ClientRequest("GET", server.url), within: .seconds(5)) }
  }

  @Test(arguments: [
    ("https://user:pw@host:8443/path?q", "https://host:8443"), ("http://[::1]:9/x", "http://[::1]:9"),
    ("http://h?x=@y", "http://h"),
  ]) func `an origin has no secrets`(_ url: String, _ origin: String) { #expect(Client.origin(of: url) == origin) }
}

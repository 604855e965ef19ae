import SeriesModel
import Synchronization
import Testing
import Threading

@testable import HTTPServer

/// Asks for up to 5 s.
func eventually(_ condition: () -> Bool) -> Bool {
  let start = SystemTime().monotonic()
  while SystemTime().monotonic() - start < 5 {
    if condition() { return true }
    pause(0.005)
  }
  return false
}

func pause(_ seconds: Double) { _ = Monitor(()).wait(seconds: seconds) { _ in nil as Bool? } }

@Suite struct LiveServerTests {
  static func start(
    _ options: ServerOptions = ServerOptions(), observer: (@Sendable (Exchange) -> Void)? = nil, _ add: (inout Router) -> Void
  ) throws -> Server {
    var router = Router()
    router.on(.GET, "/hello", place: .inline) { _, _ in .text("hello\n") }
    router.on(.POST, "/echo", bodyLimit: 5000) { request, _ in Response(body: .bytes(request.body), compressible: false) }
    add(&router)
    return try Server(Pipeline(router), options: options, time: SystemTime(), observer: observer)
  }

  @Test func `a busy port is told with its address`() throws {
    let first = try Self.start { _ in }
    defer { first.stop(within: .zero) }
    let error = #expect(throws: ServerError.self) { try Self.start(ServerOptions(port: first.port)) { _ in } }
    #expect(
      error.map(String.init(describing:)) == "cannot listen on 127.0.0.1:\(first.port): the port is in use by another program")
    let unknown = #expect(throws: ServerError.self) { try Self.start(ServerOptions(host: "256.1.1.1")) { _ in } }
    #expect(unknown.map(String.init(describing:))?.hasPrefix("cannot listen on 256.1.1.1:0: ") == true)
  }

  @Test(arguments: [
    ("GET /hel%00lo HTTP/1.1\r\nHost: a\r\n\r\n", 400, "zero byte"),
    ("GET /hel\0lo HTTP/1.1\r\nHost: a\r\n\r\n", 400, "zero byte"),
    ("GET /hello?a=\0b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "zero byte"),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc", 400, "the header name"),
    ("GET /hello HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 40_000) + "\r\n\r\n", 431, ""),
    ("GET /" + String(repeating: "a", count: 40_000) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414, ""),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400, ""),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", 400, ""),
    ("GET /hello%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400, "percent escape"),
    ("GET hello HTTP/1.1\r\nHost: a\r\n\r\n", 400, "slash"),
    ("GET /hello HTTP/1.1\r\n\r\n", 400, "missing required Host"),
    ("GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "more than one Host"),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400, "more than one Content-Length"),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400, "more than one Content-Length"),
    (
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
      "both Content-Length and Transfer-Encoding"
    ),
    (
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
      "more than one Transfer-Encoding"
    ),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, "transfer coding"),
    ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5001\r\n\r\n", 413, "the limit is 5000 bytes"),
    (
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n", 413,
      "the limit is 5000 bytes"
    ),
    ("BREW /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405, "Method Not Allowed"),
    ("GET http://a/hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200, "hello"),
    ("GET /hello HTTP/1.0\r\n\r\n", 200, "hello"),
    ("GET /hello HTTP/2.7\r\nHost: a\r\n\r\n", 505, "Version"),
  ]) func `hostile heads are refused and the connection ends`(_ text: String, _ status: Int, _ reason: String) throws {
    let server = try Self.start { _ in }
    defer { server.stop(within: .seconds(1)) }
    let client = RawClient(port: server.port)
    client.send(text)
    let reply = client.rest()
    #expect(reply.contains(" \(status) "), "\(reply)")
    #expect(reason.isEmpty || reply.contains(reason), "\(reply)")
    #expect(!reply.contains("100 Continue"))
  }

  @Test func `a body beyond the limit gets its 413 while it is still being sent`() throws {
    let server = try Self.start { _ in }
    defer { server.stop(within: .seconds(1)) }
    let client = RawClient(port: server.port)
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n")
    _ = client.send([UInt8](repeating: 0, count: 100_000))
    #expect(client.rest().hasPrefix("HTTP/1.1 413 "))
  }

  @Test func `chunked bodies are counted, and an endless one is answered in its midst`() throws {
    let server = try Self.start { _ in }
    defer { server.stop(within: .seconds(1)) }
    let client = RawClient(port: server.port)
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    #expect(try readReply(client).text == "abcde")
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in 0..<20 { client.send("400\r\n" + String(repeating: "a", count: 1024) + "\r\n") }
    let reply = client.rest()
    #expect(reply.hasPrefix("HTTP/1.1 413 "), "\(reply)")
    #expect(reply.hasSuffix("Request Entity Too Large: the limit is 5000 bytes\n"))
    #expect(reply.contains("Connection: close"))
  }

  @Test func `all bodies together have a limit`() throws {
    var options = ServerOptions()
    options.bodyBytesInFlight = 1000
    let server = try Self.start(options) { _ in }
    defer { server.stop(within: .seconds(1)) }
    let first = RawClient(port: server.port)
    first.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n" + String(repeating: "a", count: 800))
    #expect(eventually { server.statistics.bodyBytesInFlight == 800 })
    let second = RawClient(port: server.port)
    second.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\n" + String(repeating: "a", count: 300))
    #expect(second.rest().hasPrefix("HTTP/1.1 503 "))
    first.send(String(repeating: "a", count: 100))
    #expect(try readReply(first).body.count == 900)
    #expect(eventually { server.statistics.bodyBytesInFlight == 0 })
  }

  @Test func `pipelined requests are answered in order`() throws {
    let server = try Self.start { $0.on(.GET, "/n/:n") { _, part in .text(part["n"]!) } }
    defer { server.stop(within: .seconds(1)) }
    let client = RawClient(port: server.port)
    client.send((0..<50).map { "GET /n/\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
    for i in 0..<50 { #expect(try readReply(client).text == String(i)) }
  }

  @Test func `a refusal does not cost the connection when its body is small`() throws {
    let server = try Self.start { _ in }
    defer { server.stop(within: .seconds(1)) }
    let client = RawClient(port: server.port)
    let small = [UInt8](repeating: 65, count: 60_000)
    for (method, target, body, status) in [
      ("GET", "/nothing", [], 404), ("OPTIONS", "/echo", [], 204), ("PUT", "/echo", small, 405), ("POST", "/nothing", small, 404),
      ("GET", "/hello", [], 200),
    ] as [(String, String, [UInt8], Int)] {
      client.send(requestText(method, target, [:], body))
      #expect(try readReply(client).status == status, "\(method) \(target)")
    }
    client.send(requestText("POST", "/nothing", [:], small + small))
    #expect(client.rest().hasPrefix("HTTP/1.1 404 "))
  }

  @Test func `headers and bodies that drip are cut, idle connections later`() throws {
    var options = ServerOptions()
    options.headerTime = .milliseconds(300)
    options.transferTime = .milliseconds(300)
    options.bytesPerSecond = 1 << 20
    options.idleTime = .milliseconds(1200)
    let server = try Self.start(options) { _ in }
    defer { server.stop(within: .seconds(1)) }
    let idle = RawClient(port: server.port)
    idle.send(requestText("GET", "/hello"))
    #expect(try readReply(idle).status == 200)
    let silent = RawClient(port: server.port)
    let headers = RawClient(port: server.port)
    let body = RawClient(port: server.port)
    headers.send("GET /hello HTTP/1.1\r\nHost: a\r\n")
    body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n")
    for _ in 0..<9 {
      pause(0.05)
      headers.send("X: y\r\n")
      body.send("a")
    }
    #expect(headers.isEnded())
    #expect(body.isEnded())
    #expect(silent.isEnded())
    #expect(server.statistics.reapedConnections == 3)
    #expect(idle.isEnded())
    #expect(server.statistics.reapedConnections == 4)
  }

  @Test func `a thousand idle connections do not hold up a request`() throws {
    let server = try Self.start { _ in }
    defer { server.stop(within: .seconds(1)) }
    let crowd = (0..<1000).map { _ in RawClient(port: server.port) }
    let client = RawClient(port: server.port)
    client.send(requestText("GET", "/hello"))
    #expect(try readReply(client).status == 200)
    #expect(eventually { server.statistics.connections == crowd.count + 1 })
  }

  @Test func `when most places are taken, connections without a request make room`() throws {
    var options = ServerOptions()
    options.connections = 8
    let server = try Self.start(options) { _ in }
    defer { server.stop(within: .seconds(1)) }
    let crowd = (0..<20).map { _ in RawClient(port: server.port) }
    let client = RawClient(port: server.port)
    client.send(requestText("GET", "/hello"))
    #expect(try readReply(client).status == 200)
    #expect(server.statistics.reapedConnections > 0)
    _ = crowd
  }

  @Test func `work that waits does not stall inline requests, and a full queue sheds`() throws {
    let gate = Monitor(false)
    let started = Monitor(false)
    var options = ServerOptions()
    options.workers = 2
    options.queuedRequests = 8
    let server = try Self.start(options) {
      $0.on(.GET, "/slow") { _, _ in
        started.withLock { $0 = true }
        started.notifyAll()
        _ = gate.wait(seconds: 5) { $0 ? true : nil }
        return .text("done")
      }
    }
    defer { server.stop(within: .seconds(1)) }
    // One runs (a lane leaves one of two workers free), two wait (half of its half of the queue), the fourth is turned away.
    let waiting = (0..<3).map { _ in RawClient(port: server.port) }
    waiting[0].send(requestText("GET", "/slow"))
    #expect(started.wait(seconds: 5) { $0 ? true : nil } == true)
    for client in waiting.dropFirst() { client.send(requestText("GET", "/slow")) }
    #expect(eventually { server.statistics.queuedRequests == 2 })
    let extra = RawClient(port: server.port)
    extra.send(requestText("GET", "/slow"))
    let shed = try readReply(extra)
    #expect(shed.status == 503)
    #expect(shed.headers["Retry-After"] == "1")
    #expect(server.statistics(of: "/slow").refused == [.full: 1])
    let other = RawClient(port: server.port)
    other.send(requestText("POST", "/echo", [:], [65]) + requestText("GET", "/hello"))
    #expect(try readReply(other).text == "A")
    #expect(try readReply(other).text == "hello\n")
    gate.withLock { $0 = true }
    gate.notifyAll()
    for client in waiting { #expect(try readReply(client).text == "done") }
  }

  @Test func `a worker learns that its client has gone`() throws {
    let canceled = Monitor(false)
    let server = try Self.start {
      $0.on(.GET, "/slow") { request, _ in
        request.client.whenGone {
          canceled.withLock { $0 = true }
          canceled.notifyAll()
        }
        let seen = canceled.wait(seconds: 5) { $0 ? true : nil } ?? false
        return .text("\(seen)")
      }
    }
    defer { server.stop(within: .seconds(1)) }
    do {
      let client = RawClient(port: server.port)
      client.send(requestText("GET", "/slow"))
      #expect(eventually { server.statistics.activeRequests == 1 })
    }
    #expect(canceled.wait(seconds: 3) { $0 ? true : nil } == true)
  }

  @Test func `each request is told to the observer`() throws {
    let seen = Monitor<[Exchange]>([])
    let server = try Self.start(observer: { exchange in
      seen.withLock { $0.append(exchange) }
    }) { $0.on(.GET, "/n/:n") { _, part in .text(part["n"]!) } }
    defer { server.stop(within: .seconds(1)) }
    let client = RawClient(port: server.port)
    client.send(requestText("GET", "/n/12?x=1", ["User-Agent": "test"]))
    _ = try readReply(client)
    client.send(requestText("POST", "/echo", [:], [1, 2, 3]))
    _ = try readReply(client)
    client.send(requestText("GET", "/nothing"))
    _ = try readReply(client)
    #expect(eventually { seen.withLock { $0.count } == 3 })
    let lines = seen.withLock { $0 }.map {
      "\($0.method) \($0.target) \($0.route ?? "-") \($0.status) \($0.requestBytes) \($0.responseBytes ?? -1) \($0.userAgent ?? "-") \($0.peer) \($0.end)"
    }
    #expect(
      lines == [
        "GET /n/12?x=1 /n/:n 200 0 2 test 127.0.0.1 answered", "POST /echo /echo 200 3 3 - 127.0.0.1 answered",
        "GET /nothing - 404 0 19 - 127.0.0.1 answered",
      ])
  }

  @Test func `a shared page is sent whole and let go`() throws {
    weak var page: SharedBytes?
    do {
      let shared = SharedBytes([UInt8](repeating: 42, count: 10 << 20))
      page = shared
      let server = try Self.start {
        $0.on(.GET, "/page", place: .inline) { _, _ in Response(body: .shared(shared), compressible: false) }
      }
      let client = RawClient(port: server.port)
      client.send(requestText("GET", "/page") + requestText("GET", "/page"))
      for _ in 0..<2 { #expect(try readReply(client).body == shared.bytes) }
      server.stop(within: .seconds(1))
    }
    #expect(page == nil)
  }
}

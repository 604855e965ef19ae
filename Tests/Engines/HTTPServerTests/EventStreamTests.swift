import SeriesModel
import Synchronization
import Testing

@testable import HTTPServer

@Suite struct EventStreamTests {
  @Test func `an event is a few lines and a blank one`() {
    let stream = EventStream()
    stream.send(event: "alert", id: "7", data: "{\n}")
    stream.send(data: "x")
    #expect(stream.drain() == "event: alert\nid: 7\ndata: {\ndata: }\n\ndata: x\n\n")
  }

  @Test func `a field cannot begin another line`() {
    let stream = EventStream()
    stream.send(event: "a\ndata: b", data: "c\r")
    #expect(stream.drain() == "event: adata: b\ndata: c\n\n")
  }

  @Test func `a client that does not read is let go, and whoever cares is told once`() {
    let stream = EventStream(queueLimit: 100)
    let told = Mutex(0)
    stream.whenClosed { told.withLock { $0 += 1 } }
    var accepted = 0
    while stream.send(data: "0123456789") { accepted += 1 }
    #expect(accepted == 5)
    #expect(!stream.isOpen)
    stream.close()
    #expect(told.withLock { $0 } == 1)
    stream.whenClosed { told.withLock { $0 += 1 } }
    #expect(told.withLock { $0 } == 2)
  }

  @Test func `parking and waking lose nothing`() {
    let stream = EventStream()
    let wakes = Mutex(0)
    stream.attach { wakes.withLock { $0 += 1 } }
    var parked = 0
    let take = { stream.take(upTo: 5, orPark: { parked += 1 }) { _ in } }
    #expect(take() == .parked)
    stream.send(data: "a")
    stream.send(data: "b")
    #expect(wakes.withLock { $0 } == 1)
    #expect(take() == .bytes(5))
    #expect(take() == .bytes(5))
    #expect(take() == .bytes(5))
    #expect(take() == .bytes(3))
    #expect(take() == .parked)
    stream.close()
    #expect(wakes.withLock { $0 } == 2)
    #expect(take() == .ended)
    #expect(parked == 2)
  }

  @Test func `events reach a socket, heartbeats keep it, and closing ends it`() throws {
    let stream = EventStream()
    var router = Router()
    router.on(.GET, "/events") { _, _ in .events(stream) }
    var options = ServerOptions()
    options.heartbeat = .milliseconds(100)
    let server = try Server(Pipeline(router), options: options, time: SystemTime())
    defer { server.stop(within: .seconds(1)) }
    let client = RawClient(port: server.port)
    client.send(requestText("GET", "/events"))
    #expect(client.receive(through: "\r\n\r\n").map { String(decoding: $0, as: UTF8.self) }?.contains("text/event-stream") == true)
    stream.send(id: "1", data: "one")
    #expect(client.receive(through: "id: 1\ndata: one\n\n") != nil)
    #expect(client.receive(through: ": \n\n") != nil)
    #expect(server.statistics.streams == 1)
    stream.close()
    #expect(client.receive(through: "0\r\n\r\n") != nil)
    #expect(server.statistics.streams == 0)
  }

  @Test func `a client that leaves closes its stream by the next heartbeat`() throws {
    let stream = EventStream()
    var router = Router()
    router.on(.GET, "/events") { _, _ in .events(stream) }
    var options = ServerOptions()
    options.heartbeat = .milliseconds(50)
    let server = try Server(Pipeline(router), options: options, time: SystemTime())
    defer { server.stop(within: .seconds(1)) }
    do {
      let client = RawClient(port: server.port)
      client.send(requestText("GET", "/events"))
      _ = client.receive(through: "\r\n\r\n")
    }
    #expect(eventually { !stream.isOpen })
  }

  @Test(arguments: AppMode.allCases) func `no more streams than allowed`(_ mode: AppMode) throws {
    var router = Router()
    router.on(.GET, "/events") { _, _ in .events(EventStream()) }
    var limits = RequestLimits()
    limits.streams = 0
    let reply = try mode.ask(router, .GET, "/events", limits: limits)
    #expect(reply.status == 503)
    #expect(reply.headers["Retry-After"] == "1")
  }
}

import SeriesModel
import Synchronization
import Testing
import Threading

@testable import HTTPServer

@Suite struct ShutdownTests {
  @Test func `what is in flight finishes, then nobody is served`() throws {
    let gate = Monitor(false)
    let stream = EventStream()
    var router = Router()
    router.on(.GET, "/slow") { _, _ in
      _ = gate.wait(seconds: 5) { $0 ? true : nil }
      return .text("done")
    }
    router.on(.GET, "/events") { _, _ in .events(stream) }
    router.on(.GET, "/hello", place: .inline) { _, _ in .text("hello") }
    let server = try Server(Pipeline(router), time: SystemTime())
    let slow = (0..<20).map { _ in RawClient(port: server.port) }
    for client in slow { client.send(requestText("GET", "/slow")) }
    let events = RawClient(port: server.port)
    events.send(requestText("GET", "/events"))
    let idle = RawClient(port: server.port)
    idle.send(requestText("GET", "/hello"))
    _ = try readReply(idle)
    _ = events.receive(through: "\r\n\r\n")
    #expect(eventually { server.statistics.activeRequests == 21 })
    let opener = WorkThread("opener") {
      pause(0.2)
      gate.withLock { $0 = true }
      gate.notifyAll()
    }
    let start = SystemTime().monotonic()
    server.stop(within: .seconds(4))
    let took = SystemTime().monotonic() - start
    opener?.join()
    #expect(took > 0.15 && took < 3, "\(took)")
    for client in slow { #expect(try readReply(client).text == "done") }
    #expect(idle.isEnded())
    #expect(events.isEnded())
    #expect(!stream.isOpen)
  }

  @Test func `a handler that hangs is answered for, told, and left behind`() throws {
    let canceled = Monitor(false)
    var router = Router()
    router.on(.GET, "/hang") { request, _ in
      request.client.whenGone {
        canceled.withLock { $0 = true }
        canceled.notifyAll()
      }
      _ = canceled.wait(seconds: 8) { $0 ? true : nil }
      return .text("late")
    }
    let server = try Server(Pipeline(router), time: SystemTime())
    let client = RawClient(port: server.port)
    client.send(requestText("GET", "/hang"))
    #expect(eventually { server.statistics.activeRequests == 1 })
    let start = SystemTime().monotonic()
    server.stop(within: .milliseconds(200))
    #expect(SystemTime().monotonic() - start < 2)
    #expect(try readReply(client).status == 503)
    #expect(canceled.withLock { $0 })
  }

  @Test func `under load every request that got through has a whole answer`() throws {
    var router = Router()
    router.on(.GET, "/pool") { _, _ in .text("pool") }
    router.on(.GET, "/inline", place: .inline) { _, _ in .text("inline") }
    let server = try Server(Pipeline(router), time: SystemTime())
    let port = server.port
    let torn = Atomic<Int>(0)
    let whole = Atomic<Int>(0)
    let threads = (0..<8).map { i in
      WorkThread("load-\(i)") {
        let client = RawClient(port: port)
        while client.send(requestText("GET", i % 2 == 0 ? "/pool" : "/inline")) {
          // Cut between requests is fair, as is a refusal; cut within an answer is not.
          guard let first = client.receive(exactly: 1) else { break }
          client.unread(first)
          guard let reply = try? readReply(client) else {
            torn.add(1, ordering: .relaxed)
            break
          }
          if reply.status == 200 { whole.add(1, ordering: .relaxed) }
        }
      }
    }
    pause(0.3)
    server.stop(within: .seconds(2))
    for thread in threads { thread?.join() }
    #expect(torn.load(ordering: .relaxed) == 0)
    #expect(whole.load(ordering: .relaxed) > 100)
  }
}

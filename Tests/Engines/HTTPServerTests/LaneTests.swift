import SeriesModel
import Testing
import Threading

@testable import HTTPServer

@Suite struct LaneTests {
  /// A server with one lane of one place, held until the gate opens.
  private final class Narrow: Sendable {
    let gate = Monitor(false)
    let ran = Monitor(0)
    let server: Server

    init(places: Int = 10, patience: PromDuration? = nil) throws {
      let (gate, ran) = (gate, ran)
      var router = Router()
      router.share(
        Lane("narrow", width: 1, places: places, patience: { _ in patience }) { .text("refused: \($0.rawValue)", status: 503) })
      router.on(.GET, "/slow", lane: "narrow") { _, _ in
        ran.change { $0 += 1 }
        _ = gate.wait(seconds: 10) { $0 ? true : nil }
        return .text("done")
      }
      server = try Server(Pipeline(router), time: SystemTime())
    }

    var load: LaneStatistics { server.statistics(of: "narrow") }

    func ask() -> RawClient {
      let client = RawClient(port: server.port)
      client.send(requestText("GET", "/slow"))
      return client
    }

    /// Somebody has the place.
    func occupy() -> RawClient {
      let client = ask()
      #expect(ran.wait(seconds: 5) { $0 == 1 ? true : nil } == true)
      return client
    }

    func open() { gate.change { $0 = true } }
  }

  @Test func `who waits too long is answered while the place is still taken`() throws {
    let narrow = try Narrow(patience: .milliseconds(300))
    defer { narrow.server.stop(within: .seconds(1)) }
    let first = narrow.occupy()
    let late = narrow.ask()
    #expect(try readReply(late).text == "refused: late")
    #expect(narrow.load == LaneStatistics(running: 1, waiting: 0, refused: [.late: 1], left: 0))
    narrow.open()
    #expect(try readReply(first).text == "done")
    #expect(narrow.ran.withLock { $0 } == 1)
  }

  @Test func `who leaves gives the place in the line up, and the handler never sees the request`() throws {
    let narrow = try Narrow()
    defer { narrow.server.stop(within: .seconds(1)) }
    let first = narrow.occupy()
    do {
      let leaving = narrow.ask()
      #expect(eventually { narrow.load.waiting == 1 })
      _ = leaving
    }
    #expect(eventually { narrow.load.waiting == 0 })
    #expect(narrow.load.left == 1)
    narrow.open()
    #expect(try readReply(first).text == "done")
    #expect(narrow.ran.withLock { $0 } == 1)
  }

  @Test func `a full line refuses in the lane's own words`() throws {
    let narrow = try Narrow(places: 2)
    defer { narrow.server.stop(within: .seconds(1)) }
    let first = narrow.occupy()
    let second = narrow.ask()
    #expect(eventually { narrow.load.waiting == 1 })
    // One client may hold half of the places.
    let third = narrow.ask()
    #expect(try readReply(third).text == "refused: full")
    #expect(narrow.load.refused == [.full: 1])
    narrow.open()
    for client in [first, second] { #expect(try readReply(client).text == "done") }
  }

  @Test func `a server that stops does not begin what waits`() throws {
    let narrow = try Narrow()
    let first = narrow.occupy()
    let waiting = (0..<3).map { _ in narrow.ask() }
    #expect(eventually { narrow.load.waiting == 3 })
    narrow.server.stop(within: .milliseconds(100))
    for client in [first] + waiting { #expect(try readReply(client).status == 503) }
    narrow.open()
    pause(0.1)
    #expect(narrow.ran.withLock { $0 } == 1)
  }

  @Test func `answers have room until their clients have them`() throws {
    var router = Router()
    router.share(Lane("bounded", boundsAnswers: true))
    for (path, lane) in [("/bounded", "bounded"), ("/free", "free")] {
      router.on(.GET, path, lane: lane) { request, _ in .json([UInt8](repeating: 65, count: Int(request.rawQuery)!)) }
    }
    var options = ServerOptions()
    options.responseBytesInFlight = 100_000
    let server = try Server(Pipeline(router), options: options, time: SystemTime())
    defer { server.stop(within: .seconds(1)) }
    let client = RawClient(port: server.port)
    client.send(requestText("GET", "/bounded?100001"))
    let refused = try readReply(client)
    #expect(refused.status == 503)
    #expect(refused.headers["Retry-After"] == "1")
    for target in ["/bounded?90000", "/bounded?90000", "/free?100001", "/bounded?10"] {
      client.send(requestText("GET", target))
      #expect(try readReply(client).status == 200)
      #expect(eventually { server.statistics.responseBytesInFlight == 0 })
    }
    #expect(server.statistics(of: "bounded").refused == [.noRoom: 1])
  }
}

import Catalogue
import HTTPServer
import SeriesModel
import Synchronization
import Testing

@testable import HTTPClient
@testable import Simulation

/// A daemon that answers as it is told, and keeps what it took.
final class ScriptedDaemon: Sendable {
  struct Call: Sendable {
    var body: [UInt8]
    var at: Timestamp
  }

  enum Answer: Sendable {
    case take
    case status(Int, retryAfter: String? = nil)
    case refuse(Int)
    case unreachable
    /// Takes it, and nobody hears of it.
    case takeAndBreak
  }

  private let state = Mutex((script: [Answer](), calls: [Call](), taken: [[UInt8]]()))
  let time: ManualTime

  init(_ script: [Answer] = [], time: ManualTime) {
    self.time = time
    state.withLock { $0.script = script }
  }

  var calls: [Call] { state.withLock(\.calls) }
  /// Each body once, however often it came.
  var taken: [[UInt8]] { state.withLock(\.taken) }
  var everything: [UInt8] { Array(taken.joined()) }

  func answer(_ request: ClientRequest) throws(HTTPClientError) -> ClientResponse {
    let body = request.body!
    let (answer, isNew) = state.withLock { state in
      state.calls.append(Call(body: body, at: time.now()))
      let answer = state.script.isEmpty ? Answer.take : state.script.removeFirst()
      let isNew = state.taken.last != body
      switch answer {
      case .take, .takeAndBreak, .refuse: if isNew { state.taken.append(body) }
      case .status, .unreachable: break
      }
      return (answer, isNew)
    }
    let count = body.count { $0 == UInt8(ascii: "\n") }
    func ok(_ accepted: Int, _ duplicates: Int, _ rejected: String = "") -> ClientResponse {
      let text = #"{"accepted":\#(accepted),"duplicates":\#(duplicates),"rejected":[\#(rejected)]}"#
      return ClientResponse(status: accepted + duplicates == 0 ? 400 : 200, headers: [], body: Array(text.utf8))
    }
    switch answer {
    case .take: return isNew ? ok(count, 0) : ok(0, count)
    case .refuse(let n): return ok(count - n, 0, #"{"index":0,"id":"x","reason":"too_old","detail":"\"accepted\":9"}"#)
    case .status(let status, let retryAfter):
      return ClientResponse(status: status, headers: retryAfter.map { [("Retry-After", $0)] } ?? [], body: Array("busy".utf8))
    case .unreachable: throw HTTPClientError(kind: .refused, origin: "http://127.0.0.1:1", reason: "nobody is there")
    case .takeAndBreak: throw HTTPClientError(kind: .broken, origin: "http://127.0.0.1:1", reason: "it broke")
    }
  }
}

/// A driver whose thread and clock are the test's.
final class DriverBench {
  let time = ManualTime(EventStream.start)
  let daemon: ScriptedDaemon
  let driver: SimulationDriver
  var options = SimulationDriver.Options()

  init(_ script: [ScriptedDaemon.Answer] = [], _ adjust: (inout SimulationDriver.Options) -> Void = { _ in }) {
    options.longestPause = .seconds(10)
    adjust(&options)
    let daemon = ScriptedDaemon(script, time: time)
    self.daemon = daemon
    driver = SimulationDriver(
      url: "http://127.0.0.1:1/", orchestra: Orchestra(seed: 1, scenario: .steady, from: EventStream.start), time: time,
      options: options
    ) { (request, _) throws(HTTPClientError) in try daemon.answer(request) }
  }

  /// Calls the driver whenever it wants to be called, for so long.
  func live(_ span: PromDuration) {
    let end = time.now() + span
    while time.now() < end {
      guard let next = driver.run(through: time.monotonic()) else { return }
      let step = PromDuration(milliseconds: Int64(max(0, (next - time.monotonic()) * 1000).rounded()))
      time.advance(by: min(max(step, .milliseconds(1)), end - time.now()))
    }
  }
}

@Suite struct SimulationDriverTests {
  /// What the orchestra of a bench tells until `span` after its start.
  static func told(_ span: PromDuration) -> [UInt8] { EventStream.bytes(.steady, .seconds(span.milliseconds / 1000)) }

  /// Whether that orchestra begins with `bytes`.
  static func isBeginning(_ bytes: [UInt8], _ span: PromDuration) -> Bool { bytes == Array(told(span).prefix(bytes.count)) }

  @Test func `once a second it posts what happened, and nothing is left out`() {
    let bench = DriverBench()
    bench.live(.seconds(30))
    #expect((28...31).contains(bench.daemon.calls.count))
    let all = bench.daemon.everything
    #expect(Self.isBeginning(all, .seconds(30)))
    #expect(all.count > Self.told(.seconds(28)).count)
    let progress = bench.driver.progress
    #expect(progress.accepted == all.count { $0 == UInt8(ascii: "\n") })
    #expect(progress.requests == bench.daemon.calls.count)
    #expect((progress.duplicates, progress.refused, progress.retries) == (0, 0, 0))
    #expect(progress.problem == nil)
  }

  struct Trouble: Sendable, CustomTestStringConvertible {
    var name: String
    var answers: [ScriptedDaemon.Answer]
    /// Between the attempts.
    var pauses: [Double]
    var testDescription: String { name }
  }

  @Test(arguments: [
    Trouble(name: "429", answers: [.status(429, retryAfter: "3"), .status(429, retryAfter: "7")], pauses: [3, 7]),
    Trouble(name: "503", answers: [.status(503, retryAfter: "5")], pauses: [5]),
    Trouble(name: "503 without a time", answers: [.status(503), .status(503), .status(503)], pauses: [1, 2, 4]),
    Trouble(name: "a time beyond reason", answers: [.status(503, retryAfter: "86400")], pauses: [10]),
    Trouble(name: "a time that is none", answers: [.status(503, retryAfter: "soon")], pauses: [1]),
    Trouble(name: "at once", answers: [.status(429, retryAfter: "0")], pauses: [0.1]),
    Trouble(name: "unreachable", answers: [.unreachable, .unreachable], pauses: [1, 2]),
    Trouble(name: "another server", answers: [.status(200)], pauses: [1]),
    Trouble(name: "not found", answers: [.status(404)], pauses: [1]),
  ])
  func `what is not taken is sent again, byte for byte, when it is time`(_ trouble: Trouble) {
    let bench = DriverBench([.take, .take] + trouble.answers)
    bench.live(.seconds(20))
    let calls = bench.daemon.calls
    let attempts = calls[2..<3 + trouble.answers.count]
    #expect(attempts.allSatisfy { $0.body == calls[2].body })
    let pauses = zip(attempts, attempts.dropFirst()).map { ($1.at - $0.at).seconds }
    #expect(zip(pauses, trouble.pauses).allSatisfy { abs($0 - $1) < 0.01 }, "\(pauses)")
    #expect(pauses.count == trouble.pauses.count)
    let all = bench.daemon.everything
    #expect(Self.isBeginning(all, .seconds(20)))
    #expect(all.count > Self.told(.seconds(18)).count)
    #expect(bench.driver.progress.retries == trouble.answers.count)
    #expect(bench.driver.progress.problem == nil)
  }

  @Test func `what was taken without an answer is a duplicate the second time`() {
    let bench = DriverBench([.take, .takeAndBreak])
    bench.live(.seconds(10))
    let progress = bench.driver.progress
    let second = bench.daemon.calls[1].body.count { $0 == UInt8(ascii: "\n") }
    #expect(progress.duplicates == second)
    #expect(progress.accepted + second == bench.daemon.everything.count { $0 == UInt8(ascii: "\n") })
  }

  @Test func `what is refused is counted and told, and not sent again`() {
    let bench = DriverBench([.take, .refuse(2), .status(413)])
    bench.live(.milliseconds(3_500))
    #expect(bench.driver.progress.refused > 2)
    #expect(bench.driver.progress.problem?.contains("413") == true)
    bench.live(.seconds(5))
    #expect(bench.driver.progress.problem == nil)
    #expect(bench.driver.progress.retries == 0)
    #expect(Set(bench.daemon.calls.map(\.body)).count == bench.daemon.calls.count)
  }

  @Test func `large batches are divided between lines`() {
    let bench = DriverBench { $0.batchEvents = 50 }
    bench.live(.seconds(5))
    let calls = bench.daemon.calls
    #expect(calls.count > 15)
    for call in calls {
      #expect(call.body.last == UInt8(ascii: "\n"))
      #expect((1...50).contains(call.body.count { $0 == UInt8(ascii: "\n") }))
    }
    #expect(Self.isBeginning(Array(calls.map(\.body).joined()), .seconds(5)))
  }

  @Test func `paused, nothing is posted, and no run takes longer for it`() throws {
    let bench = DriverBench()
    bench.live(.seconds(10))
    bench.driver.pause()
    #expect(!bench.driver.progress.isAtRest)
    bench.live(.seconds(2))
    #expect(bench.driver.progress.isAtRest)
    let before = bench.daemon.calls.count
    bench.live(.minutes(20))
    #expect(bench.daemon.calls.count == before)
    bench.driver.resume()
    bench.live(.seconds(10))
    let after = bench.daemon.calls.dropFirst(before)
    #expect(after.count >= 8)
    let events = try EventStream.read(after.flatMap(\.body))
    #expect(events.allSatisfy { $0.time > EventStream.start + .minutes(20) })
    #expect(events.allSatisfy { !$0.type.hasPrefix("workflow.run.c") || $0.number("duration_seconds") < 120 })
    #expect(bench.driver.progress.isAtRest == false)
  }

  @Test func `at rest nobody waits for a decision, unless there is a jam`() throws {
    for scenario in [Scenario.steady, .approvalJam] {
      let bench = DriverBench()
      bench.driver.change(to: scenario)
      bench.live(.seconds(45))
      let waiting = ScenarioTests.waiting(try EventStream.read(bench.daemon.everything), at: bench.time.now())
      #expect(waiting > 3)
      bench.driver.pause()
      bench.live(.seconds(3))
      #expect(bench.driver.progress.isAtRest)
      let events = try EventStream.read(bench.daemon.everything)
      #expect(ScenarioTests.waiting(events, at: bench.time.now()) >= (scenario == .steady ? 0 : waiting))
      #expect(scenario == .approvalJam || ScenarioTests.waiting(events, at: bench.time.now()) == 0)
    }
  }

  @Test func `it comes to rest only when the daemon has taken everything`() {
    let bench = DriverBench([.take, .take, .unreachable, .unreachable, .unreachable])
    bench.live(.milliseconds(3_500))
    bench.driver.pause()
    bench.live(.seconds(2))
    #expect(!bench.driver.progress.isAtRest)
    bench.live(.seconds(10))
    #expect(bench.driver.progress.isAtRest)
    #expect(bench.driver.progress.retries == 3)
    let first = Self.told(.seconds(5))
    #expect(Array(bench.daemon.everything.prefix(first.count)) == first)
  }

  @Test func `away for a while, the daemon is told all; away for long, nothing happened`() throws {
    let short = DriverBench([.take] + Array(repeating: .unreachable, count: 3)) { $0.patience = .seconds(20) }
    short.live(.seconds(40))
    let told = short.daemon.everything
    #expect(Self.isBeginning(told, .seconds(40)))
    #expect(told.count > Self.told(.seconds(38)).count)

    let long = DriverBench([.take] + Array(repeating: .unreachable, count: 8)) { $0.patience = .seconds(20) }
    long.live(.seconds(120))
    let events = try EventStream.read(long.daemon.everything)
    let gaps = zip(events, events.dropFirst()).map { $1.time - $0.time }
    #expect(gaps.max()! > .seconds(30))
    #expect(gaps.count { $0 > .seconds(2) } == 1)
    #expect(long.time.now() - events.last!.time < .seconds(3))
  }

  @Test func `another scenario begins at once`() throws {
    let bench = DriverBench()
    bench.live(.seconds(5))
    bench.driver.change(to: .queueOverload)
    bench.live(.seconds(15))
    let events = try EventStream.read(bench.daemon.everything)
    let deserted = events.filter { $0.type == "queue.sampled" && $0.data["consumers"] as? Int == 0 }
    #expect(!deserted.isEmpty)
    #expect(deserted.allSatisfy { $0.time > EventStream.start + .seconds(3) })
  }

  @Test func `stopped, it does nothing any more`() {
    let bench = DriverBench()
    bench.live(.seconds(3))
    bench.driver.stop()
    let calls = bench.daemon.calls.count
    #expect(bench.driver.run(through: bench.time.monotonic()) == nil)
    #expect(bench.daemon.calls.count == calls)
  }

  @Test func `over a socket, a daemon takes it all`() throws {
    let time = ManualTime(EventStream.start)
    let daemon = try Daemon(EventStream.start)
    var router = Router()
    router.on(.POST, "/api/events", bodyLimit: 8 << 20) { request, _ in
      let answer = daemon.take(request.body, at: time.now())
      let response = Response.json(answer.body, status: answer.status)
      return answer.retryAfter.map { response.with("Retry-After", "\($0)") } ?? response
    }
    let server = try Server(Pipeline(router), time: SystemTime())
    defer { server.stop(within: .seconds(1)) }
    let driver = SimulationDriver(
      url: "http://127.0.0.1:\(server.port)", orchestra: Orchestra(seed: 1, scenario: .steady, from: EventStream.start), time: time)
    for _ in 0..<20 {
      time.advance(by: .seconds(1))
      #expect(driver.run(through: time.monotonic()) != nil)
    }
    driver.stop()
    let progress = driver.progress
    #expect(progress.accepted > 3_000)
    #expect((progress.refused, progress.duplicates, progress.retries, progress.problem) == (0, 0, 0, nil))
    #expect(server.statistics.connections <= 1)
    #expect(daemon.total(Families.tasksProcessedTotal) > 100_000)
  }
}

import SeriesModel
import Threading

/// One request on a connection, from its first line to the last byte of its answer. Only the connection's thread touches it.
final class LiveRequest {
  private enum Phase {
    case head
    case body(Pipeline.Ticket)
    /// Refused, but its end is near enough to wait for.
    case draining(Response)
    case working(Completion)
    case lingering
    case answered
  }

  private let core: ServerCore
  let target: String
  /// Where the library keeps it; only compared.
  let targetAddress: UInt
  private let record: ConnectionRecord
  private let started: Instant
  private var phase = Phase.head
  private var ticket: Pipeline.Ticket?
  private var body: [UInt8] = []
  /// Of all bytes of the body that came, until the connection lets the request go.
  private var bodyClaim: ByteClaim
  private var received = 0
  private var status = 0
  private var sentBytes: Int? = 0

  init(core: ServerCore, target: String, at targetAddress: UInt, record: ConnectionRecord) {
    self.core = core
    self.target = target
    self.targetAddress = targetAddress
    self.record = record
    started = core.time.monotonic()
    bodyClaim = ByteClaim(of: core.bodyBytes)
    record.enter(.headers, at: started)
    core.requestBegan()
  }

  /// The head is here. `false` cuts the connection.
  ///
  /// - Parameter isTargetTorn: the request line holds more of the target than ``target``.
  func headArrived(method: String, version: String, isTargetTorn: Bool, _ connection: ConnectionHandle) -> Bool {
    record.enter(.body, at: core.time.monotonic())
    let head = RequestHead(
      methodName: method, version: version, target: target, headers: connection.fields, peer: record.peer,
      isTargetTorn: isTargetTorn)
    switch core.pipeline.admit(head) {
    case .refuse(let ticket, let response, let closing):
      self.ticket = ticket
      // The library closes a connection that is answered at the head, even where no body follows.
      if !closing {
        phase = .draining(response)
        return true
      }
      return send(response, closing: closing, connection)
    case .handle(let ticket):
      self.ticket = ticket
      if case .bytes(let count) = ticket.length { body.reserveCapacity(min(count, 256 << 10)) }
      phase = .body(ticket)
      return true
    }
  }

  var isFirstCall: Bool { if case .head = phase { true } else { false } }

  func bodyArrived(_ bytes: borrowing RawSpan) -> Bool {
    record.moved(bytes.byteCount)
    received += bytes.byteCount
    guard case .body(let ticket) = phase else { return true }
    guard let limit = ticket.route?.bodyLimit, received <= limit else {
      return breakOff(Pipeline.tooLarge(ticket.route?.bodyLimit ?? 0))
    }
    guard bodyClaim.grow(to: bodyClaim.bytes + bytes.byteCount) else {
      received -= bytes.byteCount
      defer { received += bytes.byteCount }
      return breakOff(.busy("too many request bodies at a time"))
    }
    body.append(raw: bytes)
    return true
  }

  /// The body is whole, or a worker's answer is there.
  func proceed(_ connection: ConnectionHandle) -> Bool {
    switch phase {
    case .draining(let response): return send(response, closing: false, connection)
    case .body(let ticket): return dispatch(ticket, connection)
    case .working(let completion):
      core.completions.remove(completion)
      record.client.withLock { $0 = nil }
      completion.client.forget()
      guard let response = completion.take() else { return false }
      return send(response, closing: false, connection)
    case .head, .lingering, .answered: return false
    }
  }

  /// The connection has let the request go.
  func completed(_ end: Exchange.End) {
    let now = core.time.monotonic()
    if case .working(let completion) = phase { core.completions.remove(completion) }
    if record.phase != .lingering { record.enter(.idle, at: now) }
    core.requestEnded(
      Exchange(
        method: ticket?.head.methodName ?? "", target: target, route: ticket?.pattern, status: status, requestBytes: received,
        responseBytes: sentBytes, seconds: now - started, peer: record.peer, userAgent: ticket?.head.headers["User-Agent"], end: end
      ))
  }
}

extension LiveRequest {
  private func dispatch(_ ticket: Pipeline.Ticket, _ connection: ConnectionHandle) -> Bool {
    let body = self.body
    self.body = []
    guard let route = ticket.route, route.place == .pool else {
      let response = core.pipeline.answer(ticket, body: body, arrived: core.time.monotonic())
      return send(response, closing: false, connection)
    }
    let completion = Completion()
    guard core.completions.suspend(completion, connection) else {
      return send(core.pipeline.finish(.busy("shutting down"), for: ticket), closing: true, connection)
    }
    phase = .working(completion)
    record.client.withLock { $0 = completion.client }
    record.enter(.working, at: core.time.monotonic())
    let lane = core.pipeline.router.lane(route.lane)
    let waiting = WaitingRequest(
      ticket, body: body, lane: lane, arrived: core.time.monotonic(), completion: completion, core: core)
    if !core.pool.submit(waiting) { waiting.refuse(.full) }
    return true
  }

  private func send(_ response: Response, closing: Bool, _ connection: ConnectionHandle) -> Bool {
    phase = .answered
    status = response.status
    sentBytes = ticket?.head.method == .HEAD ? 0 : response.body.byteCount
    if case .stream(let stream) = response.body {
      core.adopt(stream)
      record.enter(.streaming, at: core.time.monotonic())
    } else {
      record.enter(.sending, at: core.time.monotonic(), bytes: sentBytes ?? 0)
    }
    return connection.queue(response, closing: closing || core.isStopping)
  }

  /// Answers in the midst of a body. The library cannot, so the bytes go to the socket directly; what the client still sends is thrown away for a
  /// moment, because closing at once would take the answer from it.
  private func breakOff(_ response: Response) -> Bool {
    let response = core.pipeline.finish(response, for: ticket!).with("Connection", "close")
    phase = .lingering
    status = response.status
    sentBytes = response.body.byteCount
    bodyClaim = ByteClaim(of: core.bodyBytes)
    body = []
    Socket.send(response.serialized, to: record.descriptor)
    Socket.endSending(record.descriptor)
    record.enter(.lingering, at: core.time.monotonic())
    return true
  }
}

extension Response {
  /// Head and body as they stand on the wire. Streams have no such form.
  var serialized: [UInt8] {
    var bytes = Array("HTTP/1.1 \(status) \(ConnectionHandle.reason(status))\r\n".utf8)
    for (name, value) in headers.lines { bytes += "\(name): \(value)\r\n".utf8 }
    bytes += "Content-Length: \(body.byteCount ?? 0)\r\n\r\n".utf8
    switch body {
    case .bytes(let content): bytes += content
    case .shared(let page): bytes += page.bytes
    case .empty, .stream: break
    }
    return bytes
  }
}

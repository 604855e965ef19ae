import SeriesModel

/// Everything between a request's head and its answer that does not need a socket.
///
/// `admit` judges the head, `answer` runs the handler and finishes its response. A server calls them when the bytes arrive; ``respond(to:)``
/// calls them at once. So a handler test means the same with a socket and without.
public struct Pipeline: Sendable {
  public let router: Router
  public let limits: RequestLimits
  public let compression: ResponseCompression
  let streams: StreamGate

  public init(_ router: Router, limits: RequestLimits = RequestLimits(), compression: ResponseCompression = ResponseCompression()) {
    self.router = router
    self.limits = limits
    self.compression = compression
    streams = StreamGate(limit: limits.streams)
  }

  /// What becomes of a request whose head has arrived.
  enum Admission: Sendable {
    case handle(Ticket)
    /// Answered without looking at the body. `closing`: the body is not worth waiting for, or cannot be told from the next request.
    case refuse(Ticket, Response, closing: Bool)
  }

  /// A judged head.
  struct Ticket: Sendable {
    var head: RequestHead
    var target: RequestTarget?
    var length: RequestHead.BodyLength = .none
    var route: Router.Route?
    var parameters = PathParameters()

    /// The route's pattern, for logs and metrics.
    var pattern: String? { route?.pattern.text }
  }

  func admit(_ head: RequestHead) -> Admission {
    var ticket = Ticket(head: head)
    do throws(HTTPProblem) {
      try check(head)
      ticket.length = try head.bodyLength()
      do throws(RequestTarget.Malformed) { ticket.target = try RequestTarget(head.target) } catch {
        throw RequestHead.bad(error.reason)
      }
    } catch {
      return .refuse(ticket, error.response, closing: true)
    }
    switch router.match(head.method, ticket.target!) {
    case .unknownPath(let response): return refuse(ticket, response)
    case .otherMethods(let methods):
      let allowed = methods.map(\.rawValue).joined(separator: ", ")
      if head.method == .OPTIONS { return refuse(ticket, Response(status: 204).with("Allow", allowed)) }
      return refuse(ticket, Response.text("Method Not Allowed\n", status: 405).with("Allow", allowed))
    case .route(let route, let parameters):
      ticket.route = route
      ticket.parameters = parameters
      if case .bytes(let count) = ticket.length, count > route.bodyLimit {
        return .refuse(ticket, finish(Self.tooLarge(route.bodyLimit), for: ticket), closing: true)
      }
      if ticket.length != .none, BodyCoding(head.headers["Content-Encoding"]) == nil {
        let response = Response.text("Unsupported Media Type: expected Content-Encoding \(BodyCoding.names)\n", status: 415)
        return refuse(ticket, response.with("Accept-Encoding", BodyCoding.names))
      }
      return .handle(ticket)
    }
  }

  /// Runs the handler over a body as sent (of at most the route's limit), and makes its response ready for this client.
  func answer(_ ticket: Ticket, body: [UInt8], arrived: Instant? = nil, client: ClientPresence = ClientPresence()) -> Response {
    guard let route = ticket.route else { preconditionFailure("a refused request has no handler") }
    let response: Response
    do throws(HTTPProblem) {
      response = try route.handler(try read(ticket, body, arrived, client), ticket.parameters)
    } catch {
      response = error.response
    }
    return finish(response, for: ticket)
  }

  /// The request as its handler will see it, but for a body that would take time to read; `nil`: it will not see it.
  func outline(_ ticket: Ticket, body: [UInt8], arrived: Instant, client: ClientPresence) -> Request? {
    let isQuick = body.count <= 64 << 10 && BodyCoding(ticket.head.headers["Content-Encoding"]) == .identity
    return try? read(ticket, isQuick ? body : [], arrived, client)
  }

  private func read(
    _ ticket: Ticket, _ body: [UInt8], _ arrived: Instant?, _ client: ClientPresence
  ) throws(HTTPProblem) -> Request {
    guard let route = ticket.route, let target = ticket.target, let method = ticket.head.method else {
      preconditionFailure("a refused request has no handler")
    }
    let coding = BodyCoding(ticket.head.headers["Content-Encoding"]) ?? .identity
    return Request(
      method, target: target, headers: ticket.head.headers, body: try coding.decode(body, limit: route.bodyLimit),
      peer: ticket.head.peer, client: client, arrived: arrived)
  }

  /// Cross-origin fields, 304, compression, the limit on streams.
  func finish(_ response: Response, for ticket: Ticket) -> Response {
    var response = response
    if case .stream(let stream) = response.body, !streams.admit(stream) {
      response = .busy("too many event streams, at most \(limits.streams)")
    }
    if ticket.head.method == .GET || ticket.head.method == .HEAD { response.applyPreconditions(of: ticket.head.headers) }
    compression.apply(to: &response, accepting: ticket.head.headers)
    if let target = ticket.target, let policy = router.crossOriginPolicy(for: target.path) {
      policy.apply(to: &response.headers, origin: ticket.head.headers["Origin"])
    }
    return response
  }

  static func tooLarge(_ limit: Int) -> Response { .text("Request Entity Too Large: the limit is \(limit) bytes\n", status: 413) }

  /// The whole way of a request that is already here, as a server would go it. A response to HEAD has no body, but its length.
  public func respond(to request: Request) -> Response {
    var headers = request.headers
    if headers["Host"] == nil { headers["Host"] = "localhost" }
    if !request.body.isEmpty, headers["Content-Length"] == nil { headers["Content-Length"] = String(request.body.count) }
    let target = request.rawPath + (request.rawQuery.isEmpty ? "" : "?" + request.rawQuery)
    let head = RequestHead(methodName: request.method.rawValue, target: target, headers: headers, peer: request.peer)
    var response: Response
    switch admit(head) {
    case .handle(let ticket): response = answer(ticket, body: request.body, client: request.client)
    case .refuse(_, let refusal, let closing): response = closing ? refusal.with("Connection", "close") : refusal
    }
    if request.method == .HEAD {
      if let count = response.body.byteCount { response.headers["Content-Length"] = String(count) }
      response.body = .empty
    }
    return response
  }
}

extension Pipeline {
  private func check(_ head: RequestHead) throws(HTTPProblem) {
    guard head.target.utf8.count <= limits.targetBytes else {
      throw HTTPProblem(status: 414, "URI Too Long: the limit is \(limits.targetBytes) bytes, send a POST form instead")
    }
    let bytes = head.headers.lines.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    guard bytes <= limits.headerBytes, head.headers.lines.count <= limits.headerLines else {
      throw HTTPProblem(
        status: 431, "Request Header Fields Too Large: the limit is \(limits.headerBytes) bytes in \(limits.headerLines) lines")
    }
  }

  private func refuse(_ ticket: Ticket, _ response: Response) -> Admission {
    let closing =
      switch ticket.length {
      case .none: false
      case .bytes(let count): count > limits.drainedBytes
      case .chunked: true
      }
    return .refuse(ticket, finish(response, for: ticket), closing: closing)
  }
}

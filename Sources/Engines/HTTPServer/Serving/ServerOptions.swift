import SeriesModel

/// How a server listens and what it allows a connection.
public struct ServerOptions: Sendable {
  /// How bytes travel.
  public enum Transport: Hashable, Sendable { case plain }

  /// A numeric address or a name; empty for all addresses.
  public var host = "127.0.0.1"
  /// 0: a free one, see ``Server/port``.
  public var port: UInt16 = 0
  public var transport = Transport.plain

  /// Threads that read, write, and run inline handlers.
  public var serverThreads = 2
  /// Threads that run pool handlers.
  public var workers = 8
  /// Workers that a lane may hold at a time unless it says itself; `nil`: all but one.
  public var laneWorkers: Int?
  /// Requests that may wait for a worker; further ones get 503.
  public var queuedRequests = 256
  /// Of these of one lane, unless it says itself; `nil`: half.
  public var lanePlaces: Int?

  public var connections = 2048
  /// From a connection's start, or a request's first line, to the end of its headers.
  public var headerTime = PromDuration.seconds(10)
  /// Between two requests of one connection.
  public var idleTime = PromDuration.seconds(120)
  /// A body must arrive within this and its size over ``bytesPerSecond``; a response must be taken so too.
  public var transferTime = PromDuration.seconds(15)
  public var bytesPerSecond = 8 << 10
  /// Bodies of all requests together; a request beyond it gets 503.
  public var bodyBytesInFlight = 512 << 20
  /// Answers of lanes that are bounded, all together, from their making until the client has them; one beyond it becomes 503. When three quarters are taken
  /// clients must take theirs at ``pressedBytesPerSecond``.
  public var responseBytesInFlight = 512 << 20
  public var pressedBytesPerSecond = 1 << 20
  /// How often an idle event stream is written to.
  public var heartbeat = PromDuration.seconds(15)

  public init(host: String = "127.0.0.1", port: UInt16 = 0) {
    self.host = host
    self.port = port
  }
}

/// Why a server did not start. The text names the address; who knows the flag that set it adds that.
public enum ServerError: Error, Hashable, Sendable, CustomStringConvertible {
  case addressInUse(String)
  case unknownHost(String, reason: String)
  case cannotListen(String, reason: String)

  public var description: String {
    switch self {
    case .addressInUse(let address): "cannot listen on \(address): the port is in use by another program"
    case .unknownHost(let host, let reason): "cannot listen on \(host): \(reason)"
    case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
    }
  }
}

/// One finished request, for logs and metrics.
public struct Exchange: Sendable {
  public enum End: String, Hashable, Sendable { case answered, hungUp = "hung_up", cut }
  public var method: String
  /// As sent, with query.
  public var target: String
  /// The route's pattern; `nil` when no route answered.
  public var route: String?
  /// 0: the client got no answer of ours.
  public var status: Int
  public var requestBytes: Int
  /// `nil` for streams.
  public var responseBytes: Int?
  /// From the request line to the last byte.
  public var seconds: Double
  public var peer: String
  public var userAgent: String?
  public var end: End

  public init(
    method: String, target: String, route: String? = nil, status: Int, requestBytes: Int, responseBytes: Int?, seconds: Double,
    peer: String, userAgent: String? = nil, end: End
  ) {
    self.method = method
    self.target = target
    self.route = route
    self.status = status
    self.requestBytes = requestBytes
    self.responseBytes = responseBytes
    self.seconds = seconds
    self.peer = peer
    self.userAgent = userAgent
    self.end = end
  }
}

/// What a server has in hand, and what it has turned away since its start.
public struct ServerStatistics: Hashable, Sendable {
  public var connections = 0
  public var activeRequests = 0
  public var queuedRequests = 0
  public var streams = 0
  public var bodyBytesInFlight = 0
  public var responseBytesInFlight = 0
  /// Connections cut because they were too slow or idle for too long.
  public var reapedConnections = 0
  /// What lanes refused since the start; what they have in hand is told by ``Server/statistics(of:)``.
  public var lanes: [String: LaneStatistics] = [:]
}

import SeriesModel
import Synchronization
import Threading

/// An HTTP/1.1 server: it listens from its making on until it is stopped.
///
/// ```
///   server threads (epoll)      head → admit ─ body → inline handler ──────────────► send
///                                              └─ suspend → lane → worker → resume ─┘
///   http-keeper                 deadlines of every phase and of waiting requests, clients that left, heartbeats
/// ```
/// Cost: 10 µs CPU per small request; a shared page of 10 MB is sent from where it lies.
public final class Server: Sendable {
  public let port: UInt16
  private let core: ServerCore
  private let daemon: Daemon
  private let housekeeper: Housekeeper
  private let stopped = Atomic<Bool>(false)

  /// Starts to listen.
  ///
  /// - Parameter observer: called on a server thread after each request; it must not wait.
  /// - Parameter log: what the library complains about; one line each.
  public init(
    _ pipeline: Pipeline, options: ServerOptions = ServerOptions(), time: any TimeSource,
    observer: (@Sendable (Exchange) -> Void)? = nil, log: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(ServerError) {
    let (descriptor, port) = try Socket.listen(host: options.host, port: options.port)
    let core = ServerCore(pipeline, options: options, time: time, observer: observer)
    guard let daemon = Daemon(core, listening: descriptor, log: log) else {
      Socket.closeDescriptor(descriptor)
      core.pool.stop(joining: true)
      throw .cannotListen("\(options.host):\(options.port)", reason: "libmicrohttpd did not start")
    }
    self.port = port
    self.core = core
    self.daemon = daemon
    housekeeper = Housekeeper(core)
  }

  deinit { stop(within: .zero) }

  public var statistics: ServerStatistics { core.statistics }

  public func statistics(of lane: String) -> LaneStatistics { core.statistics(of: lane) }

  /// Takes no more connections, lets requests in flight finish, then ends. Those that take longer than `limit` get 503.
  ///
  /// Returns within `limit` and a second, as long as inline handlers do.
  public func stop(within limit: PromDuration) {
    guard !stopped.exchange(true, ordering: .sequentiallyConsistent) else { return }
    core.beginStopping()
    daemon.quiesce()
    core.closeStreams()
    let finished = waitForRequests(limit.seconds)
    core.completions.answerAll(.busy("shutting down"))
    if !finished { _ = waitForRequests(0.5) }
    core.connections.cutAll()
    housekeeper.stop()
    core.closeStreams()
    daemon.stop()
    core.pool.stop(joining: finished)
  }

  /// Whether all requests ended in time.
  private func waitForRequests(_ seconds: Double) -> Bool {
    let start = core.time.monotonic()
    let pause = Monitor(())
    while true {
      core.connections.cutIdle()
      if core.activeRequests == 0 { return true }
      guard core.time.monotonic() - start < seconds else { return false }
      _ = pause.wait(seconds: 0.002) { _ in nil as Bool? }
    }
  }
}

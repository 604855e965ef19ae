import SeriesModel
import Synchronization
import Threading

/// What all connections of a server share.
final class ServerCore: Sendable {
  let pipeline: Pipeline
  let options: ServerOptions
  let time: any TimeSource
  let observer: (@Sendable (Exchange) -> Void)?
  let pool: WorkPool
  let connections: ConnectionTable
  let completions = CompletionTable()
  private let streams = BlockingLock<[ObjectIdentifier: EventStream]>([:])
  private let stopping = Atomic<Bool>(false)
  private let active = Atomic<Int>(0)
  private let shedCount = Atomic<Int>(0)
  private let bodyBytes = Atomic<Int>(0)

  init(_ pipeline: Pipeline, options: ServerOptions, time: any TimeSource, observer: (@Sendable (Exchange) -> Void)?) {
    self.pipeline = pipeline
    self.options = options
    self.time = time
    self.observer = observer
    pool = WorkPool(threads: options.workers, laneWidth: options.laneWorkers, capacity: options.queuedRequests)
    connections = ConnectionTable(limit: options.connections)
  }

  var statistics: ServerStatistics {
    ServerStatistics(
      connections: connections.count, activeRequests: activeRequests, queuedRequests: pool.waiting, streams: pipeline.streams.count,
      bodyBytesInFlight: bodyBytes.load(ordering: .relaxed), reapedConnections: connections.reaped.load(ordering: .relaxed),
      shedRequests: shedCount.load(ordering: .relaxed))
  }

  var isStopping: Bool { stopping.load(ordering: .relaxed) }
  func beginStopping() { stopping.store(true, ordering: .sequentiallyConsistent) }

  var activeRequests: Int { active.load(ordering: .relaxed) }
  func requestBegan() { active.add(1, ordering: .relaxed) }
  func requestEnded(_ exchange: Exchange) {
    active.subtract(1, ordering: .relaxed)
    observer?(exchange)
  }
  func shed() { shedCount.add(1, ordering: .relaxed) }

  /// `false`, and nothing claimed: all bodies together are as large as they may be.
  func claimBodyBytes(_ count: Int) -> Bool {
    guard bodyBytes.add(count, ordering: .relaxed).newValue <= options.bodyBytesInFlight else {
      bodyBytes.subtract(count, ordering: .relaxed)
      return false
    }
    return true
  }

  func releaseBodyBytes(_ count: Int) { bodyBytes.subtract(count, ordering: .relaxed) }
}

// Event streams.
extension ServerCore {
  /// From here on the stream gets heartbeats, and ends with the server.
  func adopt(_ stream: EventStream) {
    let id = ObjectIdentifier(stream)
    streams.withLock { $0[id] = stream }
    stream.whenClosed { [weak self] in _ = self?.streams.withLock { $0.removeValue(forKey: id) } }
    if isStopping { stream.close() }
  }

  func heartbeat() {
    for stream in streams.withLock({ Array($0.values) }) { stream.heartbeat() }
  }

  func closeStreams() {
    for stream in streams.withLock({ Array($0.values) }) { stream.close() }
  }
}

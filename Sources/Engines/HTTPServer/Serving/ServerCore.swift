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
  private let lanes = BlockingLock<[String: LaneStatistics]>([:])
  let bodyBytes: ByteBudget
  let responseBytes: ByteBudget

  init(_ pipeline: Pipeline, options: ServerOptions, time: any TimeSource, observer: (@Sendable (Exchange) -> Void)?) {
    self.pipeline = pipeline
    self.options = options
    self.time = time
    self.observer = observer
    pool = WorkPool(
      threads: options.workers, laneWidth: options.laneWorkers, lanePlaces: options.lanePlaces, capacity: options.queuedRequests)
    connections = ConnectionTable(limit: options.connections)
    bodyBytes = ByteBudget(limit: options.bodyBytesInFlight)
    responseBytes = ByteBudget(limit: options.responseBytesInFlight)
  }

  var statistics: ServerStatistics {
    ServerStatistics(
      connections: connections.count, activeRequests: activeRequests, queuedRequests: pool.waiting, streams: pipeline.streams.count,
      bodyBytesInFlight: bodyBytes.used, responseBytesInFlight: responseBytes.used,
      reapedConnections: connections.reaped.load(ordering: .relaxed), lanes: lanes.withLock { $0 })
  }

  func statistics(of lane: String) -> LaneStatistics {
    var statistics = lanes.withLock { $0[lane] } ?? LaneStatistics()
    (statistics.running, statistics.waiting) = pool.load(of: lane)
    return statistics
  }

  var isStopping: Bool { stopping.load(ordering: .relaxed) }
  func beginStopping() { stopping.store(true, ordering: .sequentiallyConsistent) }

  var activeRequests: Int { active.load(ordering: .relaxed) }
  func requestBegan() { active.add(1, ordering: .relaxed) }
  func requestEnded(_ exchange: Exchange) {
    active.subtract(1, ordering: .relaxed)
    observer?(exchange)
  }
  func refused(_ refusal: Lane.Refusal, lane: String) {
    lanes.withLock { $0[lane, default: LaneStatistics()].refused[refusal, default: 0] += 1 }
  }
  func left(lane: String) { lanes.withLock { $0[lane, default: LaneStatistics()].left += 1 } }
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

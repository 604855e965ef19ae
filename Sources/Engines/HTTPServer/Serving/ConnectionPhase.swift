import SeriesModel
import Synchronization
import Threading

/// Where a connection stands; what it may take depends on it.
enum ConnectionPhase: UInt8, Sendable {
  /// New: not one request has come.
  case fresh
  /// Between two requests.
  case idle
  case headers
  case body
  /// The handler has it.
  case working
  case sending
  case streaming
  /// Refused in the midst of its body; what still comes is thrown away for a moment so that the client reads the answer.
  case lingering
}

/// How long each phase may last.
struct ConnectionPatience: Sendable {
  var headerTime: PromDuration
  var idleTime: PromDuration
  var transferTime: PromDuration
  var bytesPerSecond: Int
  var responseBytesPerSecond: Int
  static let lingerSeconds = 2.0
  /// What connections without a request get when most places are taken.
  static let pressedIdleSeconds = 1.0

  /// - Parameter bytes: moved so far for a body, to move for a response.
  func isOver(_ phase: ConnectionPhase, after seconds: Double, bytes: Int, pressed: Bool) -> Bool {
    switch phase {
    case .fresh: seconds > (pressed ? min(Self.pressedIdleSeconds, headerTime.seconds) : headerTime.seconds)
    case .headers: seconds > headerTime.seconds
    case .idle: seconds > (pressed ? min(Self.pressedIdleSeconds, idleTime.seconds) : idleTime.seconds)
    case .body: seconds > transferTime.seconds + Double(bytes) / Double(bytesPerSecond)
    case .sending: seconds > transferTime.seconds + Double(bytes) / Double(responseBytesPerSecond)
    case .lingering: seconds > Self.lingerSeconds
    case .working, .streaming: false
    }
  }
}

/// One connection as the housekeeper sees it.
final class ConnectionRecord: Sendable {
  let descriptor: Int32
  let peer: String
  private let phaseValue: Atomic<UInt8>
  private let sinceValue: Atomic<UInt64>
  private let bytesValue = Atomic<Int>(0)
  let cut = Atomic<Bool>(false)
  /// Of a response under way: what the client had confirmed at the last look that saw more of it, and when that was.
  private let confirmed = Atomic<UInt64>(0)
  private let confirmedAt = Atomic<UInt64>(0)
  /// Of the request that a worker has.
  let client = BlockingLock<ClientPresence?>(nil)

  init(descriptor: Int32, peer: String, at now: Instant) {
    self.descriptor = descriptor
    self.peer = peer
    phaseValue = Atomic(ConnectionPhase.fresh.rawValue)
    sinceValue = Atomic(now.nanoseconds)
  }

  var phase: ConnectionPhase { ConnectionPhase(rawValue: phaseValue.load(ordering: .acquiring))! }

  func enter(_ phase: ConnectionPhase, at now: Instant, bytes: Int = 0) {
    // The time first: a reader that sees the new phase must not pair it with an old time.
    sinceValue.store(now.nanoseconds, ordering: .relaxed)
    bytesValue.store(bytes, ordering: .relaxed)
    phaseValue.store(phase.rawValue, ordering: .releasing)
  }

  func moved(_ count: Int) { bytesValue.add(count, ordering: .relaxed) }

  /// Whether a response is under way of which the client took nothing for `seconds`. Looked at by one thread.
  func isStalled(at now: Instant, for seconds: Double) -> Bool {
    guard phase == .sending else {
      confirmedAt.store(0, ordering: .relaxed)
      return false
    }
    let bytes = Socket.confirmedBytes(descriptor)
    let since = confirmedAt.load(ordering: .relaxed)
    if since == 0 || bytes != confirmed.load(ordering: .relaxed) {
      confirmed.store(bytes, ordering: .relaxed)
      confirmedAt.store(now.nanoseconds, ordering: .relaxed)
      return false
    }
    return now - Instant(nanoseconds: since) > seconds
  }

  func isOverdue(at now: Instant, under patience: ConnectionPatience, pressed: Bool) -> Bool {
    let phase = phase
    let since = Instant(nanoseconds: sinceValue.load(ordering: .relaxed))
    return patience.isOver(phase, after: now - since, bytes: bytesValue.load(ordering: .relaxed), pressed: pressed)
  }
}

import Synchronization

/// What a request may be, whatever its route.
public struct RequestLimits: Hashable, Sendable {
  /// Bytes of path and query.
  public var targetBytes = 8 << 10
  /// Bytes of header names and values.
  public var headerBytes = 12 << 10
  public var headerLines = 100
  /// A refused request's body up to this size is read and thrown away, so that the connection lives on.
  public var drainedBytes = 64 << 10
  /// Event streams at a time.
  public var streams = 256
  public init() {}
}

/// Counts open event streams.
final class StreamGate: Sendable {
  let limit: Int
  private let open = Atomic<Int>(0)

  init(limit: Int) { self.limit = limit }

  var count: Int { open.load(ordering: .relaxed) }

  /// `false`, and the stream closed: there are enough already.
  func admit(_ stream: EventStream) -> Bool {
    guard open.add(1, ordering: .relaxed).newValue <= limit else {
      open.subtract(1, ordering: .relaxed)
      stream.close()
      return false
    }
    stream.whenClosed { self.open.subtract(1, ordering: .relaxed) }
    return true
  }
}

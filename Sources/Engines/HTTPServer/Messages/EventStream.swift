import Threading

/// Server-sent events to one client: a bounded queue between whoever sends and the connection that drains it.
///
/// A client that reads too slowly is let go when its queue is full; it comes back with `Last-Event-ID`. `send` never blocks.
public final class EventStream: Sendable {
  private struct State {
    var pending: [UInt8] = []
    var taken = 0
    var closed = false
    var wake: (@Sendable () -> Void)?
    var parked = false
    var farewells: [@Sendable () -> Void] = []
  }

  private let state = BlockingLock(State())
  /// Bytes that may wait for the client.
  public let queueLimit: Int

  public init(queueLimit: Int = 256 << 10) { self.queueLimit = queueLimit }

  /// Queues one event. `false`: the stream is closed, perhaps just now because its client is too slow.
  @discardableResult
  public func send(event: String? = nil, id: String? = nil, data: String) -> Bool {
    var text: [UInt8] = []
    text.reserveCapacity(data.utf8.count + 64)
    if let event { Self.append("event", event, to: &text) }
    if let id { Self.append("id", id, to: &text) }
    for line in data.split(separator: "\n", omittingEmptySubsequences: false) { Self.append("data", line, to: &text) }
    text.append(UInt8(ascii: "\n"))
    return enqueue(text)
  }

  /// A comment line, which clients ignore, but which finds out whether they are there.
  @discardableResult
  public func heartbeat() -> Bool { enqueue(Array(": \n\n".utf8)) }

  public var isOpen: Bool { state.withLock { !$0.closed } }

  /// What is queued is still sent, then the response ends.
  public func close() {
    let farewells: [@Sendable () -> Void] = state.withLock { state in
      Self.close(&state)
      defer { state.farewells = [] }
      return state.farewells
    }
    for farewell in farewells { farewell() }
  }

  /// Runs `action` once the stream is closed by either side, at once if it is already.
  public func whenClosed(_ action: @escaping @Sendable () -> Void) {
    let already = state.withLock { state in
      if !state.closed { state.farewells.append(action) }
      return state.closed
    }
    if already { action() }
  }

  private func enqueue(_ text: [UInt8]) -> Bool {
    enum Fate { case queued, alreadyClosed, overflowed }
    let fate: Fate = state.withLock { state in
      if state.closed { return .alreadyClosed }
      guard state.pending.count - state.taken + text.count <= queueLimit else { return .overflowed }
      state.pending += text
      Self.wake(&state)
      return .queued
    }
    if fate == .overflowed { close() }
    return fate == .queued
  }

  private static func append(_ field: String, _ value: some StringProtocol, to text: inout [UInt8]) {
    text += field.utf8
    text += ": ".utf8
    text += value.utf8.lazy.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    text.append(UInt8(ascii: "\n"))
  }

  private static func close(_ state: inout State) {
    guard !state.closed else { return }
    state.closed = true
    wake(&state)
  }

  private static func wake(_ state: inout State) {
    guard state.parked else { return }
    state.parked = false
    state.wake?()
  }
}

// The connection's side.
extension EventStream {
  enum Supply: Equatable { case bytes(Int), parked, ended }

  /// Says how the connection is woken after ``take(upTo:orPark:copy:)`` parked it. Called under the stream's lock.
  func attach(wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

  /// Hands out up to `limit` queued bytes, else parks: `park` runs under the stream's lock, so that no wake-up falls between.
  func take(upTo limit: Int, orPark park: () -> Void, copy: (Span<UInt8>) -> Void) -> Supply {
    state.withLock { state in
      let available = state.pending.count - state.taken
      if available > 0 {
        let count = min(available, limit)
        copy(state.pending.span.extracting(state.taken..<state.taken + count))
        state.taken += count
        if state.taken == state.pending.count {
          state.pending.removeAll(keepingCapacity: state.pending.capacity <= 16 << 10)
          state.taken = 0
        } else if state.taken > queueLimit / 2 {
          state.pending.removeFirst(state.taken)
          state.taken = 0
        }
        return .bytes(count)
      }
      if state.closed { return .ended }
      state.parked = true
      park()
      return .parked
    }
  }

  /// The connection is no more.
  func detach() {
    state.withLock {
      $0.wake = nil
      $0.parked = false
    }
    close()
  }

  /// Everything queued so far, for tests without a connection.
  public func drain() -> String {
    var text: [UInt8] = []
    _ = take(upTo: .max, orPark: {}) { span in for i in span.indices { text.append(span[i]) } }
    return String(decoding: text, as: UTF8.self)
  }
}

import Threading

/// Lets only so many queries run at a time. Those that wait are let in client by client, so that who asks much waits for itself and not others for it.
///
/// One queue serves everything that evaluates: the API's requests and the rules.
public final class QueryQueue: Sendable {
  public struct Counts: Hashable, Sendable {
    public var running = 0
    public var waiting = 0
    /// Let in since the beginning, and turned away: too many waited.
    public var admitted: UInt64 = 0
    public var refused: UInt64 = 0
  }

  private struct State {
    var counts = Counts()
    var ticket: UInt64 = 0
    /// Waiting tickets of each client, the oldest first.
    var clients: [String: [UInt64]] = [:]
    /// Clients that wait, next turn first.
    var turns: [String] = []
  }

  public let width: Int
  public let capacity: Int
  private let line: Monitor<State>

  /// How soon a waiting query sees that nobody waits for it any more.
  private static let patience = 0.02

  /// - Parameters:
  ///   - width: queries that run at a time (`query.max-concurrency`).
  ///   - capacity: queries that wait at a time; one client may hold half of it (`query.max-waiting`).
  public init(width: Int = 20, capacity: Int = 1000) {
    self.width = max(1, width)
    self.capacity = max(0, capacity)
    line = Monitor(State())
  }

  public var counts: Counts { line.withLock { $0.counts } }

  /// Runs a query when it is its turn.
  ///
  /// - Throws: `timeout` or `canceled` when its time is up, or nobody waits for it, before its turn; `execution` when too many wait already.
  public func run<Result>(
    for client: String = "", until cancellation: Cancellation = .never, _ query: () throws(QueryError) -> Result
  ) throws(QueryError) -> Result {
    try enter(client, cancellation)
    defer { line.change { $0.counts.running -= 1 } }
    return try query()
  }

  private func enter(_ client: String, _ cancellation: Cancellation) throws(QueryError) {
    guard let ticket = try line.change({ draw(&$0, client) }).get() else { return }
    let failure = line.watch { (state: inout State) -> Monitor<State>.Wish<QueryError?> in
      if isNext(state, client, ticket) {
        leave(&state, client, ticket)
        admit(&state)
        // The next in line may fit in as well.
        return .done(nil)
      }
      guard let error = Self.end(of: cancellation) else { return .wait(seconds: Self.patience) }
      leave(&state, client, ticket)
      return .done(error)
    }
    // Who leaves may have been the one whom others waited for.
    line.change { _ in }
    if let failure { throw failure }
  }

  private static func end(of cancellation: Cancellation) -> QueryError? {
    if cancellation.isCanceled { return .canceled("query was canceled in query queue") }
    return cancellation.isOverdue ? .timeout("query timed out in query queue") : nil
  }

  /// `nil`: there is room, go in; else a place in the line.
  private func draw(_ state: inout State, _ client: String) -> Swift.Result<UInt64?, QueryError> {
    if state.counts.running < width, state.counts.waiting == 0 {
      admit(&state)
      return .success(nil)
    }
    let own = state.clients[client]?.count ?? 0
    guard state.counts.waiting < capacity, own < max(1, capacity / 2) else {
      state.counts.refused += 1
      return .failure(.execution("too many queries wait already: query.max-waiting is \(capacity)"))
    }
    state.ticket += 1
    if own == 0 { state.turns.append(client) }
    state.clients[client, default: []].append(state.ticket)
    state.counts.waiting += 1
    return .success(state.ticket)
  }

  private func isNext(_ state: State, _ client: String, _ ticket: UInt64) -> Bool {
    state.counts.running < width && state.turns.first == client && state.clients[client]?.first == ticket
  }

  private func admit(_ state: inout State) {
    state.counts.running += 1
    state.counts.admitted += 1
  }

  /// Gives a place in the line up; the client's next one goes to the end of the turns.
  private func leave(_ state: inout State, _ client: String, _ ticket: UInt64) {
    state.counts.waiting -= 1
    let wasFirst = state.clients[client]!.first == ticket
    state.clients[client]!.removeAll { $0 == ticket }
    let isEmpty = state.clients[client]!.isEmpty
    if isEmpty { state.clients[client] = nil }
    guard isEmpty || wasFirst else { return }
    state.turns.removeAll { $0 == client }
    if !isEmpty { state.turns.append(client) }
  }
}

import Threading

/// Whether somebody still waits for the answer. A handler on the pool hangs its cancellation on it.
public final class ClientPresence: Sendable {
  private enum State {
    case here([@Sendable () -> Void])
    case gone
  }
  private let state = BlockingLock(State.here([]))

  public init() {}

  public var isGone: Bool {
    state.withLock { if case .gone = $0 { true } else { false } }
  }

  /// Runs `action` once the client has hung up (seen within half a second), at once if it has already. Never after the answer is on its way.
  public func whenGone(_ action: @escaping @Sendable () -> Void) {
    let already = state.withLock { state in
      guard case .here(let actions) = state else { return true }
      state = .here(actions + [action])
      return false
    }
    if already { action() }
  }

  /// The client has hung up.
  package func leave() {
    let actions: [@Sendable () -> Void] = state.withLock { state in
      guard case .here(let actions) = state else { return [] }
      state = .gone
      return actions
    }
    for action in actions { action() }
  }

  /// The answer exists: nobody needs to be told any more.
  func forget() {
    state.withLock { if case .here = $0 { $0 = .here([]) } }
  }
}

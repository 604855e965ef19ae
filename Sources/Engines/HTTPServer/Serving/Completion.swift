import Threading

/// Where a worker's answer meets the suspended connection. Whoever comes first wins: the worker, or the end of the server.
final class Completion: Sendable {
  private enum State {
    case running
    case suspended(ConnectionHandle)
    case answered(Response)
    case taken
  }
  private let state = BlockingLock(State.running)
  let client = ClientPresence()

  /// Sets the connection aside. Called from its own callback.
  func suspend(_ connection: ConnectionHandle) {
    state.withLock { state in
      connection.suspend()
      state = .suspended(connection)
    }
  }

  /// Lets the connection run on with this answer. A second answer is dropped.
  func answer(_ response: Response) {
    let late: Bool = state.withLock { state in
      guard case .suspended(let connection) = state else { return true }
      state = .answered(response)
      connection.resume()
      return false
    }
    if late, case .stream(let stream) = response.body { stream.close() }
  }

  /// Answers for a worker that has not, and tells it so.
  func giveUp(with response: Response) {
    // From here on the worker's own answer comes too late, but the connection stays suspended until the worker has been told.
    let connection: ConnectionHandle? = state.withLock { state in
      guard case .suspended(let connection) = state else { return nil }
      state = .answered(response)
      return connection
    }
    client.leave()
    connection?.resume()
  }

  /// The answer, for the connection that runs on.
  func take() -> Response? {
    state.withLock { state in
      guard case .answered(let response) = state else { return nil }
      state = .taken
      return response
    }
  }
}

/// All requests that workers have, so that the end of the server can answer them.
final class CompletionTable: Sendable {
  private struct State {
    var open: [ObjectIdentifier: Completion] = [:]
    var closed = false
  }
  private let state = BlockingLock(State())

  /// `false`: the server is at its end, nothing may be set aside any more.
  func suspend(_ completion: Completion, _ connection: ConnectionHandle) -> Bool {
    state.withLock { state in
      guard !state.closed else { return false }
      state.open[ObjectIdentifier(completion)] = completion
      completion.suspend(connection)
      return true
    }
  }

  func remove(_ completion: Completion) { _ = state.withLock { $0.open.removeValue(forKey: ObjectIdentifier(completion)) } }

  func answerAll(_ response: Response) {
    let open = state.withLock { state in
      state.closed = true
      return Array(state.open.values)
    }
    for completion in open { completion.giveUp(with: response) }
  }
}

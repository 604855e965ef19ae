import HTTPClient
import SeriesModel
import Threading

/// Lets an orchestra live in real time, and tells a daemon of it through `POST /api/events`.
///
/// A thread of its own calls ``run(through:)``, which posts what happened since the last call and says when to come again. A request that is
/// not taken is sent again, byte for byte, when `Retry-After` says so; meanwhile the orchestra waits, and afterwards it catches up. When the
/// daemon was away for longer than ``Options/patience``, the orchestra did not live in the meantime: events that old might no longer be taken.
package final class SimulationDriver: Pump {
  package struct Options: Sendable {
    /// Between two requests.
    package var interval = PromDuration.seconds(1)
    /// Of one request, at most.
    package var batchEvents = 4_000
    /// For one request.
    package var requestTime = PromDuration.seconds(10)
    /// Between two attempts, whatever `Retry-After` says.
    package var longestPause = PromDuration.seconds(30)
    /// How far it may fall behind and still catch up.
    package var patience = PromDuration.minutes(5)
    package init() {}
  }

  /// What has come of it so far.
  package struct Progress: Equatable, Sendable {
    package var requests = 0
    /// Requests that were not taken, and sent again.
    package var retries = 0
    package var accepted = 0
    package var duplicates = 0
    /// Events that the daemon does not want; ``problem`` says why.
    package var refused = 0
    /// The last thing that went wrong; `nil` once a request was taken without a refusal.
    package var problem: String?
    /// Paused, and nothing is on its way.
    package var isAtRest = false
  }

  typealias Send = @Sendable (ClientRequest, PromDuration) throws(HTTPClientError) -> ClientResponse

  private struct Control {
    var isPaused = false
    var isStopped = false
    var scenario: Scenario?
    var progress = Progress()
  }

  private let control = BlockingLock(Control())
  /// Only ``run(through:)`` takes it, and holds it while it waits for answers.
  private let courier: BlockingLock<Courier>
  private let time: any TimeSource
  private let options: Options
  private let close: @Sendable () -> Void

  /// - Parameter url: of the daemon, such as `http://127.0.0.1:10874`.
  package convenience init(url: String, orchestra: Orchestra, time: any TimeSource, options: Options = Options()) {
    let client = Client(userAgent: "tidemark-simulation", idleLimit: 1)
    self.init(url: url, orchestra: orchestra, time: time, options: options, close: { client.close() }) {
      (request, limit) throws(HTTPClientError) in try client.send(request, within: limit)
    }
  }

  init(
    url: String, orchestra: Orchestra, time: any TimeSource, options: Options = Options(),
    close: @escaping @Sendable () -> Void = {},
    send: @escaping Send
  ) {
    self.time = time
    self.options = options
    self.close = close
    let base = url.hasSuffix("/") ? String(url.dropLast()) : url
    courier = BlockingLock(Courier(url: base + "/api/events", orchestra: orchestra, options: options, send: send))
  }

  package var progress: Progress { control.withLock(\.progress) }

  /// The next call of ``run(through:)`` posts what is left to tell (approvals that are waited for are decided), and nothing happens any more;
  /// ``Progress/isAtRest`` tells when.
  package func pause() { control.withLock { $0.isPaused = true } }

  /// The orchestra goes on where it stood.
  package func resume() { control.withLock { $0.isPaused = false } }

  /// From the next call of ``run(through:)`` on something else happens.
  package func change(to scenario: Scenario) { control.withLock { $0.scenario = scenario } }

  /// Ends a request under way within a second; ``run(through:)`` does nothing any more.
  package func stop() {
    control.withLock { $0.isStopped = true }
    close()
  }

  /// - Returns: when to call again; `nil` once it was stopped.
  package func run(through now: Instant) -> Instant? {
    courier.withLock { courier in
      let orders = control.withLock { control in
        defer { control.scenario = nil }
        return (isPaused: control.isPaused, isStopped: control.isStopped, scenario: control.scenario)
      }
      if orders.isStopped { return nil }
      if let scenario = orders.scenario { courier.change(to: scenario) }
      let report = { (outcome: Delivery) in self.control.withLock { $0.progress.add(outcome) } }
      if orders.isPaused {
        let next = courier.rest(at: time.now(), now, report)
        control.withLock { $0.progress.isAtRest = next == nil }
        return next ?? now + options.interval
      }
      control.withLock { $0.progress.isAtRest = false }
      let next = courier.work(at: time.now(), now, report)
      return control.withLock(\.isStopped) ? nil : next
    }
  }
}

private extension SimulationDriver.Progress {
  mutating func add(_ outcome: Delivery) {
    requests += 1
    switch outcome {
    case .taken(let accepted, let duplicates, let refused, let why):
      self.accepted += accepted
      self.duplicates += duplicates
      self.refused += refused
      problem = why
    case .again(_, let why):
      retries += 1
      problem = why
    }
  }
}

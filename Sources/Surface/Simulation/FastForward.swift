import SeriesModel

/// Lives through a history on simulated time: at each point of the sampling grid it hands over what happened since the last one.
///
/// ```swift
/// var history = FastForward(seed: 7, scenario: .steady, through: time.now(), interval: .seconds(15))
/// try history.run { events, grid in
///   _ = ingest.accept(body: events, contentType: FastForward.contentType, now: grid)
///   try sampler.sample(at: grid)
/// }
/// let driver = SimulationDriver(url: url, orchestra: history.orchestra, time: time)
/// ```
/// An event's time lies at most an interval before its grid time, so nothing is too old for a daemon whose clock shows the grid time.
/// - Cost: 0.4 s for 24 hours (600,000 events, 190 MB).
package struct FastForward: Sendable {
  /// What `apply` gets.
  package static let contentType = "application/x-ndjson"

  /// At the end of the history, and ready to live on in real time.
  package private(set) var orchestra: Orchestra
  package let interval: PromDuration
  /// Multiples of ``interval``; the first one has the orchestra's first events.
  package let first: Timestamp
  package let last: Timestamp

  /// - Parameters:
  ///   - now: the history ends at the last grid time not after it.
  ///   - interval: of the sampling grid; up to five minutes, so that a step is never too large for one request.
  package init(seed: UInt64, scenario: Scenario, through now: Timestamp, span: PromDuration = .hours(24), interval: PromDuration) {
    precondition(interval > .zero && interval <= .minutes(5), "expected an interval up to 5m, found \(interval)")
    precondition(span >= interval, "expected a history of at least \(interval), found \(span)")
    let steps = Timestamp.floorDivide(now.milliseconds, interval.milliseconds)
    self.interval = interval
    last = Timestamp(milliseconds: steps * interval.milliseconds)
    let count = span.milliseconds / interval.milliseconds
    first = Timestamp(milliseconds: (steps - count + 1) * interval.milliseconds)
    orchestra = Orchestra(seed: seed, scenario: scenario, from: first - interval, troubleFrom: max(first, last - scenario.lead))
    orchestra.pace = .history
  }

  /// How many times ``run(_:)`` calls its closure.
  package var steps: Int { Int((last - first).milliseconds / interval.milliseconds) + 1 }

  /// Calls `apply` once for each grid time, in order, also when nothing happened.
  package mutating func run<E: Error>(_ apply: (_ events: [UInt8], _ at: Timestamp) throws(E) -> Void) throws(E) {
    var events: [UInt8] = []
    var grid = first
    while grid <= last {
      events.removeAll(keepingCapacity: true)
      orchestra.step(to: grid, into: &events)
      try apply(events, grid)
      grid = grid + interval
    }
    orchestra.pace = .live
  }
}

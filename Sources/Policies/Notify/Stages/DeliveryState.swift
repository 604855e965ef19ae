import AlertModel
import SeriesModel

/// The life of one delivery: sending, waiting to send again, arrived or given up.
package enum DeliveryState: Hashable, Sendable {
  /// Attempts count from 1.
  case sending(attempt: Int)
  /// The last of `attempts` failed; the next one is due.
  case waiting(attempts: Int, until: Instant, DeliveryFault)
  case delivered(attempts: Int, status: Int)
  case failed(attempts: Int, DeliveryFault)

  /// After an attempt.
  ///
  /// - Parameters:
  ///   - limit: when the flush ends; a wait that would reach it is not begun.
  ///   - luck: 0 ..< 1, spreads the waits.
  package func step(
    outcome: DeliveryOutcome, now: Instant, limit: Instant, policy: RetryPolicy, luck: Double
  ) -> DeliveryState {
    guard case .sending(let attempt) = self else { return self }
    switch outcome {
    case .delivered(let status): return .delivered(attempts: attempt, status: status)
    case .refused(let fault): return .failed(attempts: attempt, fault)
    case .retry(let after, let fault):
      let next = now + max(policy.wait(afterAttempt: attempt, luck: luck), after ?? .zero)
      return next < limit ? .waiting(attempts: attempt, until: next, fault) : .failed(attempts: attempt, fault)
    }
  }

  /// The wait is over.
  package func retried() -> DeliveryState {
    guard case .waiting(let attempts, _, _) = self else { return self }
    return .sending(attempt: attempts + 1)
  }

  /// The flush has ended around it.
  package func cut() -> DeliveryState {
    switch self {
    case .sending(let attempt): .failed(attempts: attempt, DeliveryFault(.timeout, "no answer until the group's next flush"))
    case .waiting(let attempts, _, let fault): .failed(attempts: attempts, fault)
    case .delivered, .failed: self
    }
  }
}

/// Exponential waits between the attempts of a delivery.
package struct RetryPolicy: Hashable, Sendable {
  package var first = PromDuration.milliseconds(500)
  package var factor = 1.5
  /// The most that a wait is, before it is spread.
  package var cap = PromDuration.seconds(60)
  /// A wait is spread evenly by this part of it to both sides.
  package var spreadRatio = 0.5

  package init() {}

  package func wait(afterAttempt attempt: Int, luck: Double) -> PromDuration {
    var wait = Double(first.milliseconds)
    // Not a power: after a few steps the cap is reached, however many attempts there were.
    for _ in 1..<max(1, attempt) where wait < Double(cap.milliseconds) { wait *= factor }
    wait = min(wait, Double(cap.milliseconds))
    return .milliseconds(Int64((wait * (1 + spreadRatio * (2 * luck - 1))).rounded()))
  }

  var problems: [String] {
    var found: [String] = []
    if first <= .zero { found.append("first retry wait: expected more than 0s, found \(first)") }
    if cap > Route.longest { found.append("longest retry wait: expected at most \(Route.longest), found \(cap)") }
    if cap < first { found.append("longest retry wait: expected at least \(first), found \(cap)") }
    if !(factor >= 1 && factor.isFinite) { found.append("retry factor: expected at least 1, found \(factor)") }
    if !(0...1).contains(spreadRatio) { found.append("retry spread: expected 0 to 1, found \(spreadRatio)") }
    return found
  }
}

import AlertModel

/// What happens in the notifier, for logs, metrics and tests.
package enum NotifierEvent: Hashable, Sendable {
  /// A notification is due and goes out.
  case notifying(IntegrationName, groupKey: String, NotifyReason, alerts: Int)
  /// One attempt has ended.
  case requested(IntegrationName, seconds: Double, DeliveryOutcome)
  case delivered(IntegrationName, groupKey: String, attempts: Int)
  /// Given up for this flush; the next one finds it due again.
  case failed(IntegrationName, groupKey: String, attempts: Int, DeliveryFault)
  /// Deliveries under way to a receiver.
  case pending(receiver: String, count: Int)
  /// Updates of alerts that were not taken.
  case dropped(receiver: String, count: Int, Loss)

  package enum Loss: String, Hashable, Sendable, CaseIterable {
    case queueFull = "too many updates waited"
    case alertLimit = "too many alerts"
    case groupLimit = "too many groups"
    case noLabels = "an alert without labels"
  }
}

extension NotifierEvent {
  /// What somebody who reads the log should know; `nil` for what goes as it should.
  package var problem: String? {
    switch self {
    case .notifying, .requested, .delivered, .pending: nil
    case .failed(let name, let group, let attempts, let fault):
      "\(name) was not told of \(group) after \(attempts) \(attempts == 1 ? "attempt" : "attempts"): \(fault)"
    case .dropped(_, let count, let loss): "\(count) \(count == 1 ? "update" : "updates") of alerts lost: \(loss.rawValue)"
    }
  }
}

/// Sums of events since the start.
package struct NotifierCounters: Hashable, Sendable {
  package struct Integration: Hashable, Sendable {
    package var notifications = 0
    package var failures: [DeliveryFault.Kind: Int] = [:]
    package var requests = 0
    package var failedRequests = 0
  }

  package var integrations: [IntegrationName: Integration] = [:]
  /// Deliveries under way, by receiver.
  package var pending: [String: Int] = [:]
  /// By receiver.
  package var dropped: [String: Int] = [:]

  mutating func count(_ event: NotifierEvent) {
    switch event {
    case .notifying(let name, _, _, _): integrations[name, default: Integration()].notifications += 1
    case .requested(let name, _, let outcome):
      integrations[name, default: Integration()].requests += 1
      if case .delivered = outcome { return }
      integrations[name, default: Integration()].failedRequests += 1
    case .delivered: break
    case .failed(let name, _, _, let fault): integrations[name, default: Integration()].failures[fault.kind, default: 0] += 1
    case .pending(let receiver, let count): pending[receiver] = count
    case .dropped(let receiver, let count, _): dropped[receiver, default: 0] += count
    }
  }
}

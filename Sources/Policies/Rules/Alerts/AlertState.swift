import SeriesModel

/// One alert's life: pending → firing → resolved → forgotten (`nil`).
package enum AlertState: Hashable, Sendable {
  /// Seen, and held back until it was seen for the rule's `for`.
  case pending(activeAt: Timestamp)
  /// `missingSince`: since when it is not seen any more and only `keep_firing_for` holds it.
  case firing(activeAt: Timestamp, firedAt: Timestamp, missingSince: Timestamp?)
  /// Over, and still announced for a while.
  case resolved(activeAt: Timestamp, firedAt: Timestamp, resolvedAt: Timestamp)
}

/// The times that a rule sets for its alerts.
package struct AlertPolicy: Hashable, Sendable {
  /// `for`
  package var holdFor: PromDuration
  /// `keep_firing_for`
  package var keepFiringFor: PromDuration

  package init(holdFor: PromDuration = .zero, keepFiringFor: PromDuration = .zero) {
    self.holdFor = holdFor
    self.keepFiringFor = keepFiringFor
  }

  /// How long a resolved alert is remembered, so that its end reaches who missed it.
  package static let resolvedRetention = PromDuration.minutes(15)
}

extension AlertState {
  /// The state of an alert that nothing was known of, seen at `now`: it fires at once when nothing holds it back.
  package static func appearing(at now: Timestamp, under policy: AlertPolicy) -> AlertState {
    .pending(activeAt: now).seen(at: now, under: policy)
  }

  /// The state after a pass at `now`; `nil`: forgotten.
  package func step(seen: Bool, at now: Timestamp, under policy: AlertPolicy) -> AlertState? {
    seen ? self.seen(at: now, under: policy) : missed(at: now, under: policy)
  }

  private func seen(at now: Timestamp, under policy: AlertPolicy) -> AlertState {
    switch self {
    case .pending(let activeAt):
      now - activeAt >= policy.holdFor ? .firing(activeAt: activeAt, firedAt: now, missingSince: nil) : self
    case .firing(let activeAt, let firedAt, _): .firing(activeAt: activeAt, firedAt: firedAt, missingSince: nil)
    case .resolved: .appearing(at: now, under: policy)
    }
  }

  private func missed(at now: Timestamp, under policy: AlertPolicy) -> AlertState? {
    switch self {
    case .pending: return nil
    case .firing(let activeAt, let firedAt, let missingSince):
      let since = missingSince ?? now
      // With no `keep_firing_for` the difference is never less.
      return now - since < policy.keepFiringFor
        ? .firing(activeAt: activeAt, firedAt: firedAt, missingSince: since)
        : .resolved(activeAt: activeAt, firedAt: firedAt, resolvedAt: now)
    case .resolved(_, _, let resolvedAt): return now - resolvedAt > AlertPolicy.resolvedRetention ? nil : self
    }
  }
}

extension AlertState {
  /// Pending or firing.
  package var isActive: Bool { if case .resolved = self { false } else { true } }

  /// When the first pass of this life saw it.
  package var activeAt: Timestamp {
    switch self {
    case .pending(let activeAt), .firing(let activeAt, _, _), .resolved(let activeAt, _, _): activeAt
    }
  }

  package var firedAt: Timestamp? {
    switch self {
    case .pending: nil
    case .firing(_, let firedAt, _), .resolved(_, let firedAt, _): firedAt
    }
  }

  /// The same with another beginning.
  func settingActive(_ activeAt: Timestamp) -> AlertState {
    switch self {
    case .pending: .pending(activeAt: activeAt)
    case .firing(_, let firedAt, let missingSince): .firing(activeAt: activeAt, firedAt: firedAt, missingSince: missingSince)
    case .resolved(_, let firedAt, let resolvedAt): .resolved(activeAt: activeAt, firedAt: firedAt, resolvedAt: resolvedAt)
    }
  }

  package var resolvedAt: Timestamp? { if case .resolved(_, _, let resolvedAt) = self { resolvedAt } else { nil } }
}

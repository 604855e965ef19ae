import AlertModel
import SeriesModel

/// What was told to whom last.
package struct NotificationLog: Sendable {
  package struct Key: Hashable, Sendable {
    package var groupKey: String
    package var receiver: String
    package var integration: Int
  }

  package struct Entry: Hashable, Sendable {
    package var told: ToldAlerts
    /// When it had arrived.
    package var at: Timestamp
    package var expiresAt: Timestamp
  }

  /// Nothing is kept longer.
  package static let retention = PromDuration.hours(120)
  private static let sweepInterval = PromDuration.minutes(15)

  package private(set) var entries: [Key: Entry] = [:]
  /// What the other side may know to fire though no success says so: without it an alert that was taken and not acknowledged would never end there.
  private var supposed: [Key: (firing: Set<Fingerprint>, expiresAt: Timestamp)] = [:]
  private var sweepDue: Timestamp?

  /// `nil` also when it has expired.
  func entry(for key: Key, at now: Timestamp) -> Entry? { entries[key].flatMap { $0.expiresAt > now ? $0 : nil } }

  func supposedFiring(for key: Key, at now: Timestamp) -> Set<Fingerprint> {
    supposed[key].flatMap { $0.expiresAt > now ? $0.firing : nil } ?? []
  }

  mutating func suppose(_ firing: Set<Fingerprint>, for key: Key, repeatInterval: PromDuration, at now: Timestamp) {
    if firing.isEmpty { return }
    supposed[key] = (supposedFiring(for: key, at: now).union(firing), now + lifetime(repeatInterval))
  }

  /// What was told replaces what was supposed, but for alerts of which it says nothing.
  mutating func record(_ told: ToldAlerts, for key: Key, repeatInterval: PromDuration, at now: Timestamp) {
    sweep(at: now)
    entries[key] = Entry(told: told, at: now, expiresAt: now + lifetime(repeatInterval))
    if let left = supposed[key]?.firing.subtracting(told.firing).subtracting(told.resolved) {
      supposed[key] = left.isEmpty ? nil : (left, now + lifetime(repeatInterval))
    }
  }

  /// A group that still fires is told again, and recorded anew, long before.
  private func lifetime(_ repeatInterval: PromDuration) -> PromDuration { min(repeatInterval + repeatInterval, Self.retention) }

  private mutating func sweep(at now: Timestamp) {
    if let sweepDue, sweepDue > now { return }
    entries = entries.filter { $0.value.expiresAt > now }
    supposed = supposed.filter { $0.value.expiresAt > now }
    sweepDue = now + Self.sweepInterval
  }
}

private func + (a: PromDuration, b: PromDuration) -> PromDuration {
  let (sum, overflows) = a.milliseconds.addingReportingOverflow(b.milliseconds)
  return .milliseconds(overflows ? .max : sum)
}

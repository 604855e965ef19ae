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
  private var sweepDue: Timestamp?

  /// `nil` also when it has expired.
  func entry(for key: Key, at now: Timestamp) -> Entry? { entries[key].flatMap { $0.expiresAt > now ? $0 : nil } }

  mutating func record(_ told: ToldAlerts, for key: Key, repeatInterval: PromDuration, at now: Timestamp) {
    sweep(at: now)
    // A group that still fires is told again, and recorded anew, long before.
    let lifetime = min(repeatInterval + repeatInterval, Self.retention)
    entries[key] = Entry(told: told, at: now, expiresAt: now + lifetime)
  }

  private mutating func sweep(at now: Timestamp) {
    if let sweepDue, sweepDue > now { return }
    entries = entries.filter { $0.value.expiresAt > now }
    sweepDue = now + Self.sweepInterval
  }
}

private func + (a: PromDuration, b: PromDuration) -> PromDuration {
  let (sum, overflows) = a.milliseconds.addingReportingOverflow(b.milliseconds)
  return .milliseconds(overflows ? .max : sum)
}

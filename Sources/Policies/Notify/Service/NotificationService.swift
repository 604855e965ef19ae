import AlertModel
import HTTPClient
import Instruments
import SeriesModel
import Threading

/// The notifier as a program runs it: on a thread of its own, sending over HTTP from a pool, counted in the registry.
///
/// ```
/// rules ──receive──▶ Notifier ◀─turns── PumpThread
///                        └─▶ NotifierPool ─▶ WebhookSender ─▶ Client
/// ```
/// ``receive(_:of:at:)`` never waits for a receiver, and a receiver that hangs holds up its own integration alone.
package final class NotificationService: AlertSink {
  /// What it is told by its surroundings.
  package struct Surroundings: Sendable {
    package var clock: any TimeSource
    package var registry: Registry
    /// Of this program, for the `User-Agent`.
    package var version: String
    /// Where people find us.
    package var externalURL: String
    /// For the spread of waits between attempts.
    package var seed: UInt64
    /// Hears what somebody should read, a line at a time, on any thread. No secrets are in it.
    package var log: @Sendable (String) -> Void

    package init(
      clock: any TimeSource, registry: Registry, version: String, externalURL: String, seed: UInt64 = .random(in: 0 ... .max),
      log: @escaping @Sendable (String) -> Void
    ) {
      self.clock = clock
      self.registry = registry
      self.version = version
      self.externalURL = externalURL
      self.seed = seed
      self.log = log
    }
  }

  private let notifier: Notifier
  private let pool = NotifierPool()
  private let client: Client
  private let thread: PumpThread
  private let instruments: NotifierInstruments
  private let clock: any TimeSource

  /// Runs from here on.
  ///
  /// - Throws: what is wrong with the configuration.
  package init(_ configuration: NotifyConfiguration, in surroundings: Surroundings) throws(NotifyConfigurationError) {
    let (clock, externalURL, log) = (surroundings.clock, surroundings.externalURL, surroundings.log)
    let client = Client(userAgent: WebhookSender.userAgent(version: surroundings.version))
    try configuration.check()
    let instruments = NotifierInstruments(surroundings.registry, for: configuration, at: clock.now())
    let notifier = try Notifier(
      configuration, clock: clock, executor: pool, seed: surroundings.seed,
      observe: { events in
        instruments.publish(events, at: clock.now())
        for problem in events.lazy.compactMap(\.problem) { log(problem) }
      },
      sender: { webhook, _ in WebhookSender(webhook, client: client, clock: clock, externalURL: externalURL) })
    let thread = PumpThread("notify", notifier, time: clock)
    // Weak: the thread holds the notifier.
    notifier.whenWorkComes { [weak thread] in thread?.wake() }
    precondition(thread.start(), "the system has no thread for notifications")
    (self.clock, self.client, self.instruments, self.notifier, self.thread) = (clock, client, instruments, notifier, thread)
  }

  package func receive(_ updates: [AlertUpdate], of rule: RuleID, at time: Timestamp) {
    notifier.receive(updates, of: rule, at: time)
  }

  /// Takes another configuration; groups, alerts and what was told stay.
  ///
  /// - Throws: what is wrong with it; then the old one stays.
  package func reload(_ configuration: NotifyConfiguration) throws(NotifyConfigurationError) {
    try configuration.check()
    instruments.announce(configuration, at: clock.now())
    try notifier.reload(configuration)
  }

  package func snapshot() -> NotifierSnapshot { notifier.snapshot() }

  /// Finishes deliveries and ends everything, by `deadline` or a second from now. Call it when no more alerts come, once.
  ///
  /// Groups that still wait are not told early: what they hold still fires after a restart, and is told then.
  /// - Returns: deliveries that were given up.
  @discardableResult
  package func stop(before deadline: Instant) -> Int {
    // A request that is cut takes up to a second to end.
    let open = notifier.drain(before: deadline + .milliseconds(-1100))
    thread.stop()
    client.close()
    pool.stop(seconds: 1.5)
    return open
  }
}

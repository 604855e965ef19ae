import AlertModel
import SeriesModel
import Threading

/// Tells people of alerts: gathers them in groups, decides when a group is told, and delivers.
///
/// ```
/// rules ──receive──▶ inbox ─▶ turn: groups → stages → dedup ─▶ executor ─▶ senders
///                      ▲                                                     │
///                      └──────────────────── results ────────────────────────┘
/// ```
/// A pump: whoever calls ``run(through:)`` when it is due moves it on. Sending happens on the executor; its results are the next turn's input.
package final class Notifier: AlertSink, Pump {
  private let clock: any TimeSource
  private let executor: any NotifierExecutor
  private let makeSender: @Sendable (Webhook, IntegrationName) -> any NotificationSender
  private let observe: @Sendable ([NotifierEvent]) -> Void
  private let inbox: Monitor<NotifierInbox>
  private let core: Monitor<NotifierCore>

  /// - Parameters:
  ///   - seed: for the spread of waits between attempts.
  ///   - stages: what may hush alerts before they are told.
  ///   - observe: hears what happened in each turn; must not call back.
  ///   - sender: makes what sends to a webhook.
  package init(
    _ configuration: NotifyConfiguration, clock: any TimeSource, executor: any NotifierExecutor, seed: UInt64,
    stages: [any FlushStage] = [], observe: @escaping @Sendable ([NotifierEvent]) -> Void = { _ in },
    sender: @escaping @Sendable (Webhook, IntegrationName) -> any NotificationSender
  ) throws(NotifyConfigurationError) {
    try configuration.check()
    self.clock = clock
    self.executor = executor
    self.observe = observe
    makeSender = sender
    inbox = Monitor(NotifierInbox(limit: configuration.limits.queuedUpdates))
    core = Monitor(NotifierCore(configuration, stages: stages, seed: seed, bornAt: clock.now(), making: sender))
  }

  /// Takes another configuration. Groups, alerts and the notification log stay; see ``NotifierCore/reload(_:stages:now:at:making:)``.
  ///
  /// - Throws: what is wrong with it; then nothing changes.
  package func reload(_ configuration: NotifyConfiguration, stages: [any FlushStage] = []) throws(NotifyConfigurationError) {
    try configuration.check()
    let turn = core.withLock {
      $0.reload(configuration, stages: stages, now: clock.monotonic(), at: clock.now(), making: makeSender)
    }
    if !turn.events.isEmpty { observe(turn.events) }
    post { $0.limit = configuration.limits.queuedUpdates }
  }

  /// What is called, on any thread, when ``run(through:)`` has something to do before it wished to be called.
  package func whenWorkComes(_ wake: @escaping @Sendable () -> Void) { inbox.withLock { $0.wake = wake } }

  // MARK: In

  package func receive(_ updates: [AlertUpdate], of rule: RuleID, at time: Timestamp) {
    if updates.isEmpty { return }
    post { $0.add(updates, at: time) }
  }

  private func post(_ change: (inout NotifierInbox) -> Void) {
    let wake = inbox.withLock { inbox in
      change(&inbox)
      return inbox.wake
    }
    inbox.notifyAll()
    wake?()
  }

  // MARK: Through

  package func run(through now: Instant) -> Instant? {
    var now = now
    while true {
      let contents = inbox.withLock { $0.take() }
      let turn = core.withLock { $0.turn(taking: contents, now: now, at: clock.now()) }
      if !turn.events.isEmpty { observe(turn.events) }
      for job in turn.jobs { executor.execute(lane: job.integration) { [self] in attempt(job) } }
      if inbox.withLock({ $0.isEmpty }) { return turn.next }
      now = max(now, clock.monotonic())
    }
  }

  private func attempt(_ job: NotifierCore.Job) {
    let start = clock.monotonic()
    var result = NotifierCore.Result(
      flush: job.flush, integration: job.integration, attempt: job.attempt,
      outcome: .retry(after: nil, DeliveryFault(.timeout, "no time left to begin")), endedAt: clock.now())
    if start < job.before {
      result.outcome = job.sender.send(job.notification, before: job.before)
      result.seconds = clock.monotonic() - start
      result.endedAt = clock.now()
    }
    post { $0.add(result) }
  }

  // MARK: Out

  package func snapshot() -> NotifierSnapshot { core.withLock { $0.snapshot(at: clock.now()) } }

  /// Sends what is due and waits until it has arrived or failed, at most until `deadline`. For the end of the program.
  ///
  /// - Returns: deliveries still under way.
  package func drain(before deadline: Instant) -> Int {
    while true {
      let now = clock.monotonic()
      let next = run(through: now)
      let open = core.withLock { $0.openDeliveries }
      if open == 0 || now >= deadline { return open }
      // Short waits, because another thread may be running the turns.
      let pause = min(min(deadline, next ?? deadline) - now, 0.05)
      let came = inbox.wait(seconds: max(pause, 0.001)) { $0.isEmpty ? nil : true }
      // A clock that stands still brings no retry.
      if came == nil, clock.monotonic() == now { return open }
    }
  }
}

import AlertModel
import Notify
import RuleModel
import SeriesModel
import SourceText
import Threading

/// Where alerts leave the program: the configured webhooks, or nowhere while there are none.
final class AlertOutlet: AlertSink {
  private let surroundings: NotificationService.Surroundings
  private let service = BlockingLock<NotificationService?>(nil)

  init(in surroundings: NotificationService.Surroundings) { self.surroundings = surroundings }

  func receive(_ updates: [AlertUpdate], of rule: RuleID, at time: Timestamp) {
    service.withLock { $0 }?.receive(updates, of: rule, at: time)
  }

  /// Tells those whom it names from here on. Groups and what was told of them stay as long as there is somebody.
  func configure(_ notification: NotifyConfiguration?) throws {
    guard let notification else {
      stop(before: surroundings.clock.monotonic())
      return
    }
    if let running = service.withLock({ $0 }) {
      try running.reload(notification)
    } else {
      let started = try NotificationService(notification, in: surroundings)
      service.withLock { $0 = started }
    }
  }

  /// Finishes deliveries, until `deadline` at most.
  func stop(before deadline: Instant) {
    let running = service.withLock { service in
      defer { service = nil }
      return service
    }
    running?.stop(before: deadline)
  }
}

extension Configuration {
  /// The Alertmanager file's, or one root route to every webhook; `nil`: nobody is told.
  func notification() throws -> NotifyConfiguration? {
    if let alertmanagerFile {
      guard webhooks.isEmpty else {
        throw ConfigurationProblem(
          text: "notify.webhooks and notify.alertmanager-config (--webhook, --alertmanager-config) are both given, expected one")
      }
      let source = try RuleFiles.load(alertmanagerFile)
      let (read, diagnostics) = AlertmanagerFile.read(source)
      guard let read else { throw ConfigurationProblem(text: DiagnosticRenderer().render(diagnostics, in: source)) }
      try read.check()
      return read
    }
    if webhooks.isEmpty { return nil }
    var notification = NotifyConfiguration(webhooks: webhooks)
    notification.route.grouping = try Grouping(groupBy: groupBy)
    notification.route.groupWait = groupWait
    notification.route.groupInterval = groupInterval
    notification.route.repeatInterval = repeatInterval
    for i in notification.receivers[0].webhooks.indices {
      notification.receivers[0].webhooks[i].sendsResolved = sendsResolved
      notification.receivers[0].webhooks[i].maxAlerts = maxAlertsPerBody
    }
    try notification.check()
    return notification
  }
}

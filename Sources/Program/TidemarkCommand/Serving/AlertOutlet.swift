import AlertModel
import Notify
import SeriesModel
import Synchronization

/// Where alerts leave the program: the configured webhooks, or nowhere while there are none.
final class AlertOutlet: AlertSink {
  private let surroundings: NotificationService.Surroundings
  private let service = Mutex<NotificationService?>(nil)

  init(in surroundings: NotificationService.Surroundings) { self.surroundings = surroundings }

  func receive(_ updates: [AlertUpdate], of rule: RuleID, at time: Timestamp) {
    service.withLock { $0 }?.receive(updates, of: rule, at: time)
  }

  /// Tells the configuration's webhooks from here on. Groups and what was told of them stay as long as there is one.
  func configure(_ configuration: Configuration) throws(NotifyConfigurationError) {
    guard !configuration.webhooks.isEmpty else {
      stop(before: surroundings.clock.monotonic())
      return
    }
    let notification = try configuration.notification
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
  /// One root route to every webhook.
  var notification: NotifyConfiguration {
    get throws(NotifyConfigurationError) {
      var notification = NotifyConfiguration(webhooks: webhooks)
      notification.route.grouping = try Grouping(groupBy: groupBy)
      notification.route.groupWait = groupWait
      notification.route.groupInterval = groupInterval
      notification.route.repeatInterval = repeatInterval
      for i in notification.receivers[0].webhooks.indices {
        notification.receivers[0].webhooks[i].sendsResolved = sendsResolved
        notification.receivers[0].webhooks[i].maxAlerts = maxAlertsPerBody
      }
      return notification
    }
  }
}

import AlertModel
import Catalogue
import Instruments
import SeriesModel

/// Counts what happens in the notifier in the `tidemark_notification*` families.
package struct NotifierInstruments: Sendable {
  private let registry: Registry
  private let notifications, failures, requests, failedRequests, latency, pending, dropped: FamilyHandle

  package init(_ registry: Registry, for configuration: NotifyConfiguration, at now: Timestamp) {
    self.registry = registry
    notifications = registry.family(Families.tidemarkNotificationsTotal)
    failures = registry.family(Families.tidemarkNotificationsFailedTotal)
    requests = registry.family(Families.tidemarkNotificationRequestsTotal)
    failedRequests = registry.family(Families.tidemarkNotificationRequestsFailedTotal)
    latency = registry.family(Families.tidemarkNotificationLatencySeconds)
    pending = registry.family(Families.tidemarkNotificationsPending)
    dropped = registry.family(Families.tidemarkNotificationsDroppedTotal)
    announce(configuration, at: now)
  }

  /// Everything that is known in advance exists at 0.
  package func announce(_ configuration: NotifyConfiguration, at now: Timestamp) {
    let (each, byReceiver) = ([notifications, failures, requests, failedRequests, latency], [pending, dropped])
    registry.update { u in
      for receiver in configuration.receivers {
        for family in byReceiver { u.bear(family, fixed: [receiver.name], created: now) }
        for index in receiver.webhooks.indices {
          let name = IntegrationName(receiver: receiver.name, index: index)
          for family in each { u.bear(family, fixed: [name.receiver, name.kind], created: now) }
        }
      }
    }
  }

  package func publish(_ events: [NotifierEvent], at now: Timestamp) {
    registry.update { u in for event in events { publish(event, at: now, to: &u) } }
  }

  private func publish(_ event: NotifierEvent, at now: Timestamp, to u: inout RegistryUpdate) {
    switch event {
    case .notifying(let name, _, _, _): u.add(u.series(notifications, [name.receiver, name.kind], created: now), 1)
    case .requested(let name, let seconds, let outcome):
      let labels = [name.receiver, name.kind]
      u.add(u.series(requests, labels, created: now), 1)
      u.observe(u.series(latency, labels, created: now), seconds)
      if case .delivered = outcome { return }
      u.add(u.series(failedRequests, labels, created: now), 1)
    case .delivered: break
    case .failed(let name, _, _, let fault):
      u.add(u.series(failures, [name.receiver, name.kind, fault.kind.rawValue], created: now), 1)
    case .pending(let receiver, let count): u.set(u.series(pending, [receiver], created: now), Double(count))
    case .dropped(let receiver, let count, _): u.add(u.series(dropped, [receiver], created: now), Double(count))
    }
  }
}

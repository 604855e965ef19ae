import AlertModel
import SeriesModel

extension NotifierCore {
  /// Takes another configuration, which has been checked.
  ///
  /// What is known of alerts and what was told stays. So do the groups of a route that gathers as before; other alerts are gathered anew. What is under way
  /// to an integration that changed or went is given up, and its group's next flush decides anew.
  mutating func reload(
    _ configuration: NotifyConfiguration, stages: [any FlushStage], now: Instant, at time: Timestamp,
    making sender: (Webhook, IntegrationName) -> any NotificationSender
  ) -> Turn {
    given = Turn()
    let old = routes
    self.configuration = configuration
    self.stages = stages
    routes = RouteTable(root: configuration.route)
    let gone = integrations.replace(with: configuration.receivers, making: sender)
    places = [:]
    let newFrom = nextNumber()
    var heard: [IntegrationName: Set<Fingerprint>] = [:]
    for (id, group) in groups.sorted(by: { $0.key < $1.key }) {
      let row = routes.row(gatheringLike: old.rows[group.route])
      giveUp(group, id, integrations: row == nil ? nil : gone, at: time)
      if let row { keep(id, row: row, now: now) } else { dissolve(id, into: &heard, at: time) }
      if let flush = groups[id]?.flush { endIfDone(FlushName(group: id, flush: flush.id), at: time) }
    }
    gatherAnew(now: now, at: time)
    for (id, group) in groups where id > newFrom { suppose(heard, of: group, at: time) }
    given.next = deadlines.first?.at
    return given
  }

  /// Ends deliveries without a result. `nil`: all of them.
  private mutating func giveUp(_ group: AlertGroup, _ id: Int, integrations gone: Set<Int>?, at time: Timestamp) {
    for (number, delivery) in group.flush?.deliveries ?? [:] where gone?.contains(number) ?? true {
      groups[id]!.flush!.deliveries[number] = nil
      groups[id]!.flush!.hasFailed = true
      let note = delivery.notification
      let key = NotificationLog.Key(groupKey: note.groupKey, receiver: note.receiver, integration: note.integration)
      log.suppose(delivery.told.firing, for: key, repeatInterval: configuration.route.repeatInterval, at: time)
      changePending(delivery.notification.receiver, by: -1)
    }
  }

  private mutating func keep(_ id: Int, row: Int, now: Instant) {
    groups[id]!.route = row
    places[AlertGroup.Place(route: row, labels: groups[id]!.labels)] = id
    // A flush under way ends when the next one is due, so that stays.
    guard groups[id]!.flush == nil else { return }
    let route = routes.rows[row].route
    let due = now + (groups[id]!.hasFlushed ? route.groupInterval : route.groupWait)
    if due < groups[id]!.due {
      groups[id]!.due = due
      deadlines.add(.flush(group: id), at: due)
    }
  }

  /// - Parameter heard: gets what those who are still there know to fire.
  private mutating func dissolve(_ id: Int, into heard: inout [IntegrationName: Set<Fingerprint>], at time: Timestamp) {
    for name in integrations.all.map(\.name) {
      let key = NotificationLog.Key(groupKey: groups[id]!.key, receiver: name.receiver, integration: name.index)
      let firing = (log.entry(for: key, at: time)?.told.firing ?? []).union(log.supposedFiring(for: key, at: time))
      if !firing.isEmpty { heard[name, default: []].formUnion(firing) }
    }
    for labels in groups[id]!.members { alerts[labels]!.groups -= 1 }
    groups[id] = nil
  }

  /// An alert that was told by a group that is no more ends by the new one.
  private mutating func suppose(_ heard: [IntegrationName: Set<Fingerprint>], of group: AlertGroup, at time: Timestamp) {
    if heard.isEmpty { return }
    let members = Set(group.members.map(Fingerprint.init))
    let route = routes.rows[group.route].route
    for integration in integrations.integrations(of: route.receiver) {
      let key = NotificationLog.Key(groupKey: group.key, receiver: integration.name.receiver, integration: integration.name.index)
      log.suppose(members.intersection(heard[integration.name] ?? []), for: key, repeatInterval: route.repeatInterval, at: time)
    }
  }

  private mutating func gatherAnew(now: Instant, at time: Timestamp) {
    for known in alerts.values.sorted(by: { $0.version < $1.version }) where known.groups == 0 {
      // An end that everybody knows is not told again.
      if known.hasBeenTold { continue }
      for row in routes.destinations(of: known.labels) { put(known, into: row, now: now, at: time) }
      if alerts[known.labels]!.groups == 0 { alerts[known.labels] = nil }
    }
  }
}

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
    for (id, group) in groups.sorted(by: { $0.key < $1.key }) {
      let row = routes.row(gatheringLike: old.rows[group.route])
      giveUp(group, id, integrations: row == nil ? nil : gone)
      if let row { keep(id, row: row, now: now) } else { dissolve(id) }
      if let flush = groups[id]?.flush { endIfDone(FlushName(group: id, flush: flush.id), at: time) }
    }
    gatherAnew(now: now, at: time)
    given.next = deadlines.first?.at
    return given
  }

  /// Ends deliveries without a result. `nil`: all of them.
  private mutating func giveUp(_ group: AlertGroup, _ id: Int, integrations gone: Set<Int>?) {
    for (number, delivery) in group.flush?.deliveries ?? [:] where gone?.contains(number) ?? true {
      groups[id]!.flush!.deliveries[number] = nil
      groups[id]!.flush!.hasFailed = true
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

  private mutating func dissolve(_ id: Int) {
    for labels in groups[id]!.members { alerts[labels]!.groups -= 1 }
    groups[id] = nil
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

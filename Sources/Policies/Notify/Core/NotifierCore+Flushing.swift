import AlertModel
import SeriesModel

extension NotifierCore {
  mutating func flushIfDue(_ id: Int, due: Instant, now: Instant, at time: Timestamp) {
    // A deadline may be of a group that is gone, or that was brought forward.
    guard let group = groups[id], group.due == due else { return }
    precondition(group.flush == nil, "BUG: group \(group.key) is flushed again before its flush has ended")
    let route = routes.rows[group.route].route
    let limit = now + route.groupInterval
    groups[id]!.due = limit
    groups[id]!.hasFlushed = true
    let name = FlushName(group: id, flush: Int(nextNumber()))
    deadlines.add(.limit(name), at: limit)
    deadlines.add(.flush(group: id), at: limit)
    flush(name, of: group, route, limit: limit, at: time)
  }

  private mutating func flush(_ name: FlushName, of group: AlertGroup, _ route: Route, limit: Instant, at time: Timestamp) {
    let members = members(of: group)
    let ended = members.filter { $0.isResolved(at: time) }.map { (labels: $0.labels, version: $0.version) }
    groups[name.group]!.flush = GroupFlush(id: name.flush, limit: limit, ended: ended)
    var passing = members.map { $0.frozen(at: time) }
    for stage in stages where !passing.isEmpty { passing = stage.passing(passing, of: route, at: time) }
    if !passing.isEmpty {
      let told = ToldAlerts(passing)
      for integration in integrations.integrations(of: route.receiver) {
        begin(name, integration, of: group, route, telling: passing, told, at: time)
      }
    }
    endIfDone(name, at: time)
  }

  private mutating func begin(
    _ name: FlushName, _ integration: IntegrationTable.Row, of group: AlertGroup, _ route: Route,
    telling alerts: [NotifiedAlert], _ told: ToldAlerts, at time: Timestamp
  ) {
    let key = NotificationLog.Key(groupKey: group.key, receiver: integration.name.receiver, integration: integration.name.index)
    let last = log.entry(for: key, at: time)
    guard
      let reason = Dedup.reason(
        telling: told, after: last, sendsResolved: integration.webhook.sendsResolved, repeatInterval: route.repeatInterval, at: time
      )
    else { return }
    let sent = SendResolved.passing(alerts, sendsResolved: integration.webhook.sendsResolved)
    guard !sent.isEmpty else { return log.record(told, for: key, repeatInterval: route.repeatInterval, at: time) }
    let notification = Notification(
      id: DeliveryID.text(of: sent, key: key, reason: reason, after: last?.at), receiver: key.receiver,
      integration: key.integration, groupKey: group.key, groupLabels: group.labels, alerts: sent, reason: reason)
    let delivery = Delivery(notification: notification, told: told, state: .sending(attempt: 1))
    groups[name.group]!.flush!.deliveries[integration.number] = delivery
    tell(.notifying(integration.name, groupKey: group.key, reason, alerts: sent.count))
    changePending(integration.name.receiver, by: 1)
    send(delivery, name, integration)
  }

  // MARK: Deliveries

  private mutating func send(_ delivery: Delivery, _ name: FlushName, _ integration: IntegrationTable.Row) {
    guard case .sending(let attempt) = delivery.state, let limit = groups[name.group]?.flush?.limit else { return }
    given.jobs.append(
      Job(
        flush: name, integration: integration.number, attempt: attempt, notification: delivery.notification,
        sender: integration.sender,
        before: limit))
  }

  mutating func take(_ result: Result, now: Instant) {
    guard let integration = integrations[result.integration] else { return }
    if let seconds = result.seconds { tell(.requested(integration.name, seconds: seconds, result.outcome)) }
    // One that comes after its flush was cut changes nothing: the next flush has decided anew.
    guard let flush = flush(named: result.flush), var delivery = flush.deliveries[result.integration],
      delivery.state == .sending(attempt: result.attempt)
    else { return }
    delivery.state = delivery.state.step(
      outcome: result.outcome, now: now, limit: flush.limit, policy: configuration.retry, luck: luck.nextUnit())
    settle(delivery, result.flush, result.integration, at: result.endedAt)
  }

  mutating func retry(_ name: FlushName, integration number: Int) {
    guard let integration = integrations[number], var delivery = flush(named: name)?.deliveries[number] else { return }
    delivery.state = delivery.state.retried()
    groups[name.group]!.flush!.deliveries[number] = delivery
    send(delivery, name, integration)
  }

  /// The flush's time is over: what is still under way has failed.
  mutating func cut(_ name: FlushName) {
    guard let flush = flush(named: name) else { return }
    for (number, var delivery) in flush.deliveries.sorted(by: { $0.key < $1.key }) {
      delivery.state = delivery.state.cut()
      settle(delivery, name, number, at: nil)
    }
  }

  /// Acts on a delivery's new state. `time` is when it arrived.
  private mutating func settle(_ delivery: Delivery, _ name: FlushName, _ number: Int, at time: Timestamp?) {
    let integration = IntegrationName(receiver: delivery.notification.receiver, index: delivery.notification.integration)
    let key = delivery.notification.groupKey
    switch delivery.state {
    case .sending: break
    case .waiting(_, let until, _):
      groups[name.group]!.flush!.deliveries[number] = delivery
      deadlines.add(.retry(name, integration: number), at: until)
      return
    case .delivered(let attempts, _):
      let route = routes.rows[groups[name.group]!.route].route
      let entry = NotificationLog.Key(groupKey: key, receiver: integration.receiver, integration: integration.index)
      log.record(delivery.told, for: entry, repeatInterval: route.repeatInterval, at: time!)
      tell(.delivered(integration, groupKey: key, attempts: attempts))
    case .failed(let attempts, let fault):
      groups[name.group]!.flush!.hasFailed = true
      tell(.failed(integration, groupKey: key, attempts: attempts, fault))
    }
    groups[name.group]!.flush!.deliveries[number] = nil
    changePending(integration.receiver, by: -1)
    endIfDone(name, at: time)
  }

  /// When all went well, the alerts that had ended leave, unless something was heard of them meanwhile, and an empty group goes.
  mutating func endIfDone(_ name: FlushName, at time: Timestamp?) {
    guard let flush = flush(named: name), flush.deliveries.isEmpty else { return }
    groups[name.group]!.flush = nil
    guard !flush.hasFailed, let time else { return }
    for (labels, version) in flush.ended where alerts[labels]?.version == version { leave(labels, group: name.group, at: time) }
    guard let group = groups[name.group], group.members.isEmpty else { return }
    groups[name.group] = nil
    places[AlertGroup.Place(route: group.route, labels: group.labels)] = nil
  }

  private func flush(named name: FlushName) -> GroupFlush? {
    groups[name.group]?.flush.flatMap { $0.id == name.flush ? $0 : nil }
  }

  mutating func changePending(_ receiver: String, by change: Int) {
    tell(.pending(receiver: receiver, count: counters.pending[receiver, default: 0] + change))
  }
}

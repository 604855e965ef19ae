import AlertModel
import SeriesModel

/// All of the notifier that decides; it sends nothing and reads no clock.
///
/// A turn takes what came in, does what is due, and gives back what is to be sent. Sent things come back as results in a later turn.
struct NotifierCore: Sendable {
  /// One attempt to be made.
  struct Job: Sendable {
    var flush: FlushName
    /// Its number over all receivers.
    var integration: Int
    var attempt: Int
    var notification: Notification
    var sender: any NotificationSender
    var before: Instant
  }

  /// What became of it.
  struct Result: Sendable {
    var flush: FlushName
    var integration: Int
    var attempt: Int
    var outcome: DeliveryOutcome
    /// `nil`: it was too late to begin.
    var seconds: Double?
    var endedAt: Timestamp
  }

  struct FlushName: Hashable, Sendable {
    var group: Int
    var flush: Int
  }

  struct Turn: Sendable {
    var jobs: [Job] = []
    var events: [NotifierEvent] = []
    var next: Instant?
  }

  enum Deadline: Sendable {
    case flush(group: Int)
    case limit(FlushName)
    case retry(FlushName, integration: Int)
  }

  /// Ended alerts stay known this long, so that an end that is told again is not news.
  static let memory = PromDuration.minutes(30)

  var configuration: NotifyConfiguration
  var routes: RouteTable
  var stages: [any FlushStage]
  var integrations = IntegrationTable()

  var alerts: [LabelSet: KnownAlert] = [:]
  var groups: [Int: AlertGroup] = [:]
  var places: [AlertGroup.Place: Int] = [:]
  var log = NotificationLog()
  var counters = NotifierCounters()
  var deadlines = DeadlineQueue<Deadline>()
  /// Alerts that have left their last group, in the order in which they did.
  private var left: [(labels: LabelSet, version: UInt64, at: Timestamp)] = []
  var luck: SplitMix64
  var numbers: UInt64 = 0
  /// What began earlier may have been told by another process.
  private let bornAt: Timestamp
  /// What the turn under way gives back.
  var given = Turn()

  init(
    _ configuration: NotifyConfiguration, stages: [any FlushStage], seed: UInt64, bornAt: Timestamp = .distantPast,
    making sender: (Webhook, IntegrationName) -> any NotificationSender
  ) {
    self.configuration = configuration
    self.stages = stages
    routes = RouteTable(root: configuration.route)
    luck = SplitMix64(seed: seed)
    self.bornAt = bornAt
    _ = integrations.replace(with: configuration.receivers, making: sender)
  }

  var openDeliveries: Int { counters.pending.values.reduce(0, +) }

  mutating func turn(taking inbox: NotifierInbox.Contents, now: Instant, at time: Timestamp) -> Turn {
    given = Turn()
    forget(at: time)
    for result in inbox.results { take(result, now: now) }
    if inbox.lost > 0 { tell(.dropped(receiver: configuration.route.receiver, count: inbox.lost, .queueFull)) }
    for entry in inbox.updates { take(entry.update, of: entry.at, now: now, at: time) }
    while let (due, deadline) = deadlines.first, due <= now {
      deadlines.removeFirst()
      switch deadline {
      case .flush(let group): flushIfDue(group, due: due, now: now, at: time)
      case .limit(let name): cut(name, at: time)
      case .retry(let name, let integration): retry(name, integration: integration)
      }
    }
    given.next = deadlines.first?.at
    return given
  }

  mutating func nextNumber() -> UInt64 {
    numbers += 1
    return numbers
  }

  mutating func tell(_ event: NotifierEvent) {
    counters.count(event)
    given.events.append(event)
  }

  func members(of group: AlertGroup) -> [KnownAlert] {
    group.members.map { (AlertOrder($0), $0) }.sorted { $0.0 < $1.0 }.compactMap { alerts[$0.1] }
  }

  // MARK: Alerts come

  private mutating func take(_ update: AlertUpdate, of moment: Timestamp, now: Instant, at time: Timestamp) {
    guard !update.alert.labels.isEmpty else { return lose(.noLabels) }
    var known = KnownAlert(update, at: moment, resolveTimeout: configuration.resolveTimeout)
    if let old = alerts[known.labels] {
      if old.isSameEnd(as: known, at: time) { return }
      known = old.updated(by: known, at: time)
    } else if alerts.count >= configuration.limits.alerts {
      return lose(.alertLimit)
    }
    let mayHaveBeenTold = alerts[known.labels] == nil && known.isResolved(at: time) && known.startsAt < bornAt
    known.version = nextNumber()
    alerts[known.labels] = known
    for route in routes.destinations(of: known.labels) { put(known, into: route, now: now, at: time) }
    if mayHaveBeenTold { suppose(known, at: time) }
    // One that found no group is not kept.
    if alerts[known.labels]?.groups == 0 { alerts[known.labels] = nil }
  }

  /// The first that is heard of an alert is its end, and it began before this process: another one may have told that it fires.
  private mutating func suppose(_ alert: KnownAlert, at time: Timestamp) {
    for row in routes.destinations(of: alert.labels) {
      let route = routes.rows[row].route
      let place = AlertGroup.Place(route: row, labels: route.grouping.groupLabels(of: alert.labels))
      guard let group = places[place].flatMap({ groups[$0] }) else { continue }
      for integration in integrations.integrations(of: route.receiver) {
        let key = NotificationLog.Key(groupKey: group.key, receiver: integration.name.receiver, integration: integration.name.index)
        log.suppose([Fingerprint(alert.labels)], for: key, repeatInterval: route.repeatInterval, at: time)
      }
    }
  }

  mutating func put(_ alert: KnownAlert, into row: Int, now: Instant, at time: Timestamp) {
    let route = routes.rows[row].route
    let place = AlertGroup.Place(route: row, labels: route.grouping.groupLabels(of: alert.labels))
    guard let id = places[place] ?? makeGroup(at: place, due: now + route.groupWait) else { return lose(.groupLimit) }
    if groups[id]!.members.insert(alert.labels).inserted { alerts[alert.labels]!.groups += 1 }
    // Who has waited long enough elsewhere does not wait again.
    if !groups[id]!.hasFlushed, groups[id]!.due > now, alert.startsAt + route.groupWait < time {
      groups[id]!.due = now
      deadlines.add(.flush(group: id), at: now)
    }
  }

  private mutating func makeGroup(at place: AlertGroup.Place, due: Instant) -> Int? {
    guard groups.count < configuration.limits.groups else { return nil }
    let id = Int(nextNumber())
    let key = GroupKey.text(path: routes.rows[place.route].path, labels: place.labels)
    groups[id] = AlertGroup(route: place.route, labels: place.labels, key: key, due: due)
    places[place] = id
    deadlines.add(.flush(group: id), at: due)
    return id
  }

  private mutating func lose(_ loss: NotifierEvent.Loss) {
    tell(.dropped(receiver: configuration.route.receiver, count: 1, loss))
  }

  // MARK: Alerts go

  /// An alert has ended, and its group has told everybody so.
  mutating func leave(_ labels: LabelSet, group: Int, at time: Timestamp) {
    guard groups[group]!.members.remove(labels) != nil, var known = alerts[labels] else { return }
    known.groups -= 1
    known.hasBeenTold = known.groups == 0
    alerts[labels] = known
    if known.groups == 0 { left.append((labels, known.version, time)) }
  }

  private mutating func forget(at time: Timestamp) {
    let count = left.firstIndex { $0.at + Self.memory > time } ?? left.count
    if count == 0 { return }
    for (labels, version, _) in left[..<count] where alerts[labels]?.version == version { alerts[labels] = nil }
    left.removeFirst(count)
  }
}

import AlertModel
import SeriesModel

/// Alerts that are told together.
struct AlertGroup: Sendable {
  /// The number of its route's row.
  var route: Int
  let labels: LabelSet
  let key: String
  var members: Set<LabelSet> = []
  /// When it is flushed next.
  var due: Instant
  var hasFlushed = false
  /// The flush under way.
  var flush: GroupFlush?

  /// What a group is found by.
  struct Place: Hashable, Sendable {
    var route: Int
    var labels: LabelSet
  }
}

/// One telling of a group, until the last delivery of it has ended.
struct GroupFlush: Sendable {
  let id: Int
  /// When everything that is left of it is cut.
  let limit: Instant
  /// The members that had ended when it began, and what was known of them.
  let ended: [(labels: LabelSet, version: UInt64)]
  /// Those under way, by integration.
  var deliveries: [Int: Delivery] = [:]
  var hasFailed = false
}

/// A notification on its way to one integration.
struct Delivery: Sendable {
  let notification: Notification
  /// What is recorded when it arrives.
  let told: ToldAlerts
  var state: DeliveryState
}

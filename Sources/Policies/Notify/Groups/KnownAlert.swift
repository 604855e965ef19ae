import AlertModel
import SeriesModel

/// An alert with everything that was heard of it.
struct KnownAlert: Hashable, Sendable {
  var labels: LabelSet
  var annotations: [String: String]
  var generatorURL: String
  var startsAt: Timestamp
  var endsAt: Timestamp
  /// Nobody said when it ends; it does unless it is refreshed.
  var endIsAssumed: Bool
  var updatedAt: Timestamp
  /// Rises with everything new that is heard; a frozen copy remembers it.
  var version: UInt64 = 0
  /// How many groups it is in.
  var groups = 0
  /// It has ended and left its last group.
  var hasBeenTold = false

  /// - Parameter time: of the update.
  init(_ update: AlertUpdate, at time: Timestamp, resolveTimeout: PromDuration) {
    let alert = update.alert
    labels = alert.labels
    annotations = alert.annotations
    generatorURL = alert.generatorURL
    if update.resolved {
      endsAt = min(alert.endsAt ?? time, time)
    } else {
      endsAt = alert.endsAt ?? time + resolveTimeout
    }
    endIsAssumed = !update.resolved && alert.endsAt == nil
    startsAt = min(alert.startsAt, endsAt)
    updatedAt = time
  }

  func isResolved(at now: Timestamp) -> Bool { endsAt <= now }

  /// Whether an update says nothing new: the end that is already known, told again.
  func isSameEnd(as update: KnownAlert, at now: Timestamp) -> Bool {
    isResolved(at: now) && update.isResolved(at: now) && startsAt <= update.startsAt && update.endsAt <= endsAt
  }

  /// What is known after an update: it alone, unless it begins or ends inside the known span.
  ///
  /// Then the earliest start counts. The update's end counts, except that a later end that somebody named stays while the update fires, and that of two
  /// ends in the past the later one counts.
  func updated(by update: KnownAlert, at now: Timestamp) -> KnownAlert {
    var result = update
    result.groups = groups
    let overlaps = (startsAt < update.endsAt && update.endsAt < endsAt) || (startsAt < update.startsAt && update.startsAt < endsAt)
    guard overlaps else { return result }
    result.startsAt = min(startsAt, update.startsAt)
    let keepsEnd = update.isResolved(at: now) ? isResolved(at: now) : !endIsAssumed
    if keepsEnd, endsAt > update.endsAt { result.endsAt = endsAt }
    return result
  }

  /// As it stands now: from here on it fires for ever or has ended.
  func frozen(at now: Timestamp) -> NotifiedAlert {
    NotifiedAlert(
      Alert(
        labels: labels, annotations: annotations, startsAt: startsAt, endsAt: isResolved(at: now) ? endsAt : nil,
        generatorURL: generatorURL))
  }
}

import SeriesModel

/// A number that samples set and changes move: the newest sample, and all changes from its millisecond on.
///
/// A sample stands before the changes of its own millisecond. Changes of the last minutes are kept by time, so that a sample that arrives late finds
/// those that came after it.
/// - Complexity: O(1) for changes in order; memory is at most ``limit`` + 300 entries of 16 bytes.
package struct GaugeTrack: Equatable, Sendable {
  package struct Change: Equatable, Sendable {
    package var milliseconds: Int64
    package var sum: Double
  }

  package private(set) var sample: EventPosition?
  package private(set) var sampled: Double = 0
  /// Of changes too old to be kept one by one.
  package private(set) var folded: Double = 0
  /// Oldest first; each millisecond (when there are too many: each second) once.
  package private(set) var changes: [Change] = []
  private var sum: Double = 0

  static let limit = 4096
  static let kept = PromDuration.minutes(5)

  package init() {}

  package init(sample: EventPosition?, sampled: Double, folded: Double, changes: [Change]) {
    self.sample = sample
    self.sampled = sampled
    self.folded = folded
    self.changes = changes
    sum = changes.reduce(0) { $0 + $1.sum }
  }

  /// Never below zero: a message may be seen to leave before it is seen to come.
  package var value: Double { max(0, sampled + folded + sum) }

  package mutating func set(_ value: Double, at position: EventPosition) {
    if let sample, sample > position { return }
    sample = position
    sampled = value
    folded = 0
    let stale = changes.prefix { $0.milliseconds < position.time.milliseconds }.count
    changes.removeFirst(stale)
    sum = changes.reduce(0) { $0 + $1.sum }
  }

  package mutating func add(_ delta: Double, at time: Timestamp) {
    if let sample, time < sample.time { return }
    sum += delta
    let t = time.milliseconds
    var i = changes.count
    while i > 0, changes[i - 1].milliseconds > t { i -= 1 }
    if i > 0, changes[i - 1].milliseconds == t {
      changes[i - 1].sum += delta
    } else {
      changes.insert(Change(milliseconds: t, sum: delta), at: i)
      if changes.count > Self.limit { shrink() }
    }
  }
}

private extension GaugeTrack {
  /// Folds what is older than five minutes, and joins the older three quarters of the rest by seconds.
  mutating func shrink() {
    let horizon = changes.last!.milliseconds - Self.kept.milliseconds
    let old = changes.prefix { $0.milliseconds < horizon }
    for change in old {
      folded += change.sum
      sum -= change.sum
    }
    let young = changes.dropFirst(old.count)
    let coarse = young.count * 3 / 4
    var joined: [Change] = []
    joined.reserveCapacity(young.count)
    for change in young.prefix(coarse) {
      // The last millisecond of its second, so that a sample within the second keeps the whole of it.
      let second = change.milliseconds - change.milliseconds % 1000 + 999
      if let last = joined.indices.last, joined[last].milliseconds == second {
        joined[last].sum += change.sum
      } else {
        joined.append(Change(milliseconds: second, sum: change.sum))
      }
    }
    let edge = joined.last?.milliseconds ?? .min
    for change in young.dropFirst(coarse) {
      if change.milliseconds <= edge { joined[joined.count - 1].sum += change.sum } else { joined.append(change) }
    }
    changes = joined
  }
}

/// A number that samples set: that of the newest.
package struct LatestValue: Equatable, Sendable {
  package private(set) var position: EventPosition
  package private(set) var value: Double

  package init(_ value: Double, at position: EventPosition) {
    self.position = position
    self.value = value
  }

  /// Whether the value was taken.
  package mutating func set(_ value: Double, at position: EventPosition) -> Bool {
    guard position > self.position else { return false }
    self = LatestValue(value, at: position)
    return true
  }
}

import DurableLog
import Orchestration
import SeriesModel

/// The identities of the events of the last hour (or of the last 20 million), so that none counts twice.
///
/// Slices by time of receipt. Only the newest grows; the oldest goes when all its events are older than the window, or when there are too many
/// identities. In the latter case the events it held are older than what is taken from then on, so forgetting them is safe.
/// - Units: 19 bytes an identity.
/// - Complexity: a look-up asks each slice, nine as a rule.
struct SeenEvents {
  private struct Slice {
    var ids = IDSet()
    var since: Timestamp
    /// The latest time of an event in it.
    var newest = Timestamp.distantPast
    /// Where the log's records of it begin.
    var start: LogPosition
  }

  static let sliceCount = 8

  private var slices: [Slice] = []
  private(set) var count = 0
  /// Older events are refused, whatever the window says.
  private(set) var floor = Timestamp.distantPast
  private let window: PromDuration
  private let limit: Int

  init(limits: IngestLimits, floor: Timestamp = .distantPast) {
    window = limits.window
    limit = limits.identities
    self.floor = floor
  }

  /// Events before this are refused as too old.
  func oldestTaken(at now: Timestamp) -> Timestamp { max(floor, now - window) }

  func contains(_ id: EventID) -> Bool {
    for i in slices.indices.reversed() where slices[i].ids.contains(id) { return true }
    return false
  }

  /// Before the events of a record that begins at `position` are inserted.
  mutating func prepare(at now: Timestamp, _ position: LogPosition) {
    if let young = slices.last, young.ids.count > 0 {
      let step = window.milliseconds / Int64(Self.sliceCount)
      guard young.ids.count >= limit / Self.sliceCount || (now - young.since).milliseconds >= step else { return }
      slices[slices.count - 1].ids.seal()
    }
    if slices.last?.ids.count == 0 { slices.removeLast() }
    slices.append(Slice(since: now, start: position))
    forget(at: now)
  }

  mutating func insert(_ id: EventID, time: Timestamp) {
    let young = slices.count - 1
    if slices[young].ids.insert(id) { count += 1 }
    slices[young].newest = max(slices[young].newest, time)
  }

  private mutating func forget(at now: Timestamp) {
    while slices.count > 1, slices[0].newest < now - window { removeOldest() }
    while slices.count > 1, count > limit - limit / Self.sliceCount {
      floor = max(floor, slices[0].newest + .milliseconds(1))
      removeOldest()
    }
  }

  private mutating func removeOldest() {
    count -= slices[0].ids.count
    slices.removeFirst()
  }

  /// Where the log has to begin, so that this can be rebuilt from it.
  var start: LogPosition? { slices.first?.start }
}

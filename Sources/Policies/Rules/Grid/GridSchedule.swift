import SeriesModel

/// Where a task stands on the grid: at `phase` past every multiple of `interval`.
package struct GridPlace: Hashable, Sendable {
  package var interval: PromDuration
  package var phase: PromDuration
  /// Of tasks that are due at one time, those of a lower order are finished before a higher one begins: samples are taken before
  /// rules read them.
  package var order: Int

  package init(interval: PromDuration, phase: PromDuration = .zero, order: Int) {
    precondition(interval.milliseconds > 0, "BUG: a grid of \(interval)")
    self.interval = interval
    self.phase = phase
    self.order = order
  }

  /// The newest time of the grid that is not after `now`.
  package func time(at now: Timestamp) -> Timestamp {
    let step = interval.milliseconds
    return Timestamp(milliseconds: Timestamp.floorDivide(now.milliseconds - phase.milliseconds, step) * step) + phase
  }
}

/// A time of the grid that has come.
package struct GridTick: Hashable, Sendable {
  package var time: Timestamp
  /// Times of the grid that passed since the last one while nobody came.
  package var missed: Int
  package init(time: Timestamp, missed: Int = 0) {
    self.time = time
    self.missed = missed
  }
}

/// Which tasks are due, and when the next one will be. Knows no threads and no clock: it is told the time and what has finished.
///
/// - Of each task one time runs at once, each time at most once, and always the newest: what passed meanwhile is missed.
/// - Tasks wait for nobody but those of a lower order whose time is not later than theirs.
/// - A clock that was set back yields nothing until it has passed the last time again.
package struct GridSchedule: Sendable {
  private struct Entry: Sendable {
    var id: String
    var owner: String
    var place: GridPlace
    /// The last time that ran or runs; what came before the task counts as run.
    var last: Timestamp
    var isRunning = false

    /// The time that is to run now, if there is one.
    func due(at now: Timestamp) -> Timestamp? {
      let time = place.time(at: now)
      return !isRunning && time > last ? time : nil
    }

    /// Has not finished what was to be done by `time`.
    func owes(by time: Timestamp, at now: Timestamp) -> Bool { isRunning ? last <= time : due(at: now).map { $0 <= time } ?? false }
  }

  private var entries: [Entry] = []

  package init() {}

  /// Replaces the tasks of an owner. One that keeps its id and its place goes on where it was; others begin with the next time of
  /// their grid.
  package mutating func set(_ tasks: [(id: String, place: GridPlace)], of owner: String, at now: Timestamp) {
    let before = entries.filter { $0.owner == owner }
    entries.removeAll { $0.owner == owner }
    for (id, place) in tasks {
      let known = before.first { $0.id == id }
      var entry = Entry(id: id, owner: owner, place: place, last: place.time(at: now))
      if let known {
        entry.isRunning = known.isRunning
        if known.isRunning || known.place.interval == place.interval && known.place.phase == place.phase { entry.last = known.last }
      }
      entries.append(entry)
    }
  }

  /// The task that may begin now: the one that has waited longest. It runs until ``finished(_:)``.
  ///
  /// - Parameter order: only tasks of a lower one are looked at.
  package mutating func take(at now: Timestamp, below order: Int = .max) -> (id: String, tick: GridTick)? {
    var best: (index: Int, time: Timestamp)?
    for (i, entry) in entries.enumerated() {
      guard entry.place.order < order, let time = entry.due(at: now), best.map({ time < $0.time }) ?? true,
        !isHeld(entry, until: time, at: now)
      else {
        continue
      }
      best = (i, time)
    }
    guard let (i, time) = best else { return nil }
    let passed = (time - entries[i].last).milliseconds / entries[i].place.interval.milliseconds
    entries[i].last = time
    entries[i].isRunning = true
    return (entries[i].id, GridTick(time: time, missed: Int(passed) - 1))
  }

  package mutating func finished(_ id: String) {
    if let i = entries.firstIndex(where: { $0.id == id }) { entries[i].isRunning = false }
  }

  /// When ``take(at:)`` is worth another try, if nothing finishes before; `nil`: there are no tasks that wait for a time.
  package func next(after now: Timestamp) -> Timestamp? {
    entries.compactMap { entry -> Timestamp? in
      if entry.isRunning { return nil }
      guard let time = entry.due(at: now) else { return max(entry.last, entry.place.time(at: now)) + entry.place.interval }
      return isHeld(entry, until: time, at: now) ? nil : now
    }.min()
  }

  package var isIdle: Bool { !entries.contains { $0.isRunning } }

  private func isHeld(_ entry: Entry, until time: Timestamp, at now: Timestamp) -> Bool {
    entries.contains { $0.place.order < entry.place.order && $0.owes(by: time, at: now) }
  }
}

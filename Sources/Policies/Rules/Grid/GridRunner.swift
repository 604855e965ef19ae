import SeriesModel
import Threading

/// Something that is done at times of the grid.
package struct GridTask: Sendable {
  /// Unique among all tasks of a runner.
  package var id: String
  package var place: GridPlace
  package var run: @Sendable (GridTick) -> Void

  package init(id: String, place: GridPlace, run: @escaping @Sendable (GridTick) -> Void) {
    self.id = id
    self.place = place
    self.run = run
  }
}

/// Runs tasks at their times: on a few threads of its own, or on the caller's.
///
/// Tasks run beside each other, so a slow one delays others only when all threads are slow at once.
package final class GridRunner: Pump {
  fileprivate struct State: Sendable {
    var schedule = GridSchedule()
    var tasks: [String: GridTask] = [:]
    var owners: [String: Set<String>] = [:]
    var isStopped = false
    var threads: [WorkThread] = []
  }

  private enum Turn {
    case run(GridTask, GridTick)
    case stop
  }

  /// Idle threads look at the wall clock this often, because it may be set.
  private static let patienceSeconds = 1.0

  private let time: any TimeSource
  private let state = Monitor(State())

  package init(time: any TimeSource) { self.time = time }

  /// Replaces the tasks that `owner` has put here. A task that runs goes on to its end.
  package func set(_ tasks: [GridTask], of owner: String) {
    let now = time.now()
    state.withLock { state in
      for id in state.owners[owner] ?? [] { state.tasks[id] = nil }
      state.owners[owner] = Set(tasks.map(\.id))
      for task in tasks { state.tasks[task.id] = task }
      state.schedule.set(tasks.map { ($0.id, $0.place) }, of: owner, at: now)
    }
    state.notifyAll()
  }

  // MARK: On the caller's thread

  /// Runs what is due by the wall clock, one after another, and says when it wants to be called next.
  package func run(through now: Instant) -> Instant? {
    while let (task, tick) = state.withLock({ $0.take(at: time.now()) }) { run(task, tick) }
    let wall = time.now()
    return state.withLock { $0.schedule.next(after: wall) }.map { now + ($0 - wall) }
  }

  // MARK: On threads

  /// Begins to run tasks on `threads` threads, until ``stop()``.
  ///
  /// - Parameter order: one more thread runs tasks of a lower order alone, so that no others can hold them up.
  package func start(threads: Int = 16, reservingBelow order: Int? = nil) {
    var started = (0..<max(1, threads)).compactMap { number in WorkThread("grid-\(number)") { [self] in work() } }
    if let order, let thread = WorkThread("grid-first", { [self] in work(below: order) }) { started.append(thread) }
    state.withLock { $0.threads += started }
  }

  /// Waits until what runs has finished; nothing begins any more.
  package func stop() {
    let threads = state.withLock { state in
      state.isStopped = true
      defer { state.threads = [] }
      return state.threads
    }
    state.notifyAll()
    for thread in threads { thread.join() }
  }

  private func work(below order: Int = .max) {
    while true {
      let turn = state.watch { state -> Monitor<State>.Wish<Turn> in
        if state.isStopped { return .done(.stop) }
        let now = time.now()
        if let (task, tick) = state.take(at: now, below: order) { return .done(.run(task, tick)) }
        let next = state.schedule.next(after: now).map { ($0 - now).seconds } ?? Self.patienceSeconds
        return .wait(seconds: min(next, Self.patienceSeconds))
      }
      guard case .run(let task, let tick) = turn else { return }
      run(task, tick)
    }
  }

  private func run(_ task: GridTask, _ tick: GridTick) {
    task.run(tick)
    state.withLock { $0.schedule.finished(task.id) }
    state.notifyAll()
  }
}

extension GridRunner.State {
  fileprivate mutating func take(at now: Timestamp, below order: Int = .max) -> (GridTask, GridTick)? {
    guard let (id, tick) = schedule.take(at: now, below: order), let task = tasks[id] else { return nil }
    return (task, tick)
  }
}

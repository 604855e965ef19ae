import AlertModel
import SeriesModel
import Threading

/// What all groups work with.
struct RulesWorld: Sendable {
  var source: any SeriesSource
  var sink: any SampleSink
  var alerts: any AlertSink
  var time: any TimeSource
  var journal: AlertJournal?
  var observe: @Sendable (RulesEvent) -> Void
}

/// How a group stands after its last pass, for readers.
struct GroupStanding: Sendable {
  var rules: [RuleStanding]
  var evaluationSeconds = 0.0
  var lastEvaluation: Timestamp?
}

/// A group that is being evaluated: its rules, what they carry from pass to pass, and what readers see of them.
///
/// One pass at a time. A pass works on a copy; then, in this order, its changes are noted in the journal, its samples are stored
/// and its standing is
/// published in the same instant, and its alerts are told. So what people were told is never forgotten: after a crash in between it
/// is told again.
final class LiveGroup: Sendable {
  private struct State {
    var rules: [RuleMemory]
    /// Passes until what is held back can be restored; 0: nothing is.
    var passesToRestore: Int
    /// Of the newest samples.
    var lastSamples: Timestamp?
  }

  /// What can be reached while a pass runs.
  private struct Course {
    var isRetired = false
    var running: PassCancellation?
  }

  let compiled: CompiledGroup
  private let world: RulesWorld
  private let state: Monitor<State>
  private let course = BlockingLock(Course())
  private let published: BlockingLock<GroupStanding>

  /// - Parameter rules: one for each rule of the group.
  init(_ compiled: CompiledGroup, rules: [RuleMemory], in world: RulesWorld, lastSamples: Timestamp? = nil) {
    precondition(rules.count == compiled.rules.count, "BUG: \(rules.count) memories for \(compiled.rules.count) rules")
    self.compiled = compiled
    self.world = world
    let passes = rules.contains { $0.isHeldBack } ? 2 : 0
    state = Monitor(State(rules: rules, passesToRestore: passes, lastSamples: lastSamples))
    published = BlockingLock(GroupStanding(rules: rules.map(\.standing)))
  }

  var standing: GroupStanding { published.withLock { $0 } }

  /// Evaluates the group once. Does nothing when it is retired, and leaves nothing behind when it is retired meanwhile.
  func pass(_ tick: GridTick) {
    let cancellation = PassCancellation(time: world.time, queryTimeout: compiled.configuration.queryTimeout)
    let mayRun = course.withLock { course in
      if !course.isRetired { course.running = cancellation }
      return !course.isRetired
    }
    guard mayRun else { return }
    defer { course.withLock { $0.running = nil } }
    let events = state.withLock { pass(tick, &$0, until: cancellation) }
    for event in events { world.observe(event) }
  }

  /// Ends the pass that runs, if one does, and all further ones. Returns what the rules carried and when they last wrote.
  func retire() -> (rules: [RuleMemory], lastSamples: Timestamp?) {
    course.withLock { course in
      course.isRetired = true
      course.running?.cancel()
    }
    return state.withLock { ($0.rules, $0.lastSamples) }
  }
}

extension LiveGroup {
  private func pass(_ tick: GridTick, _ state: inout State, until cancellation: PassCancellation) -> [RulesEvent] {
    let begin = world.time.monotonic()
    var pass = GroupPass(compiled, at: tick.time, over: world.source.view(), rules: state.rules, until: cancellation)
    pass.run()
    if cancellation.isCanceled { return [] }
    restore(&pass, &state)
    var events = note(&pass)

    var commit = PassCommit(pass, into: world.sink)
    commit.run { rules in
      let seconds = world.time.monotonic() - begin
      let standing = GroupStanding(rules: rules.map(\.standing), evaluationSeconds: seconds, lastEvaluation: tick.time)
      published.withLock { $0 = standing }
    }
    pass = commit.pass
    let updates = pass.takeUpdates()
    for (rule, updates) in updates { world.alerts.receive(updates, of: rule, at: tick.time) }

    events += changesOfHealth(from: state.rules, to: pass.rules)
    events.append(
      .passed(
        PassReport(
          group: compiled.id, time: tick.time, missed: tick.missed, seconds: world.time.monotonic() - begin,
          rules: pass.rules.count, failures: pass.failures, samples: commit.stored, alerts: AlertCounts(pass.rules),
          alertsBefore: AlertCounts(state.rules), updates: updates.reduce(0) { $0 + $1.updates.count })))
    state.rules = pass.rules
    state.lastSamples = pass.sampleTime
    return events
  }

  private func restore(_ pass: inout GroupPass, _ state: inout State) {
    guard state.passesToRestore > 0 else { return }
    state.passesToRestore -= 1
    if state.passesToRestore == 0 { pass.restoreHolds(compiled.configuration.holdRestore) }
  }

  /// Notes the pass' changes, and its time when somebody will want to know how long alerts were pending.
  private func note(_ pass: inout GroupPass) -> [RulesEvent] {
    guard let journal = world.journal else { return [] }
    var changes: [AlertChange] = []
    if !pass.changes.isEmpty {
      let slots = RuleSlot.of(compiled.rules)
      for (i, labels) in pass.changes.sorted(by: { $0.key < $1.key }) {
        let alerts = pass.rules[i].standing.alerts
        changes += labels.map { AlertChange(rule: slots[i], labels: $0, alert: alerts[$0]) }
      }
    }
    if changes.isEmpty, AlertCounts(pass.rules).pending == 0 { return [] }
    do { try journal.note(compiled.id, at: pass.time, changes) } catch { return [.journalFailed(error.description)] }
    return []
  }

  private func changesOfHealth(from before: [RuleMemory], to after: [RuleMemory]) -> [RulesEvent] {
    var events: [RulesEvent] = []
    for i in after.indices where before[i].standing.health != after[i].standing.health {
      let id = RuleID(file: compiled.id.file, group: compiled.id.name, name: compiled.rules[i].rule.name)
      switch (before[i].standing.health, after[i].standing.health) {
      case (_, .failed(let failure)): events.append(.failing(id, failure))
      case (.failed, .ok): events.append(.recovered(id))
      default: break
      }
    }
    return events
  }
}

import AlertModel
import DurableLog
import RuleModel
import SeriesModel
import Threading

/// Evaluates rule groups on the grid, keeps their alerts, and tells of them.
///
/// ```
/// rule files ─load──▶ groups ─ on the grid ─▶ pass: view → rules over each other's output
///                       ▲                       │
///                       └─ memory, journal ◀────┴─▶ one batch to the sink, then alerts to the alert sink
/// ```
/// Groups are independent of each other: each sees what the others' last passes stored. Neither loading nor a snapshot waits for a
/// pass, but for
/// those of groups that are replaced; these are cut short.
package final class Ruler: Pump {
  private struct State {
    var groups: [LiveGroup] = []
    var configuration: RulesConfiguration
    var farewells = 0
    /// The first load is the one that restores what there was before this process.
    var isLoaded = false
    var isStopped = false
  }

  private static let owner = "rules"

  /// Where the passes run. What has to be done before rules of the same time, as sampling, is set here with a lower order than
  /// ``order``.
  package let grid: GridRunner
  /// Of passes on the grid.
  package static let order = 1
  private let world: RulesWorld
  private let prepare: QueryPreparation
  private let state: Monitor<State>

  /// - Parameters:
  ///   - source: Where rules read, with a consistent view per pass.
  ///   - sink: Where they write; one append per pass.
  ///   - alerts: Hears of alerts after what they are made of was stored.
  ///   - observe: Hears what happened, from the threads that passes run on; must not call back.
  ///   - prepare: Compiles an expression, once per rule.
  /// - Throws: ``RulesError/journal(_:)`` when the state in `configuration.directory` cannot be opened.
  package init(
    _ configuration: RulesConfiguration, source: any SeriesSource, sink: any SampleSink, alerts: any AlertSink,
    time: any TimeSource, grid: GridRunner? = nil, observe: @escaping @Sendable (RulesEvent) -> Void = { _ in },
    prepare: @escaping QueryPreparation
  ) throws(RulesError) {
    var journal: AlertJournal?
    if let directory = configuration.directory, configuration.restore == .exact {
      do { journal = try AlertJournal(directory: directory, sync: configuration.sync) } catch { throw .journal(error) }
    }
    world = RulesWorld(source: source, sink: sink, alerts: alerts, time: time, journal: journal, observe: observe)
    self.grid = grid ?? GridRunner(time: time)
    self.prepare = prepare
    state = Monitor(State(configuration: configuration))
  }

  // MARK: Rules

  /// Evaluates the groups of `files` from their next grid times on, and no others.
  ///
  /// - A group with the same content goes on as if nothing had happened. Of a changed one, rules of the same name and labels keep
  ///   their alerts.
  /// - Series of rules that are gone end two intervals later.
  /// - The first load brings back the alerts that there were before this process.
  ///
  /// - Parameter configuration: `nil`: as before. Its directory and way of restoring stay those of the beginning.
  /// - Returns: rules that fail in every pass.
  /// - Throws: ``RulesError``; nothing is changed then.
  @discardableResult
  package func load(_ files: [RuleFile], configuration: RulesConfiguration? = nil) throws(RulesError) -> [BrokenRule] {
    let (events, broken) = try state.withLock { (state: inout State) throws(RulesError) in
      let configuration = configuration ?? state.configuration
      let compiled = try compile(files, configuration)
      if state.isStopped { return ([RulesEvent](), [BrokenRule]()) }
      state.configuration = configuration
      return (replace(by: compiled, &state), compiled.flatMap(\.broken))
    }
    for event in events { world.observe(event) }
    return broken
  }

  /// The same as ``load(_:configuration:)``, under the name that a running daemon knows it by.
  @discardableResult
  package func reload(_ files: [RuleFile], configuration: RulesConfiguration? = nil) throws(RulesError) -> [BrokenRule] {
    try load(files, configuration: configuration)
  }

  /// The groups in the order of their files and names.
  package func snapshot() -> [RuleGroupSnapshot] {
    state.withLock { $0.groups }.map(RuleGroupSnapshot.init)
  }

  // MARK: Time

  /// Runs the passes that are due, one after another, and says when it wants to be called next.
  package func run(through now: Instant) -> Instant? { grid.run(through: now) }

  /// Runs passes on `threads` threads, until ``stop()``.
  package func start(threads: Int = 16) { grid.start(threads: threads, reservingBelow: Self.order) }

  /// Cuts passes short, and waits for what else runs on the grid. Nothing begins any more.
  package func stop() {
    let groups = state.withLock { state in
      state.isStopped = true
      return state.groups
    }
    for group in groups { _ = group.retire() }
    grid.stop()
    world.journal?.close()
  }
}

extension Ruler {
  private func compile(_ files: [RuleFile], _ configuration: RulesConfiguration) throws(RulesError) -> [CompiledGroup] {
    var seen: Set<GroupID> = []
    var groups: [CompiledGroup] = []
    let count = files.reduce(0) { $0 + $1.groups.count }
    guard count <= configuration.groupLimit else { throw .tooManyGroups(limit: configuration.groupLimit, count: count) }
    for file in files {
      for group in file.groups {
        let compiled = CompiledGroup(group, file: file.name, configuration: configuration, prepare: prepare)
        guard seen.insert(compiled.id).inserted else { throw .repeatedGroup(compiled.id) }
        groups.append(compiled)
      }
    }
    return groups.sorted { ($0.id.file, $0.id.name) < ($1.id.file, $1.id.name) }
  }

  private func replace(by compiled: [CompiledGroup], _ state: inout State) -> [RulesEvent] {
    var events: [RulesEvent] = []
    var before: [GroupID: LiveGroup] = [:]
    for group in state.groups { before[group.compiled.id] = group }
    var groups: [LiveGroup] = []
    for group in compiled {
      guard let known = before.removeValue(forKey: group.id) else {
        groups.append(LiveGroup(group, rules: memories(of: group, isFirst: !state.isLoaded), in: world))
        continue
      }
      groups.append(known.compiled.isSame(as: group) ? known : succeed(known, by: group, &state))
    }
    for gone in state.groups where before[gone.compiled.id] != nil {
      let (rules, lastSamples) = gone.retire()
      events.append(.removed(gone.compiled.id, AlertCounts(rules)))
      bid(farewell(of: rules, gone.compiled, lastSamples), &state)
    }
    state.groups = groups
    state.isLoaded = true
    events += forget(groups)
    grid.set(groups.map(task), of: Self.owner)
    events.append(
      .loaded(
        groups.map { GroupShape(group: $0.compiled.id, interval: $0.compiled.interval, rules: $0.compiled.rules.count) }))
    return events
  }

  private func task(_ group: LiveGroup) -> GridTask {
    let place = GridPlace(interval: group.compiled.interval, phase: group.compiled.phase, order: Self.order)
    return GridTask(id: "\(Self.owner);\(group.compiled.id)", place: place) { group.pass($0) }
  }

  // MARK: Memory

  /// What a group that is new in this process begins with.
  private func memories(of group: CompiledGroup, isFirst: Bool) -> [RuleMemory] {
    let configuration = group.configuration
    guard isFirst else { return group.rules.map(RuleMemory.init(for:)) }
    if configuration.restore == .prometheus {
      return group.rules.map { rule in
        var memory = RuleMemory(for: rule)
        memory.isHeldBack = rule.key.isAlerting
        return memory
      }
    }
    let known = world.journal?.group(group.id)
    // Who waited for something that nobody saw for so long begins to wait anew.
    let isRecent = known.map { world.time.now() - $0.lastPass <= configuration.outageTolerance } ?? false
    return zip(group.rules, RuleSlot.of(group.rules)).map { rule, slot in
      guard let alerts = known?.rules[slot] else { return RuleMemory(for: rule) }
      return RuleMemory(rule.rule.name, restored: Array(alerts.values)) { isRecent || $0.state.firedAt != nil }
    }
  }

  /// A changed group takes over the rules that it still has.
  private func succeed(_ known: LiveGroup, by group: CompiledGroup, _ state: inout State) -> LiveGroup {
    let (rules, lastSamples) = known.retire()
    var left: [RuleSlot: Int] = [:]
    for (i, slot) in RuleSlot.of(known.compiled.rules).enumerated() { left[slot] = i }
    let memories = zip(group.rules, RuleSlot.of(group.rules)).map { rule, slot in
      guard let i = left.removeValue(forKey: slot) else { return RuleMemory(for: rule) }
      var memory = rules[i]
      if !rule.isSame(as: known.compiled.rules[i]) { memory.standing.health = .unknown }
      return memory
    }
    bid(farewell(of: left.values.sorted().map { rules[$0] }, known.compiled, lastSamples), &state)
    return LiveGroup(group, rules: memories, in: world, lastSamples: lastSamples)
  }

  private func forget(_ groups: [LiveGroup]) -> [RulesEvent] {
    var slots: [GroupID: Set<RuleSlot>] = [:]
    for group in groups { slots[group.compiled.id] = Set(RuleSlot.of(group.compiled.rules)) }
    do { try world.journal?.keep(only: slots) } catch { return [.journalFailed(error.description)] }
    return []
  }

  // MARK: Ends

  private func farewell(of rules: [RuleMemory], _ group: CompiledGroup, _ lastSamples: Timestamp?) -> Farewell? {
    Farewell(rules, of: group, lastSamples: lastSamples, at: world.time.now())
  }

  private func bid(_ farewell: Farewell?, _ state: inout State) {
    guard let farewell else { return }
    state.farewells += 1
    let owner = "\(Self.owner);farewell \(state.farewells)"
    let task = GridTask(id: owner, place: GridPlace(interval: farewell.interval, order: Self.order)) { [grid, world] tick in
      if farewell.run(at: tick.time, world.source, world.sink) { grid.set([], of: owner) }
    }
    grid.set([task], of: owner)
  }
}

extension CompiledGroup {
  fileprivate var broken: [BrokenRule] {
    rules.compactMap { rule in
      rule.failure.map { BrokenRule(group: id, name: rule.rule.name, reason: $0.message, range: rule.rule.range) }
    }
  }
}

import API
import Catalogue
import HTTPServer
import Ingest
import Instruments
import Notify
import PromQLEngine
import PromQLSyntax
import Rules
import SeriesModel
import Storage
import Synchronization
import Threading

/// Everything that runs while the program serves, wired together.
///
/// ```
///   POST /api/events ─► EventIngest ─► log, Fleet ─► Registry ─┬► Pages ─► GET /metrics
///                                                              └► Sampler ─┐
///   POST /api/v1/write ──────────────────────────────────────────────────► Head ◄─► Engine ─► GET /api/v1/*
///                                                                           ▲ ▼
///                                                                          Ruler ─► AlertOutlet ─► webhooks
/// ```
/// The sampler and the rules share one grid; at each time the samples come first.
final class Daemon: Sendable {
  let server: Server
  let head: Head
  let ingest: EventIngest
  let sampler: Sampler
  let ruler: Ruler
  let alerts: AlertOutlet
  let reloading: Reloading
  let surroundings: Surroundings
  private let upkeep: PumpThread
  private let phase: Atomic<Phase>
  /// Read at the start, and not evaluated yet.
  private let unloaded: BlockingLock<RuleSet?>
  /// How many rules there were at the start.
  let rulesSummary: String

  enum Phase: Int, AtomicRepresentable { case starting, serving, stopping }

  /// What the daemon is given.
  struct Surroundings: Sendable {
    var time: any TimeSource
    /// Hears what somebody should read, a line at a time, on any thread.
    var log: @Sendable (String) -> Void
    /// Reads the configuration anew; `nil`: it cannot change.
    var read: (@Sendable () throws -> Configuration)?
  }

  init(_ configuration: Configuration, in surroundings: Surroundings) throws {
    let (time, log) = (surroundings.time, surroundings.log)
    let rules = try RuleSet.load(configuration)
    let registry = Registry(families: Families.all, options: configuration.registryOptions(time: time))
    var ingestion = IngestConfiguration(directory: configuration.dataDirectory)
    ingestion.log.sync = configuration.sync
    ingestion.limits.bodyBytes = configuration.eventBodyBytes
    ingestion.orchestrators = configuration.orchestrators
    let ingest = try EventIngest(ingestion, registry: registry, time: time)
    let pages = Pages(registry)
    let head = Head(options: configuration.headOptions, time: time)
    for family in Families.all { head.setMetadata(family.metadata, family: family.name) }
    let engine = Engine(options: configuration.engineOptions, time: time)
    let queries = QueryService(engine, source: head, time: time)
    let reloading = Reloading(configuration, at: time.now())

    // The server's port is part of the daemon's name, so it is taken before anything carries that name.
    let exchanges = ExchangeCounts()
    let routes = Routes(configuration, time: time)
    let later = LateBinding()
    let router = routes.router(
      ingest: ingest, pages: pages, head: head, queries: queries, reloading: reloading, daemon: later)
    let logsAccess = configuration.logsAccess
    let observer: @Sendable (Exchange) -> Void = { exchange in
      exchanges.observe(exchange)
      if logsAccess { log(AccessLog.line(exchange)) }
    }
    var serving = ServerOptions(host: configuration.listen.host, port: configuration.listen.port)
    // Every lane of the API can be busy at once, and pages and events still find workers.
    serving.queuedRequests = configuration.maxWaitingQueries + 2048
    serving.lanePlaces = 256
    serving.laneWorkers = 8
    serving.workers = configuration.maxConcurrentQueries + 32
    serving.responseBytesInFlight = configuration.maxAnswerBytes
    let server = try Server(Pipeline(router), options: serving, time: time, observer: observer, log: log)
    let address = ListenAddress(host: configuration.listen.host, port: server.port)
    let externalURL = configuration.externalURL ?? "http://\(address)"

    let alerts = AlertOutlet(
      in: .init(clock: time, registry: registry, version: Version.text, externalURL: externalURL, log: { log("notify: \($0)") }))
    try alerts.configure(try configuration.notification())
    let instruments = RulesInstruments(registry)
    // An engine of its own: queries must not take from rules what rules need.
    let ruleEngine = Engine(options: configuration.engineOptions, time: time)
    let ruler = try Ruler(
      configuration.rules(externalURL: externalURL), source: head, sink: head, alerts: alerts, time: time,
      observe: { event in
        instruments.publish(event, at: time.now())
        if let problem = event.problem { log("rules: \(problem)") }
      }, prepare: { expr throws(QueryError) in try ruleEngine.prepare(expr) })

    let own = OwnMetrics(registry, head: head, server: server, exchanges: exchanges, reloading: reloading, time: time)
    own.publishBuild(queries: configuration.maxConcurrentQueries)
    let problems = ProblemLog { log("events: \($0)") }
    let sampler = Sampler(
      registry, into: head, .init(interval: configuration.sampleInterval, instance: address.description), history: head,
      collect: { update in
        problems.tell(ingest.problems)
        let refusals = own.report(into: &update)
        queries.report(
          into: &update, registry, at: time.now(), lane: server.statistics(of: PrometheusAPI.queryLane),
          refusals: refusals[PrometheusAPI.queryLane] ?? [:], memory: engine.memoryInUse + ruleEngine.memoryInUse)
        pages.report(into: &update)
      })

    self.server = server
    self.head = head
    self.ingest = ingest
    self.sampler = sampler
    self.ruler = ruler
    self.alerts = alerts
    self.reloading = reloading
    self.surroundings = surroundings
    let upkeep = PumpThread("ingest-upkeep", ingest, time: time, patience: 1)
    precondition(upkeep.start(), "the system has no thread for the upkeep of events")
    self.upkeep = upkeep
    phase = Atomic(.starting)
    unloaded = BlockingLock(rules)
    rulesSummary = rules.summary
    later.bind(self)
  }

  /// Evaluates the rules from their next grid times on. Once; ``start()`` does it otherwise.
  func loadRules() throws {
    guard let rules = unloaded.withLock({ $0.take() }) else { return }
    say(unmatched: rules.unmatched)
    say(broken: try ruler.load(rules.files))
  }

  private func say(unmatched: [String]) {
    for pattern in unmatched { surroundings.log("rules: no file is named by \(pattern)") }
  }

  private func say(broken: [BrokenRule]) {
    for rule in broken { surroundings.log("rules: \(rule.group): \(rule.name) fails in every pass: \(rule.reason)") }
  }

  var address: ListenAddress { ListenAddress(host: reloading.now.configuration.listen.host, port: server.port) }

  var isReady: Bool { phase.load(ordering: .acquiring) == .serving }

  /// Begins to sample and to evaluate rules; until then requests are answered, but the daemon is not ready.
  func start() throws {
    try loadRules()
    let interval = reloading.now.configuration.sampleInterval
    let sampling = GridTask(id: "sampler", place: GridPlace(interval: interval, order: Ruler.order - 1)) {
      [sampler, surroundings] tick in
      do { _ = try sampler.sample(at: tick.time, missed: tick.missed) } catch { surroundings.log("sampler: \(error)") }
    }
    ruler.grid.set([sampling], of: "sampler")
    ruler.start()
    phase.store(.serving, ordering: .releasing)
  }

  /// Finishes what is in flight, then writes everything that is not written yet.
  func stop(within limit: PromDuration) {
    guard phase.exchange(.stopping, ordering: .sequentiallyConsistent) != .stopping else { return }
    let deadline = surroundings.time.monotonic() + limit
    // Each gets its part of the time: requests in flight, passes, deliveries.
    server.stop(within: PromDuration(milliseconds: limit.milliseconds * 2 / 5))
    ruler.stop()
    alerts.stop(before: deadline + PromDuration(milliseconds: -limit.milliseconds * 2 / 5))
    upkeep.stop()
    ingest.shutdown()
  }

  /// Reads the configuration anew and puts it in force: rules and notification. Other settings wait for a restart, which is said.
  func reload() throws {
    guard let read = surroundings.read else { return }
    try reloading.attempt(at: surroundings.time.now(), read: read) { before, asked in
      // What cannot change while it runs stays as it is, in what the API shows as well.
      let next = before.taking(live: asked)
      let rules = try RuleSet.load(next)
      let notification = try next.notification()
      let externalURL = next.externalURL ?? "http://\(address)"
      say(unmatched: rules.unmatched)
      say(broken: try ruler.reload(rules.files, configuration: next.rules(externalURL: externalURL)))
      try alerts.configure(notification)
      let waiting = before.fixedSettings(changedIn: asked)
      if !waiting.isEmpty { surroundings.log("reload: a restart is needed for \(waiting.joined(separator: ", "))") }
      return next
    }
  }
}

extension Configuration {
  func rules(externalURL: String) -> RulesConfiguration {
    RulesConfiguration(
      externalLabels: externalLabels, externalURL: externalURL, evaluationInterval: evaluationInterval, queryOffset: queryOffset,
      phase: rulesPhase, resendDelay: resendDelay, queryTimeout: ruleQueryTimeout, directory: dataDirectory + "/alerts", sync: sync,
      restore: rulesRestore, outageTolerance: forOutageTolerance, gracePeriod: forGracePeriod, groupLimit: maxRuleGroups,
      syntax: syntax)
  }
}

extension RulesEvent {
  /// What somebody who reads the log should know; `nil` for what goes as it should.
  fileprivate var problem: String? {
    switch self {
    case .loaded, .removed, .passed: nil
    case .failing(let rule, let failure): "\(rule.file);\(rule.group): \(rule.name) fails: \(failure.message)"
    case .recovered(let rule): "\(rule.file);\(rule.group): \(rule.name) works again"
    case .journalFailed(let reason): "the state of alerts is not on disk: \(reason)"
    }
  }
}

import DurableLog
import Instruments
import Orchestration
import SeriesModel

/// The state that events move, and the only way to move it. One thread at a time.
struct IngestCore {
  let configuration: IngestConfiguration
  private let registry: Registry
  private let families: EventFamilies
  private(set) var units: [OrchestratorUnit] = []
  private var unitNumbers: [String: Int] = [:]
  private(set) var seen: SeenEvents
  private(set) var outbox: RunOutbox
  /// When events were last received; never goes back.
  private(set) var receivedAt = Timestamp.distantPast
  /// Behind the last record that is counted here.
  private(set) var position = LogPosition.start
  /// Ends of the group that is being checked.
  private var groupEnds: [RowKey: RunStatus] = [:]
  private var groupIDs = IDSet()

  init(configuration: IngestConfiguration, registry: Registry) {
    self.configuration = configuration
    self.registry = registry
    families = EventFamilies(registry)
    seen = SeenEvents(limits: configuration.limits)
    outbox = RunOutbox(limit: configuration.waitingRows)
  }

  // MARK: Live

  /// Lets time pass. Answers when events count as received.
  mutating func advance(to now: Timestamp) -> Timestamp {
    receivedAt = max(receivedAt, now)
    for i in units.indices { units[i].advance(to: receivedAt) }
    collectRows()
    return receivedAt
  }

  /// Forgets the checks of the last group.
  mutating func beginGroup() {
    groupEnds.removeAll(keepingCapacity: true)
    groupIDs.removeAll()
  }

  enum Verdict {
    case take(EventRecord.Entry)
    case duplicate
    case refuse(Refusal)
  }

  /// What becomes of an event that is in order by itself. Nothing is counted yet.
  mutating func check(_ decoded: DecodedEvent) -> Verdict {
    let event = decoded.event
    let oldest = seen.oldestTaken(at: receivedAt)
    guard event.time >= oldest else {
      return .refuse(decoded.refusal("time", .tooOld, "expected a time from \(oldest.rfc3339) on, found \(event.time.rfc3339)"))
    }
    if seen.contains(event.id) || groupIDs.contains(event.id) { return .duplicate }
    let orchestrator = configuration.orchestrators.orchestrator(of: decoded.source)
    switch verdict(on: event, of: orchestrator) {
    case .repeated: return .duplicate
    case .conflict(let status): return .refuse(decoded.refusal("type", .conflict, "the run has already ended as \(status.label)"))
    case .accepted: break
    }
    if event.type == .workflowRunStarted || event.type == .agentRunStarted, let unit = unitNumbers[orchestrator],
      units[unit].fleet.openRuns >= configuration.policy.openRunLimit
    {
      return .refuse(
        decoded.refusal(
          "type", .tooManyOpenRuns,
          "expected at most \(configuration.policy.openRunLimit) runs of \(orchestrator) that have not ended"))
    }
    groupIDs.insert(event.id)
    return .take(EventRecord.Entry(source: decoded.source, orchestrator: orchestrator, event: event))
  }

  /// Takes in one record that is in the log. ``publish()`` makes it visible.
  mutating func apply(_ entries: [EventRecord.Entry], from start: LogPosition, to end: LogPosition) {
    if !entries.isEmpty { seen.prepare(at: receivedAt, start) }
    for entry in entries {
      seen.insert(entry.event.id, time: entry.event.time)
      let unit = unitNumbers[entry.orchestrator] ?? addUnit(entry.orchestrator, Fleet(policy: configuration.policy))
      units[unit].apply(entry, now: receivedAt)
    }
    collectRows()
    position = end
  }

  /// After each step that makes rows, so that a start which repeats the steps numbers them in the same order.
  private mutating func collectRows() {
    for i in units.indices {
      for update in units[i].outcome.updates { outbox.add(update, of: units[i].name) }
      units[i].outcome.updates.removeAll(keepingCapacity: true)
    }
  }

  /// Makes what was applied visible at once.
  mutating func publish(_ more: (inout RegistryUpdate) -> Void = { _ in }) {
    registry.update { u in
      for i in units.indices { units[i].publish(created: receivedAt, to: &u) }
      more(&u)
    }
  }

  func openRuns(_ kind: RunUpdate.Kind) -> Int {
    units.reduce(0) { $0 + (kind == .workflow ? $1.fleet.workflowRuns.count : $1.fleet.agentRuns.count) }
  }

  mutating func skipRowNumbers(through number: Int64) { outbox.skipNumbers(through: number) }

  mutating func takeRows() -> [Int64: RunOutbox.Row] { outbox.take() }
  mutating func putBack(_ rows: [Int64: RunOutbox.Row]) { outbox.putBack(rows) }

  // MARK: After a start

  /// Takes in a record again that no checkpoint has counted.
  mutating func replay(_ record: [UInt8], from start: LogPosition, to end: LogPosition) throws(CodingError) {
    let (time, entries) = try EventRecord.decode(record)
    _ = advance(to: time)
    apply(entries, from: start, to: end)
    publish()
  }

  /// Remembers a record's identities and ends, which the checkpoint has counted.
  mutating func remember(_ record: [UInt8], from start: LogPosition) throws(CodingError) {
    var traces: [EventRecord.Trace] = []
    let time = try EventRecord.traces(record) { traces.append($0) }
    if !traces.isEmpty { seen.prepare(at: time, start) }
    for trace in traces {
      seen.insert(trace.id, time: trace.time)
      guard let end = trace.end, let unit = unitNumbers[trace.orchestrator] else { continue }
      units[unit].fleet.remember(end.kind, end.run, end.status, at: time)
    }
  }

  /// Where the log ends, when it ends before ``position``.
  mutating func move(to end: LogPosition) { position = end }

  mutating func showGauges() {
    for i in units.indices { units[i].showGauges() }
    publish()
  }

  @discardableResult
  private mutating func addUnit(_ name: String, _ fleet: Fleet) -> Int {
    units.append(OrchestratorUnit(name: name, fleet: fleet, instruments: FleetInstruments(families: families, orchestrator: name)))
    unitNumbers[name] = units.count - 1
    return units.count - 1
  }

  private mutating func verdict(on event: OrchestrationEvent, of orchestrator: String) -> RunVerdict {
    guard let status = event.type.endStatus else { return .accepted }
    let key: RowKey
    switch event.body {
    case .workflowRun(let report): key = RowKey(orchestrator: orchestrator, kind: .workflow, run: report.run)
    case .agentRun(let report): key = RowKey(orchestrator: orchestrator, kind: .agent, run: report.run)
    default: return .accepted
    }
    if let earlier = groupEnds[key] { return earlier == status ? .repeated : .conflict(with: earlier) }
    let verdict = unitNumbers[orchestrator].map { units[$0].fleet.verdict(on: event) } ?? .accepted
    if verdict == .accepted { groupEnds[key] = status }
    return verdict
  }
}

private extension DecodedEvent {
  func refusal(_ field: String, _ reason: Refusal.Reason, _ detail: String) -> Refusal {
    Refusal(index: index, id: id, type: event.type, field: field, reason: reason, detail: detail)
  }
}

// MARK: Checkpoints

extension IngestCore {
  static let checkpointVersion: UInt8 = 1

  /// Everything that the log's records up to ``position`` have become, but for the identities and ends that the log still tells of.
  func checkpoint() -> [UInt8] {
    var out = ByteWriter(reserving: 1 << 20)
    out.byte(Self.checkpointVersion)
    out.unsigned(position.segment)
    out.unsigned(position.offset)
    out.time(receivedAt)
    out.time(seen.floor)
    out.list(units.sorted { $0.name < $1.name }) { out, unit in
      out.text(unit.name)
      unit.fleet.encode(into: &out)
      out.list(unit.sources.sorted { $0.key < $1.key }) { out, source in
        out.text(source.key)
        out.time(source.value)
      }
    }
    outbox.encode(into: &out)
    let instruments = registry.checkpoint()
    out.count(instruments.count)
    out.bytes.append(contentsOf: instruments)
    return out.bytes
  }

  mutating func restore(_ bytes: [UInt8]) throws(CodingError) {
    var reader = ByteReader(bytes)
    guard try reader.byte() == Self.checkpointVersion else {
      throw CodingError(expected: "a checkpoint of version \(Self.checkpointVersion)", offset: 0)
    }
    let segment = try reader.unsigned()
    position = LogPosition(segment: segment, offset: try reader.unsigned())
    receivedAt = try reader.time()
    seen = SeenEvents(limits: configuration.limits, floor: try reader.time())
    for _ in 0..<(try reader.count()) {
      let name = try reader.text()
      let unit = addUnit(name, try Fleet(policy: configuration.policy, from: &reader))
      for _ in 0..<(try reader.count()) {
        let source = try reader.text()
        units[unit].sources[source] = try reader.time()
      }
    }
    outbox = try RunOutbox(limit: configuration.waitingRows, from: &reader)
    let instruments = try reader.blob()
    do { _ = try registry.restore(instruments) } catch {
      throw CodingError(expected: "instruments that can be restored (\(error))", offset: reader.offset)
    }
  }
}

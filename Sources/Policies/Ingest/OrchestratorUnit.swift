import Instruments
import Orchestration
import SeriesModel

/// One orchestrator in memory: its fleet, what the fleet's changes become, and when its sources were last heard.
struct OrchestratorUnit {
  let name: String
  var fleet: Fleet
  var outcome = Outcome()
  var instruments: FleetInstruments
  var sources: [String: Timestamp] = [:]
  private var heard: Set<String> = []

  init(name: String, fleet: Fleet, instruments: FleetInstruments) {
    self.name = name
    self.fleet = fleet
    self.instruments = instruments
  }

  mutating func advance(to now: Timestamp) { fleet.advance(to: now, into: &outcome) }

  mutating func apply(_ entry: EventRecord.Entry, now: Timestamp) {
    fleet.apply(entry.event, now: now, into: &outcome)
    let known = sources[entry.source]
    guard known != nil || sources.count < fleet.policy.entityLimit, known ?? .distantPast < entry.event.time else { return }
    sources[entry.source] = entry.event.time
    heard.insert(entry.source)
  }

  /// Makes everything since the last call visible.
  mutating func publish(created: Timestamp, to u: inout RegistryUpdate) {
    instruments.publish(outcome.effects, created: created, to: &u)
    outcome.effects.removeAll(keepingCapacity: true)
    guard !heard.isEmpty else { return }
    instruments.publish(sources: heard.map { ($0, sources[$0]!) }, created: created, to: &u)
    heard.removeAll(keepingCapacity: true)
  }

  /// Shows gauges again that a registry was not told of since it was made.
  mutating func showGauges() {
    fleet.currentGauges(into: &outcome.effects)
    heard = Set(sources.keys)
  }
}

import Catalogue
import HTTPServer
import Instruments
import SeriesModel
import Storage
import Threading

/// Brings the families about the program itself up to date, right before each sample.
final class OwnMetrics: Sendable {
  private let registry: Registry
  private let head: Head
  private let server: Server
  private let exchanges: ExchangeCounts
  private let reloading: Reloading
  private let time: any TimeSource
  private let seen = BlockingLock(Seen())

  /// What the counters already hold.
  private struct Seen {
    var processorSeconds = 0.0
    var samplesAppended: UInt64 = 0
    var reapedConnections = 0
    var refused: [String: [Lane.Refusal: Int]] = [:]
    var left = 0
  }

  init(_ registry: Registry, head: Head, server: Server, exchanges: ExchangeCounts, reloading: Reloading, time: any TimeSource) {
    self.registry = registry
    self.head = head
    self.server = server
    self.exchanges = exchanges
    self.reloading = reloading
    self.time = time
  }

  /// Once, at the start.
  func publishBuild(queries: Int) {
    let now = time.now()
    registry.update { update in
      set(Families.tidemarkStartTimeSeconds, now.seconds, &update, now)
      let info = update.series(
        registry.family(Families.tidemarkBuildInfo), [Version.text, Version.revision, Version.swift], created: now)
      update.set(info, 1)
      set(Families.tidemarkQueriesLimit, Double(queries), &update, now)
    }
  }

  /// - Returns: how many requests each lane has refused since the last report.
  func report(into update: inout RegistryUpdate) -> [String: [Lane.Refusal: Int]] {
    let now = time.now()
    exchanges.report(into: &update, registry, at: now)
    let serving = server.statistics
    set(Families.tidemarkHTTPConnections, Double(serving.connections), &update, now)
    set(Families.tidemarkStreamClients, Double(serving.streams), &update, now)
    set(Families.tidemarkResidentMemoryBytes, Double(ProcessUsage.residentBytes), &update, now)
    let reload = reloading.now
    set(Families.tidemarkConfigLastReloadSuccessful, reload.succeeded ? 1 : 0, &update, now)
    set(Families.tidemarkConfigLastReloadSuccessTimestampSeconds, reload.at.seconds, &update, now)
    let totals = head.totalsNow
    set(Families.tidemarkHeadSeries, Double(totals.series), &update, now)
    set(Families.tidemarkHeadBytes, Double(totals.bytes), &update, now)
    let processor = ProcessUsage.processorSeconds
    let refused = serving.lanes.mapValues(\.refused)
    let left = serving.lanes.values.reduce(0) { $0 + $1.left }
    let before = seen.withLock { seen in
      defer {
        seen = Seen(
          processorSeconds: max(processor, seen.processorSeconds), samplesAppended: totals.samplesAppended,
          reapedConnections: serving.reapedConnections, refused: refused, left: left)
      }
      return seen
    }
    let used = max(0, processor - before.processorSeconds)
    let appended = totals.samplesAppended - min(before.samplesAppended, totals.samplesAppended)
    let refusals = refused.reduce(into: [String: [Lane.Refusal: Int]]()) { all, lane in
      all[lane.key] = lane.value.merging(before.refused[lane.key] ?? [:], uniquingKeysWith: -)
    }
    let refusedTotal = registry.family(Families.tidemarkHTTPRefusedTotal)
    for refusal in Lane.Refusal.allCases {
      let count = refusals.values.reduce(0) { $0 + ($1[refusal] ?? 0) }
      update.add(update.series(refusedTotal, [refusal.rawValue], created: now), Double(count))
    }
    let cut = serving.reapedConnections - before.reapedConnections
    update.add(update.series(refusedTotal, ["slow"], created: now), Double(cut))
    update.add(update.series(refusedTotal, ["left"], created: now), Double(left - before.left))
    set(Families.tidemarkHTTPAnswerBytes, Double(serving.responseBytesInFlight), &update, now)
    add(Families.tidemarkCPUSecondsTotal, used, &update, now)
    add(Families.tidemarkHeadSamplesAppendedTotal, Double(appended), &update, now)
    return refusals
  }

  private func set(_ family: Family, _ value: Double, _ update: inout RegistryUpdate, _ now: Timestamp) {
    update.set(update.series(registry.family(family), [], created: now), value)
  }

  private func add(_ family: Family, _ value: Double, _ update: inout RegistryUpdate, _ now: Timestamp) {
    update.add(update.series(registry.family(family), [], created: now), value)
  }
}

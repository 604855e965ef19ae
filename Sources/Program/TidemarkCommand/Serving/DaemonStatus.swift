import API
import Catalogue
import Glibc
import SeriesModel
import Storage

/// What the API tells of the daemon: gathered from its parts whenever somebody asks.
struct DaemonStatus: Sendable {
  let started: Timestamp
  let head: Head
  let reloading: Reloading
  let daemon: LateBinding

  var system: SystemStatus {
    var status = SystemStatus(runtime: { self.runtime })
    status.build.revision = Version.revision
    status.build.compiler = "swift" + Version.swift
    status.metadata = { head.metadata().mapValues { [$0] } }
    status.ruleGroups = { daemon.daemon?.ruler.snapshot().map(RuleGroupStatus.init) ?? [] }
    status.configuration = { reloading.now.configuration.yaml }
    status.flags = { reloading.now.configuration.flags }
    status.storage = { limit in self.storage(limit) }
    return status
  }

  private var runtime: RuntimeInfo {
    let reload = reloading.now
    var info = RuntimeInfo(
      startTime: started, workingFolder: ProcessUsage.workingFolder, hostName: ProcessUsage.hostName, lastReload: reload.at)
    info.reloadSucceeded = reload.succeeded
    info.threads = ProcessUsage.threads
    info.processors = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    info.retention = "\(reload.configuration.history)"
    return info
  }

  private func storage(_ limit: Int) -> StorageInfo {
    let statistics = head.statistics(limit: limit)
    var info = StorageInfo()
    info.series = statistics.seriesCount
    info.labelPairs = statistics.labelPairCount
    info.chunks = statistics.chunkCount
    if let oldest = statistics.oldest, let newest = statistics.newest { info.span = TimeSpan(from: oldest, through: newest) }
    info.seriesByMetricName = statistics.seriesByMetricName.map { ($0.name, $0.value) }
    info.valuesByLabelName = statistics.valuesByLabelName.map { ($0.name, $0.value) }
    info.bytesByLabelName = statistics.bytesByLabelName.map { ($0.name, $0.value) }
    info.seriesByLabelPair = statistics.seriesByLabelPair.map { ($0.name, $0.value) }
    return info
  }
}

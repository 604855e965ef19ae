import DurableLog
import SeriesModel
import Threading

/// What the journal knows of a group's alerts.
struct JournaledGroup: Sendable {
  /// The last pass that was noted. Passes without a change are noted only while some alert is pending.
  var lastPass: Timestamp
  var rules: [RuleSlot: [LabelSet: ActiveAlert]] = [:]

  var alertCount: Int { rules.values.reduce(0) { $0 + $1.count } }

  mutating func apply(_ changes: [AlertChange]) {
    for change in changes {
      rules[change.rule, default: [:]][change.labels] = change.alert
      if rules[change.rule]?.isEmpty ?? false { rules[change.rule] = nil }
    }
  }
}

/// The state of all alerts on disk, so that a restart goes on where the process ended, however it ended.
///
/// Changes are appended pass by pass; when there are many more of them than there are alerts, everything is written anew and the
/// old segments are removed.
///
/// - Source: the mechanism is the log's; the order of things is ``LiveGroup``'s: what is noted here may have been neither stored
///   nor sent.
final class AlertJournal: Sendable {
  typealias Groups = [GroupID: JournaledGroup]

  private struct State {
    var groups: Groups
    /// Written since everything was last written anew, and how much that was.
    var bytesSince = 0
    var snapshotBytes = 0
    /// An append failed, so the log lacks something that ``groups`` has.
    var isBehind = false
  }

  private static let recordChanges = 1000

  private let log: DurableLog
  private let segmentBytes: Int
  private let state: Monitor<State>

  /// - Parameter segmentBytes: Of a segment; with less than that nothing is written anew.
  init(directory: String, sync: DurableLog.Sync, segmentBytes: Int = 1 << 20) throws(LogError) {
    self.segmentBytes = segmentBytes
    log = try DurableLog(directory: directory, options: .init(segmentBytes: segmentBytes, sync: sync))
    var known = Replay()
    try log.replay(from: .start) { position, record throws(LogError) in
      do throws(RecordError) {
        known.take(try JournalRecord([UInt8](copying: record)))
      } catch {
        let place = "\(directory): the record that ends at \(position.segment):\(position.offset)"
        let what = "expected \(error.expected) at its byte \(error.offset)"
        throw .stopped("\(place) is none of alerts: \(what); move the folder away to start without alerts")
      }
    }
    // Behind a snapshot that was cut short nothing may be appended but another one.
    state = Monitor(State(groups: known.groups, bytesSince: known.bytes, isBehind: known.begun != nil))
  }

  private struct Replay {
    var groups: Groups = [:]
    /// Of a snapshot whose end has not come.
    var begun: Groups?
    var bytes = 0

    mutating func take(_ record: JournalRecord) {
      bytes += 64
      switch record {
      case .snapshotBegin: begun = [:]
      case .snapshotEnd: if let begun { (groups, self.begun) = (begun, nil) }
      case .pass(let id, let time, let changes):
        bytes += 256 * changes.count
        if begun == nil { groups.apply(id, time, changes) } else { begun?.apply(id, time, changes) }
      }
    }
  }

  /// `nil`: nothing is known of the group.
  func group(_ id: GroupID) -> JournaledGroup? { state.withLock { $0.groups[id] } }

  /// Notes what a pass changed; durable on return.
  func note(_ id: GroupID, at time: Timestamp, _ changes: [AlertChange]) throws(LogError) {
    try state.withLock { (state: inout State) throws(LogError) in
      state.groups.apply(id, time, changes)
      if state.isBehind || state.bytesSince > max(segmentBytes, 4 * state.snapshotBytes) { return try rewrite(&state) }
      let records = Self.records(id, time, changes)
      state.isBehind = true
      _ = try log.append(records)
      state.isBehind = false
      state.bytesSince += records.reduce(0) { $0 + $1.count }
    }
  }

  /// Forgets what no loaded rule has.
  func keep(only rules: [GroupID: Set<RuleSlot>]) throws(LogError) {
    try state.withLock { (state: inout State) throws(LogError) in
      var isChanged = false
      for (id, group) in state.groups {
        guard let slots = rules[id] else {
          state.groups[id] = nil
          isChanged = true
          continue
        }
        for slot in group.rules.keys where !slots.contains(slot) {
          state.groups[id]?.rules[slot] = nil
          isChanged = true
        }
      }
      if isChanged { try rewrite(&state) }
    }
  }

  func close() { log.close() }

  private func rewrite(_ state: inout State) throws(LogError) {
    var records = [JournalRecord.snapshotBegin.encoded()]
    for (id, group) in state.groups where group.alertCount > 0 {
      let changes = group.rules.flatMap { slot, alerts in alerts.map { AlertChange(rule: slot, labels: $0.key, alert: $0.value) } }
      records += Self.records(id, group.lastPass, changes)
    }
    records.append(JournalRecord.snapshotEnd.encoded())
    state.isBehind = true
    let begin = log.end
    _ = try log.append(records)
    state.isBehind = false
    state.snapshotBytes = records.reduce(0) { $0 + $1.count }
    state.bytesSince = 0
    try log.removeSegments(before: begin)
  }

  /// In pieces that stay far below the log's limit of a record.
  private static func records(_ id: GroupID, _ time: Timestamp, _ changes: [AlertChange]) -> [[UInt8]] {
    if changes.isEmpty { return [JournalRecord.pass(id, at: time, []).encoded()] }
    return stride(from: 0, to: changes.count, by: recordChanges).map {
      JournalRecord.pass(id, at: time, Array(changes[$0..<min($0 + recordChanges, changes.count)])).encoded()
    }
  }
}

extension AlertJournal.Groups {
  fileprivate mutating func apply(_ id: GroupID, _ time: Timestamp, _ changes: [AlertChange]) {
    self[id, default: JournaledGroup(lastPass: time)].lastPass = time
    self[id]?.apply(changes)
  }
}

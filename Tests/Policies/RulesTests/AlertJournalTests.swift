import DurableLog
import Foundation
import SeriesModel
import Testing

@testable import Rules

/// The state of alerts on disk.
struct AlertJournalTests {
  static let group = GroupID(file: "f", name: "g")
  static let slot = RuleSlot(key: RuleKey(alert: "A", labels: [Label("severity", "{{ $labels.s }}")]), ordinal: 1)

  static func alert(_ i: Int, _ state: AlertState) -> ActiveAlert {
    ActiveAlert(labels: ["alertname": "A", "n": "\(i)"], state: state, value: Double(i) / 3, annotations: ["a": "é\n", "b": ""])
  }

  static let states: [AlertState] = [
    .pending(activeAt: Timestamp(milliseconds: -5)), .firing(activeAt: .minutes(1), firedAt: .minutes(2), missingSince: nil),
    .firing(activeAt: .minutes(1), firedAt: .minutes(2), missingSince: .minutes(9)),
    .resolved(activeAt: .minutes(1), firedAt: .minutes(2), resolvedAt: Timestamp(milliseconds: .max / 4)),
  ]

  @Test func `a record is read as it was written`() throws {
    let changes =
      Self.states.enumerated().map { AlertChange(rule: Self.slot, labels: Self.alert($0, $1).labels, alert: Self.alert($0, $1)) }
      + [AlertChange(rule: Self.slot, labels: ["x": "y"], alert: nil)]
    guard
      case .pass(let group, let time, let read) = try JournalRecord(
        JournalRecord.pass(Self.group, at: .minutes(7), changes).encoded())
    else {
      Issue.record("another kind")
      return
    }
    #expect(group == Self.group && time == .minutes(7))
    #expect(read.map(\.rule) == changes.map(\.rule))
    #expect(read.map(\.labels) == changes.map(\.labels))
    #expect(read.map(\.alert) == changes.map(\.alert))
  }

  @Test func `a record that is cut short or changed is refused or read, and never more`() throws {
    let changes = Self.states.enumerated().map {
      AlertChange(rule: Self.slot, labels: Self.alert($0, $1).labels, alert: Self.alert($0, $1))
    }
    let bytes = JournalRecord.pass(Self.group, at: .minutes(7), changes).encoded()
    var refused = 0
    for i in bytes.indices {
      do { _ = try JournalRecord(Array(bytes[..<i])) } catch { refused += 1 }
      for value in [0, 0x7f, 0x80, 0xff] as [UInt8] {
        var other = bytes
        other[i] = value
        _ = try? JournalRecord(other)
      }
    }
    // A record may end after any of its changes.
    #expect(refused == bytes.count - changes.count)
  }

  @Test func `what is noted is there after the journal is opened again, and does not grow without end`() throws {
    let folder = Scene.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var journal = try AlertJournal(directory: folder, sync: .kernel, segmentBytes: 64 << 10)
    var random = SeededRandom(1)
    var model: [LabelSet: ActiveAlert] = [:]
    for round in 0..<200 {
      var changes: [AlertChange] = []
      for _ in 0..<100 {
        let alert = Self.alert(Int.random(in: 0..<300, using: &random), Self.states.randomElement(using: &random)!)
        let isGone = Bool.random(using: &random)
        model[alert.labels] = isGone ? nil : alert
        changes.append(AlertChange(rule: Self.slot, labels: alert.labels, alert: isGone ? nil : alert))
      }
      try journal.note(Self.group, at: .minutes(Int64(round)), changes)
      guard round % 50 == 49 else { continue }
      journal.close()
      journal = try AlertJournal(directory: folder, sync: .kernel, segmentBytes: 64 << 10)
      let known = try #require(journal.group(Self.group))
      #expect(known.lastPass == .minutes(Int64(round)))
      #expect(known.rules[Self.slot] == model)
    }
    journal.close()
    let sizes = try FileManager.default.contentsOfDirectory(atPath: folder).map {
      try FileManager.default.attributesOfItem(atPath: folder + "/" + $0)[.size] as? Int ?? 0
    }
    // 20,000 changes are more than 1 MB, everything that is known less than 20 kB.
    #expect(sizes.reduce(0, +) < 256 << 10)
  }

  @Test func `a snapshot that was cut short does not count, and what follows it does`() throws {
    let folder = Scene.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let change = AlertChange(rule: Self.slot, labels: Self.alert(1, Self.states[0]).labels, alert: Self.alert(1, Self.states[0]))
    let other = AlertChange(rule: Self.slot, labels: Self.alert(2, Self.states[1]).labels, alert: Self.alert(2, Self.states[1]))
    let log = try DurableLog(directory: folder)
    _ = try log.append([
      JournalRecord.pass(Self.group, at: .minutes(1), [change]).encoded(), JournalRecord.snapshotBegin.encoded(),
      JournalRecord.pass(GroupID(file: "f", name: "half"), at: .minutes(1), []).encoded(),
    ])
    log.close()
    var journal = try AlertJournal(directory: folder, sync: .kernel)
    #expect(journal.group(GroupID(file: "f", name: "half")) == nil)
    try journal.note(Self.group, at: .minutes(2), [other])
    journal.close()
    journal = try AlertJournal(directory: folder, sync: .kernel)
    #expect(journal.group(Self.group)?.rules[Self.slot]?.count == 2)
    journal.close()
  }

  @Test func `a log of something else is refused with its place`() throws {
    let folder = Scene.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let log = try DurableLog(directory: folder)
    _ = try log.append([[9, 9]])
    log.close()
    let error = #expect(throws: LogError.self) { try AlertJournal(directory: folder, sync: .kernel) }
    #expect(
      "\(try #require(error))".contains("none of alerts: expected a record of kind 1, 2 or 3 at its byte 0; move the folder away"))
  }

  @Test func `a folder that is in use is an error of the rules`() throws {
    let scene = try Scene.durable()
    #expect { try Scene(scene.configuration) } throws: { error in
      if case .journal(.inUse)? = error as? RulesError { true } else { false }
    }
  }
}

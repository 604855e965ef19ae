import Orchestration
import SeriesModel

/// A run as the lists know it.
struct RowKey: Hashable, Comparable, Sendable {
  var orchestrator: String
  var kind: RunUpdate.Kind
  var run: RunKey

  static func < (a: RowKey, b: RowKey) -> Bool {
    (a.orchestrator, a.kind.rawValue, a.run) < (b.orchestrator, b.kind.rawValue, b.run)
  }
}

/// Updates of rows that the database has not taken yet, one a run, and the rows' numbers.
///
/// Rows are numbered in order of first sight, here and not by the database, so that the database is written in that order and never has to look for a
/// run. The number of a run that ended is kept for a while only; what comes still later changes no row.
struct RunOutbox: Sendable {
  struct Row: Equatable, Sendable {
    var orchestrator: String
    var update: RunUpdate

    var key: RowKey { RowKey(orchestrator: orchestrator, kind: update.kind, run: update.run) }
  }

  private(set) var rows: [Int64: Row] = [:]
  private(set) var dropped = 0
  let limit: Int
  private var open: [RowKey: Int64] = [:]
  private var ended: [RowKey: Int64] = [:]
  private var endedBefore: [RowKey: Int64] = [:]
  private var next: Int64 = 1

  private static let endedKept = 2000

  init(limit: Int) { self.limit = limit }

  mutating func add(_ update: RunUpdate, of orchestrator: String) {
    let row = Row(orchestrator: orchestrator, update: update)
    guard let number = number(of: row) else { return }
    if rows[number]?.update.merge(update) != nil { return }
    guard rows.count < limit else {
      dropped += 1
      return
    }
    rows[number] = row
  }

  /// Everything, to be written; see ``putBack(_:)``.
  mutating func take() -> [Int64: Row] {
    defer { rows = [:] }
    return rows
  }

  /// What could not be written, under what came since.
  mutating func putBack(_ older: [Int64: Row]) {
    for (number, row) in older {
      var merged = row
      if let newer = rows[number] {
        merged.update.merge(newer.update)
      } else if rows.count >= limit {
        dropped += 1
        continue
      }
      rows[number] = merged
    }
  }

  /// Numbers that a database already has for runs nobody here knows are not given again.
  mutating func skipNumbers(through number: Int64) { next = max(next, number + 1) }

  /// The run's number; a new one for a run that is not open and has a state now, `nil` for one that ended long ago.
  ///
  /// Which numbers are given depends on the open runs alone: a start that replays events gives the same ones again.
  private mutating func number(of row: Row) -> Int64? {
    let key = row.key
    guard let state = row.update.state else { return open[key] ?? ended[key] ?? endedBefore[key] }
    let number = open[key] ?? next
    if number == next { next += 1 }
    switch state {
    case .active: open[key] = number
    case .ended:
      open[key] = nil
      if ended.count >= Self.endedKept {
        endedBefore = ended
        ended.removeAll(keepingCapacity: true)
      }
      ended[key] = number
    }
    return number
  }
}

// MARK: Checkpoints

extension RunOutbox {
  func encode(into out: inout ByteWriter) {
    out.signed(next)
    for numbers in [open, ended, endedBefore] { Self.encode(numbers, into: &out) }
    out.list(rows.sorted { $0.key < $1.key }) { out, entry in
      out.signed(entry.key)
      out.text(entry.value.orchestrator)
      entry.value.update.encode(into: &out)
    }
  }

  init(limit: Int, from reader: inout ByteReader) throws(CodingError) {
    self.init(limit: limit)
    next = try reader.signed()
    open = try Self.numbers(from: &reader)
    ended = try Self.numbers(from: &reader)
    endedBefore = try Self.numbers(from: &reader)
    for _ in 0..<(try reader.count()) {
      let number = try reader.signed()
      let orchestrator = try reader.text()
      rows[number] = Row(orchestrator: orchestrator, update: try RunUpdate(from: &reader))
    }
  }

  private static func encode(_ numbers: [RowKey: Int64], into out: inout ByteWriter) {
    out.list(numbers.sorted { $0.value < $1.value }) { out, entry in
      out.signed(entry.value)
      out.text(entry.key.orchestrator)
      out.byte(entry.key.kind.rawValue)
      out.text(entry.key.run.id)
      out.unsigned(UInt64(entry.key.run.attempt))
    }
  }

  private static func numbers(from reader: inout ByteReader) throws(CodingError) -> [RowKey: Int64] {
    var numbers: [RowKey: Int64] = [:]
    for _ in 0..<(try reader.count()) {
      let number = try reader.signed()
      let orchestrator = try reader.text()
      guard let kind = RunUpdate.Kind(rawValue: try reader.byte()) else {
        throw CodingError(expected: "a kind of run", offset: reader.offset - 1)
      }
      let id = try reader.text()
      let run = RunKey(id, attempt: UInt32(truncatingIfNeeded: try reader.unsigned()))
      numbers[RowKey(orchestrator: orchestrator, kind: kind, run: run)] = number
    }
    return numbers
  }
}

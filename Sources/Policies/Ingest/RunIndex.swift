import GRDB
import Orchestration
import SeriesModel

/// Finds runs by id and name without an index that has to be written all over the place.
///
/// Every 16,384 rows are a segment. Once a segment is behind the newest rows, hashes of its ids and names are written in one go, sorted, at the end of the
/// index; rows of later segments are looked through. A look-up asks one segment after another, newest first: about 5 µs each.
enum RunIndex {
  static let segmentRows: Int64 = 16_384

  static let schema = """
    CREATE TABLE run_index (segment INTEGER NOT NULL, hash INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (segment, hash, seq)) WITHOUT ROWID;
    CREATE TABLE run_index_end (id INTEGER PRIMARY KEY CHECK (id = 0), sealed INTEGER NOT NULL);
    INSERT INTO run_index_end VALUES (0, 0);

    """

  /// What a run is looked up by.
  enum Key {
    case run(String)
    case workflowRun(String)
    case name(String)

    var column: String {
      switch self {
      case .run: "run_id"
      case .workflowRun: "workflow_run_id"
      case .name: "name"
      }
    }

    var text: String {
      switch self {
      case .run(let text), .workflowRun(let text), .name(let text): text
      }
    }

    func hash(_ kind: RunUpdate.Kind) -> Int64 {
      let seed: UInt64 =
        switch self {
        case .run: 1
        case .workflowRun: 2
        case .name: 3
        }
      return Int64(bitPattern: StableHash.of(Array(text.utf8).span, seed: seed << 8 | UInt64(kind.rawValue)))
    }
  }

  /// Rows below this are in the index.
  static func sealed(_ db: Database) throws -> Int64 { try Int64.fetchOne(db, sql: "SELECT sealed FROM run_index_end") ?? 0 }

  /// Writes the segments that have come far enough behind.
  static func seal(_ db: Database) throws {
    var start = try sealed(db)
    let newest = try Int64.fetchOne(db, sql: "SELECT max(seq) FROM runs") ?? 0
    guard start + 2 * segmentRows <= newest else { return }
    while start + 2 * segmentRows <= newest {
      try sealSegment(db, from: start)
      start += segmentRows
    }
    try db.execute(sql: "UPDATE run_index_end SET sealed = ?", arguments: [start])
  }

  private static func sealSegment(_ db: Database, from start: Int64) throws {
    var entries: [(hash: Int64, seq: Int64)] = []
    let rows = try Row.fetchCursor(
      db, sql: "SELECT seq, kind, run_id, name, workflow_run_id FROM runs WHERE seq >= ? AND seq < ?",
      arguments: [start, start + segmentRows])
    while let row = try rows.next() {
      guard let kind = RunUpdate.Kind(rawValue: row["kind"]) else { continue }
      for key in keys(run: row["run_id"], name: row["name"], workflowRun: row["workflow_run_id"]) {
        entries.append((key.hash(kind), row["seq"]))
      }
    }
    let insert = try db.cachedStatement(sql: insertion)
    for entry in entries.sorted(by: <) { try insert.execute(arguments: [start / segmentRows, entry.hash, entry.seq]) }
  }

  /// An update of a row that is in the index already may have told a name.
  static func add(_ number: Int64, _ update: RunUpdate, _ db: Database) throws {
    let insert = try db.cachedStatement(sql: insertion)
    for key in keys(run: update.run.id, name: update.name, workflowRun: update.workflowRun) {
      try insert.execute(arguments: [number / segmentRows, key.hash(update.kind), number])
    }
  }

  private static let insertion = "INSERT OR IGNORE INTO run_index VALUES (?, ?, ?)"

  private static func keys(run: String, name: String?, workflowRun: String?) -> [Key] {
    [.run(run), name.map(Key.name), workflowRun.map(Key.workflowRun)].compactMap(\.self)
  }

  /// Forgets the segments that have no rows any more.
  static func forgetDeleted(_ db: Database) throws {
    let oldest = try Int64.fetchOne(db, sql: "SELECT min(seq) FROM runs") ?? sealed(db)
    try db.execute(sql: "DELETE FROM run_index WHERE segment < ?", arguments: [oldest / segmentRows])
  }

  /// Rows with this key, newest first.
  static func rows(
    _ db: Database, _ key: Key, kind: RunUpdate.Kind, state: String? = nil, before cursor: Int64? = nil, limit: Int
  ) throws -> [RunRow] {
    let (sealed, cursor) = (try sealed(db), cursor ?? .max)
    let filter = "runs.\(key.column) = ? AND runs.kind = ? AND \(state == nil ? "? IS NULL" : "runs.state = ?")"
    let matching: StatementArguments = [key.text, Int(kind.rawValue), state]
    var found = try Row.fetchAll(
      db, sql: "SELECT * FROM runs WHERE seq >= ? AND seq < ? AND \(filter) ORDER BY seq DESC LIMIT ?",
      arguments: [sealed, cursor] + matching + [limit]
    ).map(RunRow.init)
    let statement = try db.cachedStatement(
      sql: """
        SELECT runs.* FROM run_index JOIN runs ON runs.seq = run_index.seq
        WHERE segment = ? AND hash = ? AND run_index.seq < ? AND \(filter) ORDER BY run_index.seq DESC LIMIT ?
        """)
    let oldest = try Int64.fetchOne(db, sql: "SELECT min(seq) FROM runs") ?? sealed
    var segment = min(sealed, cursor) / segmentRows
    while segment >= oldest / segmentRows, found.count < limit {
      found += try Row.fetchAll(statement, arguments: [segment, key.hash(kind), cursor] + matching + [limit - found.count]).map(
        RunRow.init)
      segment -= 1
    }
    return found
  }
}

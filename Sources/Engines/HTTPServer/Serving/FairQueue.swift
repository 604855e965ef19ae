/// A bounded queue of work in lanes that take turns, so that a flood in one does not hold up the others; within a lane clients take turns, so that
/// who asks much waits for itself and not others for it.
struct FairQueue<Work> {
  /// What a lane may take of the whole.
  struct Bounds {
    /// Pieces of work that run at a time.
    var width: Int
    /// Pieces that wait, of which one client may hold half.
    var places: Int
  }

  private struct Line {
    var waiting: [String: ArraySlice<Work>] = [:]
    /// Clients with waiting work, next turn first.
    var turns: [String] = []
    var count = 0
    var running = 0
    var width = 1
  }

  let capacity: Int
  private var lines: [String: Line] = [:]
  /// Lanes with waiting work, next turn first.
  private var turns: [String] = []
  private(set) var count = 0

  init(capacity: Int) { self.capacity = capacity }

  /// `false`: the queue, the lane, or the client's half of it is full.
  mutating func push(_ work: Work, lane name: String, _ bounds: Bounds, client: String) -> Bool {
    var line = lines[name] ?? Line()
    let own = line.waiting[client]?.count ?? 0
    // What can run at once waits only until a worker has seen it.
    let free = max(0, bounds.width - line.running)
    guard count < capacity, line.count < bounds.places + free, own < max(1, (bounds.places + 1) / 2) + free else { return false }
    if own == 0 { line.turns.append(client) }
    line.waiting[client, default: []].append(work)
    line.count += 1
    line.width = bounds.width
    if line.count == 1 { turns.append(name) }
    lines[name] = line
    count += 1
    return true
  }

  /// The next piece of work that may run now. Tell ``finished(lane:)`` when it has.
  mutating func pop() -> (work: Work, lane: String)? {
    guard let turn = turns.firstIndex(where: { lines[$0]!.running < lines[$0]!.width }) else { return nil }
    let name = turns.remove(at: turn)
    let work = Self.popNext(&lines[name]!)
    lines[name]!.running += 1
    if lines[name]!.count > 0 { turns.append(name) }
    count -= 1
    return (work, name)
  }

  private static func popNext(_ line: inout Line) -> Work {
    let client = line.turns.removeFirst()
    let work = line.waiting[client]!.removeFirst()
    if line.waiting[client]!.isEmpty { line.waiting[client] = nil } else { line.turns.append(client) }
    line.count -= 1
    return work
  }

  mutating func finished(lane name: String) {
    lines[name]!.running -= 1
    dropIfIdle(name)
  }

  /// How much of a lane runs and how much waits.
  func load(of name: String) -> (running: Int, waiting: Int) {
    lines[name].map { ($0.running, $0.count) } ?? (0, 0)
  }

  /// All that waits, in no order.
  var waiting: [Work] { lines.values.flatMap { $0.waiting.values.flatMap { $0 } } }

  /// Takes waiting work out that will never run.
  mutating func remove(where isOver: (Work) -> Bool) -> [Work] {
    var removed: [Work] = []
    for name in Array(lines.keys) where lines[name]!.count > 0 {
      var line = lines[name]!
      for (client, work) in line.waiting {
        let over = work.filter(isOver)
        if over.isEmpty { continue }
        removed += over
        let rest = work.filter { !isOver($0) }
        line.count -= over.count
        line.waiting[client] = rest.isEmpty ? nil : rest[...]
        if rest.isEmpty { line.turns.removeAll { $0 == client } }
      }
      if line.count == 0 { turns.removeAll { $0 == name } }
      lines[name] = line
      dropIfIdle(name)
    }
    count -= removed.count
    return removed
  }

  private mutating func dropIfIdle(_ name: String) {
    if lines[name]!.running == 0, lines[name]!.count == 0 { lines[name] = nil }
  }
}

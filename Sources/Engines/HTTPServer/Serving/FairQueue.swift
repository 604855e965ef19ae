/// A bounded queue of work in lanes that take turns, so that a flood in one does not hold up the others. Within a lane the client with the least
/// work running has the next turn, so that who asks much waits for itself and not others for it.
struct FairQueue<Work> {
  /// What a lane may take of the whole.
  struct Bounds {
    /// Pieces of work that run at a time.
    var width: Int
    /// Pieces that wait, of which one client may hold half.
    var places: Int
  }

  fileprivate struct Line {
    var waiting: [String: ArraySlice<Work>] = [:]
    /// Clients with waiting work, next turn first.
    var turns: [String] = []
    var count = 0
    /// Work that runs, of each client and of all.
    var runningOf: [String: Int] = [:]
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
    let line = lines[name]
    let (waiting, own) = (line?.count ?? 0, line?.waiting[client]?.count ?? 0)
    // What can run at once waits only until a worker has seen it.
    let free = max(0, bounds.width - (line?.running ?? 0))
    guard count < capacity, waiting < bounds.places + free, own < max(1, (bounds.places + 1) / 2) + free else { return false }
    lines[name, default: Line()].add(work, of: client)
    lines[name]!.width = bounds.width
    if waiting == 0 { turns.append(name) }
    count += 1
    return true
  }

  /// The next piece of work that may run now. Tell ``finished(lane:client:)`` when it has.
  mutating func pop() -> (work: Work, lane: String, client: String)? {
    guard let turn = turns.firstIndex(where: { lines[$0]!.running < lines[$0]!.width }) else { return nil }
    let name = turns.remove(at: turn)
    let (work, client) = lines[name]!.takeNext()
    if lines[name]!.count > 0 { turns.append(name) }
    count -= 1
    return (work, name, client)
  }

  mutating func finished(lane name: String, client: String) {
    lines[name]!.finished(client)
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

extension FairQueue.Line {
  mutating func add(_ work: Work, of client: String) {
    if waiting[client] == nil { turns.append(client) }
    waiting[client, default: []].append(work)
    count += 1
  }

  mutating func takeNext() -> (Work, String) {
    // Of those with as little running the one whose turn is next.
    let turn = turns.indices.min { (runningOf[turns[$0]] ?? 0, $0) < (runningOf[turns[$1]] ?? 0, $1) }!
    let client = turns.remove(at: turn)
    let work = waiting[client]!.removeFirst()
    if waiting[client]!.isEmpty { waiting[client] = nil } else { turns.append(client) }
    count -= 1
    running += 1
    runningOf[client, default: 0] += 1
    return (work, client)
  }

  mutating func finished(_ client: String) {
    running -= 1
    runningOf[client]! -= 1
    if runningOf[client] == 0 { runningOf[client] = nil }
  }
}

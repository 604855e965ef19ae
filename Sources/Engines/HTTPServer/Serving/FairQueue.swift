/// A bounded queue of work in lanes that take turns, so that a flood in one does not hold up the others.
///
/// No lane may fill more than half of the places or have more than `width` pieces running at once.
struct FairQueue<Work> {
  private struct Lane {
    var waiting: ArraySlice<Work> = []
    var running = 0
  }

  let capacity: Int
  let width: Int
  private var lanes: [String: Lane] = [:]
  /// Lanes with waiting work, next turn first.
  private var turns: [String] = []
  private(set) var count = 0

  init(capacity: Int, width: Int) {
    self.capacity = capacity
    self.width = width
  }

  /// `false`: the queue, or the lane's half of it, is full.
  mutating func push(_ work: Work, lane name: String) -> Bool {
    let waiting = lanes[name]?.waiting.count ?? 0
    guard count < capacity, waiting < max(1, capacity / 2) else { return false }
    lanes[name, default: Lane()].waiting.append(work)
    if waiting == 0 { turns.append(name) }
    count += 1
    return true
  }

  /// The next piece of work that may run now. Tell ``finished(lane:)`` when it has.
  mutating func pop() -> (work: Work, lane: String)? {
    guard let turn = turns.firstIndex(where: { lanes[$0]!.running < width }) else { return nil }
    let name = turns.remove(at: turn)
    let work = lanes[name]!.waiting.removeFirst()
    lanes[name]!.running += 1
    if !lanes[name]!.waiting.isEmpty { turns.append(name) }
    count -= 1
    return (work, name)
  }

  mutating func finished(lane name: String) {
    lanes[name]!.running -= 1
    if lanes[name]!.running == 0, lanes[name]!.waiting.isEmpty { lanes[name] = nil }
  }
}

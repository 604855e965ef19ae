import Testing

@testable import HTTPServer

@Suite struct FairQueueTests {
  private typealias Bounds = FairQueue<Int>.Bounds

  private func drain(_ queue: inout FairQueue<Int>) -> [Int] {
    var order: [Int] = []
    while let next = queue.pop() { order.append(next.work) }
    return order
  }

  @Test func `lanes take turns`() {
    var queue = FairQueue<Int>(capacity: 20)
    let bounds = Bounds(width: 9, places: 10)
    for i in 0..<5 { _ = queue.push(i, lane: "a", bounds, client: "x") }
    for i in 10..<12 { _ = queue.push(i, lane: "b", bounds, client: "x") }
    #expect(drain(&queue) == [0, 10, 1, 11, 2, 3, 4])
  }

  @Test func `within a lane clients take turns, however much one asks`() {
    var queue = FairQueue<Int>(capacity: 20)
    let bounds = Bounds(width: 9, places: 20)
    for i in 0..<4 { _ = queue.push(i, lane: "a", bounds, client: "greedy") }
    for i in 10..<12 { _ = queue.push(i, lane: "a", bounds, client: "modest") }
    _ = queue.push(20, lane: "a", bounds, client: "third")
    #expect(drain(&queue) == [0, 10, 20, 1, 11, 2, 3])
  }

  @Test func `who has less running has the next turn`() {
    var queue = FairQueue<Int>(capacity: 20)
    let bounds = Bounds(width: 3, places: 20)
    for i in 0..<6 { _ = queue.push(i, lane: "a", bounds, client: "greedy") }
    #expect(drain(&queue) == [0, 1, 2])
    for i in 10..<12 { _ = queue.push(i, lane: "a", bounds, client: "modest") }
    queue.finished(lane: "a", client: "greedy")
    queue.finished(lane: "a", client: "greedy")
    // Greedy was first in the line, and has one running.
    #expect(drain(&queue) == [10, 3])
  }

  @Test func `a lane is held to its width while others go on`() {
    var queue = FairQueue<Int>(capacity: 20)
    let bounds = Bounds(width: 2, places: 10)
    for i in 0..<4 { _ = queue.push(i, lane: "a", bounds, client: "x") }
    var popped = (0..<3).map { _ in queue.pop()?.work }
    #expect(popped == [0, 1, nil])
    #expect(queue.load(of: "a") == (running: 2, waiting: 2))
    _ = queue.push(10, lane: "b", bounds, client: "x")
    popped = [queue.pop()?.work]
    queue.finished(lane: "a", client: "x")
    popped.append(queue.pop()?.work)
    #expect(popped == [10, 2])
  }

  @Test func `a client fills half of its lane, a lane its places, all lanes the whole`() {
    var queue = FairQueue<Int>(capacity: 9)
    let bounds = Bounds(width: 1, places: 6)
    let asked = [("a", "x", 10), ("a", "y", 2), ("a", "z", 5), ("b", "x", 2), ("b", "y", 5)]
    // One piece of each lane can run at once.
    let accepted = asked.map { lane, client, count in (0..<count).count { queue.push($0, lane: lane, bounds, client: client) } }
    #expect(accepted == [4, 2, 1, 2, 0])
    #expect(queue.count == 9)
  }

  @Test func `without places work comes in that can run at once`() {
    var queue = FairQueue<Int>(capacity: 9)
    let bounds = Bounds(width: 1, places: 0)
    var accepted = [queue.push(1, lane: "a", bounds, client: "x"), queue.push(2, lane: "a", bounds, client: "x")]
    #expect(drain(&queue) == [1])
    accepted.append(queue.push(3, lane: "a", bounds, client: "x"))
    queue.finished(lane: "a", client: "x")
    accepted.append(queue.push(4, lane: "a", bounds, client: "x"))
    #expect(accepted == [true, false, false, true])
  }

  @Test func `work that is over goes out and leaves the turns of the rest`() {
    var queue = FairQueue<Int>(capacity: 20)
    let bounds = Bounds(width: 9, places: 20)
    for (client, work) in [("x", [1, 2, 3]), ("y", [11]), ("z", [21, 22])] {
      for piece in work { _ = queue.push(piece, lane: "a", bounds, client: client) }
    }
    _ = queue.push(31, lane: "b", bounds, client: "x")
    let removed = queue.remove { [1, 11, 31].contains($0) }
    #expect(Set(removed) == [1, 11, 31])
    #expect(queue.count == 4)
    #expect(drain(&queue) == [2, 21, 3, 22])
    for client in ["x", "z", "x", "z"] { queue.finished(lane: "a", client: client) }
    #expect(queue.load(of: "a") == (running: 0, waiting: 0))
  }
}

import Testing

@testable import HTTPServer

@Suite struct FairQueueTests {
  @Test func `lanes take turns`() {
    var queue = FairQueue<Int>(capacity: 20, width: 9)
    for i in 0..<5 { _ = queue.push(i, lane: "a") }
    for i in 10..<12 { _ = queue.push(i, lane: "b") }
    var order: [Int] = []
    while let next = queue.pop() { order.append(next.work) }
    #expect(order == [0, 10, 1, 11, 2, 3, 4])
  }

  @Test func `a lane is held to its width while others go on`() {
    var queue = FairQueue<Int>(capacity: 20, width: 2)
    for i in 0..<4 { _ = queue.push(i, lane: "a") }
    var popped = (0..<3).map { _ in queue.pop()?.work }
    #expect(popped == [0, 1, nil])
    _ = queue.push(10, lane: "b")
    popped = [queue.pop()?.work]
    queue.finished(lane: "a")
    popped.append(queue.pop()?.work)
    #expect(popped == [10, 2])
  }

  @Test func `a flood fills half of the places, all lanes together the whole`() {
    var queue = FairQueue<Int>(capacity: 6, width: 2)
    let accepted = [("a", 10), ("b", 2), ("c", 3)].map { lane, count in (0..<count).count { queue.push($0, lane: lane) } }
    #expect(accepted == [3, 2, 1])
    #expect(queue.count == 6)
  }
}

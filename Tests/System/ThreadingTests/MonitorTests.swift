import Glibc
import Testing

@testable import Threading

@Suite struct MonitorTests {
  @Test func `threads take turns at a value`() {
    let (lock, shared, monitor) = (BlockingLock(0), SharedLock(0), Monitor(0))
    let threads = (0..<4).map { number in
      WorkThread("counter-\(number)") {
        for _ in 0..<5000 {
          lock.withLock { $0 += 1 }
          shared.write { $0 += 1 }
          monitor.withLock { $0 += 1 }
        }
      }
    }
    for thread in threads { thread!.join() }
    #expect(lock.withLock { $0 } == 20_000)
    #expect(shared.read { $0 } == 20_000)
    #expect(monitor.withLock { $0 } == 20_000)
  }

  @Test func `what is thrown comes through, and the lock is free again`() {
    struct Refusal: Error, Equatable { var why: Int }
    let (lock, monitor) = (BlockingLock(1), Monitor(2))
    #expect(throws: Refusal(why: 1)) { try lock.withLock { (value) throws(Refusal) in throw Refusal(why: value) } }
    #expect(throws: Refusal(why: 2)) { try monitor.withLock { (value) throws(Refusal) in throw Refusal(why: value) } }
    #expect(lock.withLock { $0 } + monitor.withLock { $0 } == 3)
  }

  @Test func `readers are not in each other's way`() {
    let (value, inside) = (SharedLock("text"), Monitor(0))
    let readers = (0..<3).map { number in
      WorkThread("reader-\(number)") {
        // Each leaves only when all are in.
        value.read { _ in
          inside.change { $0 += 1 }
          inside.wait { $0 == 3 ? () : nil }
        }
      }
    }
    for reader in readers { reader!.join() }
    #expect(inside.withLock { $0 } == 3)
  }

  @Test func `who waits is woken by a change, and by the end of its time`() {
    let monitor = Monitor(0)
    let thread = WorkThread("changer") { for i in 1...3 { monitor.change { $0 = i } } }
    #expect(monitor.wait { $0 == 3 ? "three" : nil } == "three")
    thread!.join()
    #expect(monitor.wait(seconds: 0.01) { $0 == 4 ? "four" : nil } == nil)
    #expect(monitor.wait(seconds: -1) { $0 == 3 ? "at once" : nil } == "at once")
    var looks = 0
    #expect(
      monitor.watch { value -> Monitor<Int>.Wish<Int> in
        looks += 1
        return looks < 3 ? .wait(seconds: 0.001) : .done(value)
      } == 3)
    #expect(looks == 3)
  }

  @Test func `one who waits may be woken alone`() {
    let (tickets, taken) = (Monitor(0), Monitor(0))
    let threads = (0..<2).map { number in
      WorkThread("taker-\(number)") {
        tickets.wait { left -> Void? in
          if left == 0 { return nil }
          left -= 1
          return ()
        }
        taken.change { $0 += 1 }
      }
    }
    for count in 1...2 {
      tickets.withLock { $0 += 1 }
      tickets.notifyOne()
      #expect(taken.wait(seconds: 5) { $0 == count ? true : nil } == true)
    }
    for thread in threads { thread!.join() }
  }
}

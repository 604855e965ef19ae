import Foundation
import Testing

@testable import Threading

@Suite struct ThreadTests {
  @Test func `a thread has its name, cut to what the system takes`() {
    let name = Monitor<String?>(nil)
    let thread = WorkThread("a-name-of-20-letters") {
      let text = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
      name.change { $0 = text?.trimmingCharacters(in: .newlines) }
    }
    thread!.join()
    #expect(name.withLock { $0 } == "a-name-of-20-le")
  }

  @Test func `a thread that nobody holds runs to its end`() {
    let hasEnded = Monitor(false)
    _ = WorkThread("alone") { hasEnded.change { $0 = true } }
    #expect(hasEnded.wait(seconds: 5) { $0 ? true : nil } == true)
  }

  @Test func `a pump is run when it is due and when it is woken, and not after its end`() {
    let turns = Monitor(0)
    // Two turns close to each other, then none for an hour.
    let pump = PumpThread("pump") {
      turns.change {
        $0 += 1; return $0 < 3 ? 0.001 : 3600
      }
    }
    #expect(pump.start())
    #expect(turns.wait(seconds: 5) { $0 == 3 ? true : nil } == true)
    pump.wake()
    #expect(turns.wait(seconds: 5) { $0 == 4 ? true : nil } == true)
    pump.stop()
    pump.wake()
    #expect(turns.wait(seconds: 0.02) { $0 > 4 ? true : nil } == nil)
  }

  @Test func `a pump that is woken in its turn takes another`() {
    let turns = Monitor(0)
    let woken = BlockingLock<PumpThread?>(nil)
    let pump = PumpThread("pump") {
      let turn = turns.change {
        $0 += 1; return $0
      }
      if turn == 1 { woken.withLock { $0!.wake() } }
      return 3600
    }
    woken.withLock { $0 = pump }
    #expect(pump.start())
    #expect(turns.wait(seconds: 5) { $0 == 2 ? true : nil } == true)
    pump.stop()
    woken.withLock { $0 = nil }
  }

  @Test func `a pump ends after the turn under way, and one that never began has none`() {
    let (hasBegun, mayEnd, hasEnded) = (Monitor(false), Monitor(false), Monitor(false))
    let pump = PumpThread("pump") {
      hasBegun.change { $0 = true }
      mayEnd.wait { $0 ? () : nil }
      hasEnded.change { $0 = true }
      return 0
    }
    #expect(pump.start())
    hasBegun.wait { $0 ? () : nil }
    let stopper = WorkThread("stopper") { pump.stop() }
    mayEnd.change { $0 = true }
    stopper!.join()
    #expect(hasEnded.withLock { $0 })
    PumpThread("never") { 0 }.stop()
  }
}

import SeriesModel
import Testing

@testable import Simulation

@Suite struct SimulationConsoleTests {
  @Test func `orders are obeyed`() throws {
    let bench = DriverBench()
    let console = SimulationConsole(bench.driver)
    bench.live(.seconds(4))
    #expect(console.answer("  pause\r") == "pausing; 'status' says when it is at rest")
    bench.live(.seconds(1))
    let before = bench.daemon.calls.count
    bench.live(.seconds(10))
    #expect(bench.daemon.calls.count == before)
    #expect(console.answer("status")?.hasPrefix("at rest: ") == true)
    #expect(console.answer("resume") == "resumed")
    #expect(console.answer("scenario queue-overload")?.hasPrefix("queue-overload: one queue gets more") == true)
    bench.live(.seconds(10))
    #expect(bench.daemon.calls.count > before + 5)
    #expect(try EventStream.read(bench.daemon.everything).contains { $0.text("reason") == "queue_full" })
    let accepted = bench.driver.progress.accepted
    #expect(console.answer("status")?.hasPrefix("running: \(accepted) events accepted, 0 duplicates, 0 refused; ") == true)
  }

  @Test(arguments: [
    ("", nil),
    (" \t", nil),
    ("stop", "expected pause, resume, scenario NAME, status or help, found 'stop'"),
    ("pause now", "expected pause, resume, scenario NAME, status or help, found 'pause now'"),
    ("scenario", "expected 'scenario NAME', with one of steady, queue-overload, failing-workflow, approval-jam"),
    ("scenario calm\u{1b}", "expected one of steady, queue-overload, failing-workflow, approval-jam, found 'calm '"),
  ])
  func `what is no order changes nothing`(_ line: String, _ answer: String?) {
    let bench = DriverBench()
    #expect(SimulationConsole(bench.driver).answer(line) == answer)
    bench.live(.seconds(5))
    #expect(SimulationDriverTests.isBeginning(bench.daemon.everything, .seconds(5)))
    #expect(bench.daemon.calls.count >= 3)
  }

  @Test func `what went wrong is part of the status`() {
    let bench = DriverBench([.status(503), .status(503)])
    bench.live(.seconds(3))
    let status = SimulationConsole(bench.driver).answer("status")
    #expect(
      status == "running: 0 events accepted, 0 duplicates, 0 refused; 2 requests, 2 sent again; the daemon answered 503: busy")
  }

  @Test func `a clock shows a history, then the time`() {
    let next = ManualTime(EventStream.start)
    let clock = HistoryTime(then: next)
    #expect(clock.now() == EventStream.start)
    clock.set(EventStream.start - .hours(24))
    next.advance(by: .seconds(5))
    #expect(clock.now() == EventStream.start - .hours(24))
    #expect(clock.monotonic() == next.monotonic())
    clock.end()
    #expect(clock.now() == EventStream.start + .seconds(5))
  }
}

import Foundation
import SeriesModel
import Synchronization
import Testing

@testable import Rules

/// Times of the grid and who runs at them.
struct GridTests {
  struct Case: Sendable {
    var interval: Int64
    var phase: Int64
    var now: Int64
    var expected: Int64
  }

  @Test(arguments: [
    Case(interval: 60, phase: 0, now: 120, expected: 120), Case(interval: 60, phase: 0, now: 179, expected: 120),
    Case(interval: 60, phase: 7, now: 120, expected: 67), Case(interval: 60, phase: 7, now: 127, expected: 127),
    Case(interval: 60, phase: 0, now: -1, expected: -60),
  ])
  func `the newest time of the grid`(_ one: Case) {
    let place = GridPlace(interval: .seconds(one.interval), phase: .seconds(one.phase), order: 0)
    #expect(place.time(at: Timestamp(milliseconds: one.now * 1000)) == Timestamp(milliseconds: one.expected * 1000))
  }

  /// Measured at a Prometheus 3.5.
  @Test(arguments: [("g", 10, 363), ("backpressure", 10, 5104), ("slow one", 7, 4403)] as [(String, Int64, Int64)])
  func `groups stand where Prometheus has them, when asked to`(_ name: String, _ seconds: Int64, _ expected: Int64) throws {
    let group = GroupID(file: "/tmp/r.yml", name: name)
    #expect(GroupPhase.prometheus.offset(of: group, .seconds(seconds)) == .milliseconds(expected))
    #expect(GroupPhase.interval.offset(of: group, .seconds(seconds)) == .zero)
  }

  @Test func `a group of its own phase is evaluated at its times`() throws {
    let scene = try Scene(RulesConfiguration(phase: .prometheus))
    try scene.load("groups: [{name: g, rules: [{record: a, expr: vector(1)}]}]")
    let offset = GroupPhase.prometheus.offset(of: GroupID(file: "rules.yml", name: "g"), .minutes(1))
    #expect(offset.milliseconds % 1000 != 0)
    try scene.run(to: 3)
    let times = scene.events.all.withLock { $0.compactMap { if case .passed(let report) = $0 { report.time } else { nil } } }
    #expect(times == [.minutes(0) + offset, .minutes(1) + offset, .minutes(2) + offset])
  }

  /// Random tasks, times and delays: each time of the grid is run or missed, once, in order, and never before its own or a lower
  /// order's time.
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func `every time of the grid runs once or is missed`(seed: UInt64) {
    var random = SeededRandom(seed)
    var schedule = GridSchedule()
    var places: [String: GridPlace] = [:]
    for i in 0..<6 {
      let interval = PromDuration.seconds([1, 2, 3, 5].randomElement(using: &random)!)
      places["\(i)"] = GridPlace(interval: interval, phase: .milliseconds(Int64.random(in: 0..<1000, using: &random)), order: i % 2)
    }
    var now = Timestamp(milliseconds: 10_000)
    schedule.set(places.map { ($0.key, $0.value) }, of: "all", at: now)
    var last = places.mapValues { $0.time(at: now) }
    var running: [String: GridTick] = [:]
    for _ in 0..<3000 {
      switch Int.random(in: 0..<4, using: &random) {
      case 0: now = now + .milliseconds(Int64.random(in: 1...1500, using: &random))
      case 1:
        guard let id = running.keys.sorted().randomElement(using: &random) else { continue }
        running[id] = nil
        schedule.finished(id)
      default:
        guard let (id, tick) = schedule.take(at: now), let place = places[id], let before = last[id] else {
          if running.isEmpty, let next = schedule.next(after: now) {
            #expect(next > now, "seed \(seed): nothing to take, but something is due at \(next)")
            now = next
          }
          continue
        }
        #expect(running[id] == nil, "seed \(seed): \(id) runs twice")
        #expect(tick.time == place.time(at: now) && tick.time > before, "seed \(seed)")
        #expect((tick.time - before).milliseconds == Int64(1 + tick.missed) * place.interval.milliseconds, "seed \(seed)")
        for (other, at) in running where places[other]!.order < place.order { #expect(at.time > tick.time, "seed \(seed)") }
        for (other, below) in places where below.order < place.order && running[other] == nil {
          #expect(below.time(at: now) <= last[other]! || below.time(at: now) > tick.time, "seed \(seed): \(other) was to be first")
        }
        last[id] = tick.time
        running[id] = tick
      }
      #expect(schedule.isIdle == running.isEmpty)
    }
  }

  @Test func `what is sampled comes before rules of the same time, on a manual clock as on threads`() throws {
    let time = ManualTime(.minutes(1))
    let runner = GridRunner(time: time)
    let order = Mutex<[String]>([])
    func task(_ name: String, _ rank: Int, _ interval: Int64) -> GridTask {
      GridTask(id: name, place: GridPlace(interval: .seconds(interval), order: rank)) { tick in
        order.withLock { $0.append("\(name)@\(tick.time.milliseconds / 1000)") }
      }
    }
    runner.set([task("rules", 1, 30)], of: "rules")
    runner.set([task("sampler", 0, 15)], of: "sampler")
    #expect(runner.run(through: time.monotonic()) == Instant(nanoseconds: 75 * 1_000_000_000))
    for _ in 0..<4 {
      time.advance(by: .seconds(15))
      _ = runner.run(through: time.monotonic())
    }
    #expect(order.withLock { $0 } == ["sampler@75", "sampler@90", "rules@90", "sampler@105", "sampler@120", "rules@120"])
  }

  @Test(.timeLimit(.minutes(1))) func `threads run tasks beside each other, and stopping waits for them`() {
    let runner = GridRunner(time: SystemTime())
    let started = Atomic<Int>(0)
    let ended = Atomic<Int>(0)
    let both = Mutex(false)
    let tasks = (0..<2).map { i in
      GridTask(id: "\(i)", place: GridPlace(interval: .milliseconds(10), order: 0)) { _ in
        started.add(1, ordering: .sequentiallyConsistent)
        // Each waits until the other runs, too.
        while started.load(ordering: .sequentiallyConsistent) < 2 { _ = usleep(500) }
        both.withLock { $0 = true }
        ended.add(1, ordering: .sequentiallyConsistent)
      }
    }
    runner.set(tasks, of: "test")
    runner.start(threads: 2)
    while !both.withLock({ $0 }) { _ = usleep(500) }
    runner.stop()
    let count = started.load(ordering: .sequentiallyConsistent)
    #expect(count == ended.load(ordering: .sequentiallyConsistent) && count >= 2)
    _ = usleep(30_000)
    #expect(started.load(ordering: .sequentiallyConsistent) == count)
  }

  @Test func `a task that was replaced while it ran is not run again for its time`() {
    var schedule = GridSchedule()
    let place = GridPlace(interval: .minutes(1), order: 0)
    schedule.set([("a", place)], of: "x", at: .minutes(0))
    #expect(schedule.take(at: .minutes(1))?.tick == GridTick(time: .minutes(1)))
    schedule.set([("a", GridPlace(interval: .seconds(30), order: 0))], of: "x", at: .minutes(1))
    #expect(schedule.take(at: .minutes(1)) == nil)
    schedule.finished("a")
    #expect(schedule.take(at: .minutes(1)) == nil)
    #expect(schedule.next(after: .minutes(1)) == Timestamp(milliseconds: 90_000))
    schedule.set([], of: "x", at: .minutes(1))
    #expect(schedule.next(after: .minutes(1)) == nil)
  }
}

import Catalogue
import DurableLog
import Foundation
import Orchestration
import SeriesModel
import Testing

@testable import Ingest

/// What was acknowledged is counted exactly once, wherever the process ends.
struct CrashTests {
  /// A stream with everything in it, in requests of some events each.
  static func stream(_ seed: UInt64, requests: Int = 12) -> [[String]] {
    var state = seed
    func random(_ n: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % n)
    }
    return (0..<requests).map { i in
      (0..<8).map { j in
        let run = "r\(random(20))"
        switch random(7) {
        case 0:
          return EventText.event(
            "workflow.run.started", id: "s\(i)-\(j)", at: Double(i),
            #"{"run_id":"\#(run)","workflow":"w\#(random(3))","trigger":"t"}"#)
        case 1:
          return EventText.event("workflow.run.completed", id: "c\(i)-\(j)", at: Double(i), #"{"run_id":"\#(run)","cost_usd":0.1}"#)
        case 2:
          return EventText.event(
            "workflow.run.failed", id: "f\(i)-\(j)", at: Double(i),
            #"{"run_id":"\#(run)","workflow":"w","trigger":"t","duration_seconds":0.3}"#)
        case 3:
          return EventText.event(
            "workflow.run.waiting_approval", id: "w\(i)-\(j)", at: Double(i), #"{"run_id":"\#(run)","workflow":"w1"}"#)
        case 4:
          return EventText.event(
            "queue.enqueued", id: "q\(i)-\(j)", at: Double(random(12)), #"{"queue":"q","count":\#(random(9))}"#)
        case 5:
          return EventText.event(
            "queue.sampled", id: "p\(i)-\(j)", at: Double(random(12)), #"{"queue":"q","depth":\#(random(90))}"#)
        default: return EventText.event("task.completed", id: "t\(i)-\(j)", at: Double(i), #"{"duration_seconds":0.1}"#)
        }
      }
    }
  }

  @Test(arguments: 0..<10 as Range<UInt64>) func `a process that dies again and again counts as one that lives`(seed: UInt64) throws
  {
    let (steady, dying) = (try EventBench(), try EventBench { $0.log.segmentBytes = 2000 })
    for (i, request) in Self.stream(seed).enumerated() {
      for bench in [steady, dying] {
        bench.send(request)
        bench.pump(after: .minutes(2))
      }
      let before = dying.totals()
      switch (UInt64(i) + seed) % 3 {
      case 0: try dying.crash()
      case 1: try dying.restart()
      default: break
      }
      #expect(dying.totals() == before, "seed \(seed), request \(i)")
      // What was sent before the end comes again.
      #expect(dying.send(request).text.contains(#""accepted":0"#), "seed \(seed), request \(i)")
    }
    #expect(dying.totals() == steady.totals(), "seed \(seed)")
  }

  @Test func `events that were logged and not yet counted are counted after the start`() throws {
    let bench = try EventBench()
    bench.send([EventText.task(1)])
    var decoded: DecodedEvent?
    try bench.crash { directory in
      let log = try DurableLog(directory: directory + "/events")
      let text = Array(EventText.task(2).utf8)
      let padded = text + [UInt8](repeating: 0, count: EventReader.padding)
      decoded = try EventDecoder(limits: IngestLimits()).decode(padded, 0..<text.count, index: 0, now: bench.time.now()).get()
      let entry = EventRecord.Entry(source: decoded!.source, orchestrator: "default", event: decoded!.event)
      _ = try log.append([EventRecord.encode([entry], receivedAt: bench.time.now())])
    }
    #expect(bench.registry.value(Families.tasksProcessedTotal, ["status": "success", "orchestrator": "default"]) == 2)
    #expect(bench.send([EventText.task(2)]).text.contains(#""duplicates":1"#))
  }

  @Test(arguments: 1..<40) func `a write that was torn is as if it had never been`(cut: Int) throws {
    let bench = try EventBench()
    bench.send([EventText.task(1)])
    let whole = bench.totals()
    bench.send([EventText.task(2), EventText.started("r")])
    try bench.crash { _ in
      let file = FileHandle(forUpdatingAtPath: bench.logFile)!
      let end = try file.seekToEnd()
      try file.truncate(atOffset: end - UInt64(cut))
      try file.close()
    }
    #expect(bench.totals()["\(Self.tasks)"] == whole["\(Self.tasks)"])
    #expect(bench.send([EventText.task(2), EventText.started("r")]).text.contains(#""accepted":2"#))
  }

  static let tasks = LabelSet([
    Label("__name__", "tasks_processed_total"), Label("status", "success"), Label("orchestrator", "default"),
  ])

  @Test func `a checkpoint that was half written is passed over`() throws {
    let bench = try EventBench()
    bench.send([EventText.task(1)])
    bench.pump(after: .seconds(60))
    bench.send([EventText.task(2)])
    try bench.crash { directory in try Data("half".utf8).write(to: URL(fileURLWithPath: directory + "/checkpoint.new")) }
    #expect(bench.registry.value(Families.tasksProcessedTotal, ["status": "success", "orchestrator": "default"]) == 2)
  }

  @Test func `a log that lost its end with the power does not lose what comes after`() throws {
    let bench = try EventBench()
    bench.send([EventText.task(1)])
    let short = try Data(contentsOf: URL(fileURLWithPath: bench.logFile))
    bench.send([EventText.task(2), EventText.task(3)])
    bench.pump(after: .seconds(60))
    try bench.crash { _ in try short.write(to: URL(fileURLWithPath: bench.logFile)) }
    #expect(bench.totals()["\(Self.tasks)"] == 3)
    bench.send([EventText.task(4)])
    try bench.crash()
    #expect(bench.totals()["\(Self.tasks)"] == 4)
    #expect(bench.send([EventText.task(4), EventText.task(1)]).text.contains(#""duplicates":2"#))
  }

  @Test func `a checkpoint that was changed is refused by name`() throws {
    let bench = try EventBench()
    bench.send([EventText.task(1)])
    bench.pump(after: .seconds(60))
    let path = bench.directory + "/checkpoint"
    #expect(throws: IngestError.checkpointDamaged(path: path, problem: "the checksum does not fit the contents")) {
      try bench.crash { _ in
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
      }
    }
  }

  @Test func `a log without the beginning needs its checkpoint`() throws {
    let bench = try EventBench {
      $0.log.segmentBytes = 1000
      $0.limits.window = .minutes(8)
    }
    for i in 0..<40 {
      bench.send([EventText.task(i, at: Double(60 * i))])
      bench.pump(after: .minutes(1))
    }
    #expect(throws: IngestError.checkpointMissing(path: bench.directory + "/checkpoint")) {
      try bench.crash { try FileManager.default.removeItem(atPath: $0 + "/checkpoint") }
    }
  }

  @Test func `the log keeps the window and no more`() throws {
    let bench = try EventBench {
      $0.log.segmentBytes = 1000
      $0.limits.window = .minutes(8)
    }
    var most = 0
    for i in 0..<200 {
      bench.send([EventText.task(i, at: Double(60 * i))])
      bench.pump(after: .minutes(1))
      most = max(most, try FileManager.default.contentsOfDirectory(atPath: bench.directory + "/events").count)
    }
    #expect(most < 8)
    let total = bench.totals()
    try bench.crash()
    #expect(bench.totals() == total)
    #expect(bench.send([EventText.task(195, at: 195 * 60)]).text.contains(#""duplicates":1"#))
    #expect(bench.send([EventText.task(3, at: 180)]).text.contains("too_old"))
  }

  @Test func `a restored checkpoint is the one that was written, bit by bit`() throws {
    let bench = try EventBench()
    for request in Self.stream(5) { bench.send(request) }
    bench.pump(after: .seconds(60))
    let path = bench.directory + "/checkpoint"
    let first = try Data(contentsOf: URL(fileURLWithPath: path))
    try bench.crash { try FileManager.default.copyItem(atPath: $0 + "/checkpoint", toPath: $0 + "/first") }
    var core = IngestCore(configuration: bench.ingest.configuration, registry: bench.registry)
    try core.restore(try CheckpointFile(path: bench.directory + "/first").read()!)
    try CheckpointFile(path: bench.directory + "/second").write(core.checkpoint())
    #expect(try Data(contentsOf: URL(fileURLWithPath: bench.directory + "/second")) == first)
  }
}

import Catalogue
import Dispatch
import SeriesModel
import Testing

@testable import Ingest

struct GroupTests {
  @Test func `requests from many threads are all counted, each once`() throws {
    let bench = try EventBench()
    Self.sendFromEightThreads(bench.ingest, bench.time.now())
    #expect(bench.registry.value(Families.tasksProcessedTotal, ["status": "success", "orchestrator": "default"]) == 200)
    #expect(
      bench.registry.value(Families.workflowsActive, ["workflow": "triage", "state": "running", "orchestrator": "default"]) == 400)
    let records = try #require(bench.registry.value(Families.tidemarkLogRecordsTotal, ["log": "events"]))
    #expect(records == 400)
    let totals = bench.totals()
    try bench.crash()
    #expect(bench.totals() == totals)
  }

  static func sendFromEightThreads(_ ingest: EventIngest, _ now: Timestamp) {
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for i in 0..<50 {
        // Each event comes from two threads.
        let body = EventText.task(thread / 2 * 1000 + i) + "\n" + EventText.started("\(thread)-\(i)")
        let answer = ingest.accept(body: Array(body.utf8), contentType: "application/x-ndjson", now: now)
        #expect(answer.status == 200)
      }
    }
  }

  @Test func `the pump says when it wants to be called`() throws {
    let bench = try EventBench()
    let now = bench.time.monotonic()
    let next = try #require(bench.ingest.run(through: now))
    #expect(next - now == 2)
    bench.ingest.shutdown()
    #expect(bench.ingest.run(through: now) == nil)
  }
}

struct WaitingTests {
  static func request(_ events: Int) throws -> EventRequest {
    let text = Array(EventText.task(1).utf8)
    let event = try EventDecoder(limits: IngestLimits()).decode(
      text + [UInt8](repeating: 0, count: EventReader.padding), 0..<text.count, index: 0, now: EventText.start
    ).get()
    return EventRequest(events: Array(repeating: event, count: events), refusals: [], receivedAt: EventText.start)
  }

  @Test func `requests wait up to the limit, and one always may`() throws {
    var waiting = WaitingRequests()
    let joined = try [50, 1].map { waiting.join(try Self.request($0), limit: 10) }
    #expect(joined == [true, false])
    #expect(waiting.take(limit: 100).count == 1)
    let again = try [4, 6, 1].map { waiting.join(try Self.request($0), limit: 10) }
    #expect(again == [true, true, false])
    let groups = [3, 4, 5].map { waiting.take(limit: $0).map(\.events.count) }
    #expect(groups == [[4], [6], []])
  }
}

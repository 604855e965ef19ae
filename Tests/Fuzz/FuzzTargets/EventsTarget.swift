import SeriesModel

@testable import Ingest

/// Bodies of `POST /api/events` in each of its forms; the events of a body go through the log's record and back.
enum EventsTarget: FuzzTarget {
  static let name = "events"
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)
  private static let limits = IngestLimits()
  private static let decoder = EventDecoder(limits: limits)

  static var seeds: [[UInt8]] {
    let events: [(String, String)] = [
      ("workflow.run.started", #"{"run_id":"r1","workflow":"triage","trigger":"cron"}"#),
      ("workflow.run.failed", #"{"run_id":"r1","attempt":2,"duration_seconds":1.5e3,"error_type":"timeout","cost_usd":0.25}"#),
      (
        "agent.run.started",
        #"{"run_id":"a","agent":"planner","type":"llm","started_at":"2026-09-21T14:13:20.5Z","tier":"t"}"#
      ),
      ("agent.run.completed", #"{"run_id":"a","input_tokens":12,"output_tokens":7,"model":"m","workflow_run_id":"r1"}"#),
      ("agents.sampled", #"{"tier":"t","active":3,"capacity":9,"memory_bytes":1e9}"#),
      ("queue.sampled", #"{"queue":"q","depth":4,"in_flight":1,"consumers":2,"oldest_message_age_seconds":0.5}"#),
      ("queue.dropped", #"{"queue":"q","count":3,"reason":"full","priority":"high"}"#),
      ("messages.observed", #"{"count":5,"bytes":100,"direction":"sent"}"#), ("task.completed", #"{"duration_seconds":0.25}"#),
    ]
    let lines = events.enumerated().map { i, event in
      #"{"specversion":"1.0","id":"\#(i)","source":"/hub","type":"tidemark.\#(event.0)","time":"2026-09-21T14:13:20Z","subject":"s","data":\#(event.1)}"#
    }
    return lines.map { Array($0.utf8) } + [
      Array(lines.joined(separator: "\n").utf8), Array(("[" + lines.joined(separator: ",") + "]").utf8),
    ]
  }

  static func run(_ bytes: [UInt8]) {
    let body = bytes + [UInt8](repeating: 0, count: EventReader.padding)
    for format in [EventFormat.single, .lines, .batch] {
      guard let ranges = try? BodySplitter(format: format, limits: limits).split(body, count: bytes.count) else { continue }
      law(ranges.count <= limits.batchEvents, "\(ranges.count) events")
      var entries: [EventRecord.Entry] = []
      for (index, range) in ranges.enumerated() {
        law(0 <= range.lowerBound && range.upperBound <= bytes.count, "an event at \(range) of \(bytes.count) bytes")
        switch decoder.decode(body, range, index: index, now: now) {
        case .success(let decoded): entries.append(.init(source: decoded.source, orchestrator: "o", event: decoded.event))
        case .failure(let refusal): law(refusal.index == index && !refusal.detail.isEmpty, "a refusal without a reason")
        }
      }
      if !entries.isEmpty { checkRecord(entries) }
    }
  }

  private static func checkRecord(_ entries: [EventRecord.Entry]) {
    let bytes = EventRecord.encode(entries, receivedAt: now)
    guard let read = try? EventRecord.decode(bytes) else { fatalError("a record of \(entries) is refused") }
    law(read.receivedAt == now && read.entries == entries, "a record of \(entries) reads back as \(read.entries)")
    var count = 0
    law((try? EventRecord.traces(bytes) { _ in count += 1 }) == now && count == entries.count, "\(count) traces of \(entries)")
  }
}

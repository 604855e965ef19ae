import SeriesModel
import Testing

@testable import Ingest

/// Every way in which a request or an item of it is refused.
struct RefusalTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var line: String
    var field: String?
    var reason: Refusal.Reason
    var testDescription: String { name }
  }

  static let data = #"{"run_id":"r","workflow":"w","trigger":"t"}"#
  static func raw(_ fields: String) -> String { "{\(fields)}" }
  static func started(_ data: String) -> String { EventText.event("workflow.run.started", id: "x", data) }

  static let cases: [Case] = [
    Case(name: "cut short", line: #"{"id":"x""#, field: nil, reason: .malformed),
    Case(name: "not an object", line: "[1]", field: nil, reason: .malformed),
    Case(name: "two values", line: "{} {}", field: nil, reason: .malformed),
    Case(name: "a number beyond doubles", line: raw(#""id":"x","extra":1e999"#), field: nil, reason: .malformed),
    Case(name: "a bad escape where nobody looks", line: raw(#""id":"x","extra":{"a":["\q"]}"#), field: nil, reason: .malformed),
    Case(name: "a lonely surrogate", line: raw(#""id":"\ud800""#), field: nil, reason: .malformed),
    Case(
      name: "too deep", line: raw(#""id":"x","extra":"# + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)),
      field: nil, reason: .tooDeep),
    Case(name: "too large", line: raw(#""id":"\#(String(repeating: "x", count: 300_000))""#), field: nil, reason: .tooLarge),
    Case(name: "a field twice", line: raw(#""id":"x","id":"y""#), field: "id", reason: .duplicateField),
    Case(
      name: "a field of the data twice", line: started(#"{"run_id":"r","run_id":"s"}"#), field: "data.run_id",
      reason: .duplicateField),
    Case(name: "no id", line: raw(#""source":"s""#), field: "id", reason: .missing),
    Case(name: "no source", line: raw(#""id":"x""#), field: "source", reason: .missing),
    Case(name: "no type", line: raw(#""id":"x","source":"s""#), field: "type", reason: .missing),
    Case(name: "no time", line: raw(#""id":"x","source":"s","type":"tidemark.task.completed""#), field: "time", reason: .missing),
    Case(
      name: "no data", line: raw(#""id":"x","source":"s","type":"tidemark.task.completed","time":"2026-09-21T14:13:20Z""#),
      field: "data", reason: .missing),
    Case(name: "data in base64", line: EventText.event("task.completed", id: "x", #""e30=""#), field: "data", reason: .wrongType),
    Case(name: "an id of another kind", line: raw(#""id":7"#), field: "id", reason: .wrongType),
    Case(name: "an empty id", line: raw(#""id":"""#), field: "id", reason: .badValue),
    Case(name: "a long id", line: raw(#""id":"\#(String(repeating: "x", count: 600))""#), field: "id", reason: .tooLong),
    Case(
      name: "another version", line: raw(#""specversion":"0.3","id":"x","source":"s""#), field: "specversion", reason: .badValue),
    Case(
      name: "data of another kind", line: raw(#""id":"x","source":"s","datacontenttype":"text/xml""#), field: "datacontenttype",
      reason: .badValue),
    Case(name: "an unknown type", line: EventText.event("workflow.run.paused", id: "x", data), field: "type", reason: .unknownType),
    Case(
      name: "a time that is none",
      line: raw(#""id":"x","source":"s","type":"tidemark.task.completed","time":"yesterday","data":{}"#), field: "time",
      reason: .badValue),
    Case(
      name: "the 31st of February",
      line: raw(#""id":"x","source":"s","type":"tidemark.task.completed","time":"2026-02-31T00:00:00Z","data":{}"#), field: "time",
      reason: .badValue),
    Case(name: "from the future", line: EventText.task(1, at: 301), field: "time", reason: .inFuture),
    Case(name: "too old", line: EventText.task(1, at: -3601), field: "time", reason: .tooOld),
    Case(name: "no run", line: started(#"{"workflow":"w","trigger":"t"}"#), field: "data.run_id", reason: .missing),
    Case(
      name: "a start without workflow", line: started(#"{"run_id":"r","trigger":"t"}"#), field: "data.workflow", reason: .missing),
    Case(
      name: "a start without trigger", line: started(#"{"run_id":"r","workflow":"w"}"#), field: "data.trigger", reason: .missing),
    Case(
      name: "a long label", line: started(#"{"run_id":"r","workflow":"\#(String(repeating: "w", count: 257))","trigger":"t"}"#),
      field: "data.workflow", reason: .tooLong),
    Case(
      name: "attempt zero", line: started(#"{"run_id":"r","workflow":"w","trigger":"t","attempt":0}"#), field: "data.attempt",
      reason: .badValue),
    Case(
      name: "half an attempt", line: started(#"{"run_id":"r","workflow":"w","trigger":"t","attempt":1.5}"#), field: "data.attempt",
      reason: .badValue),
    Case(
      name: "an agent of no known type",
      line: EventText.event("agent.run.started", id: "x", #"{"run_id":"r","agent":"a","type":"human"}"#), field: "data.type",
      reason: .badValue),
    Case(
      name: "less than nothing", line: EventText.event("task.completed", id: "x", #"{"duration_seconds":-1}"#),
      field: "data.duration_seconds", reason: .badValue),
    Case(
      name: "a number as a text", line: EventText.event("task.completed", id: "x", #"{"count":"3"}"#), field: "data.count",
      reason: .wrongType),
    Case(
      name: "a sample of nothing", line: EventText.event("queue.sampled", id: "x", #"{"queue":"q"}"#), field: "data.depth",
      reason: .missing),
    Case(
      name: "a sample of no agents", line: EventText.event("agents.sampled", id: "x", #"{"tier":"t"}"#), field: "data.active",
      reason: .missing),
    Case(
      name: "messages without a number", line: EventText.event("messages.observed", id: "x", "{}"), field: "data.count",
      reason: .missing),
    Case(
      name: "messages sideways", line: EventText.event("messages.observed", id: "x", #"{"count":1,"direction":"up"}"#),
      field: "data.direction", reason: .badValue),
  ]

  @Test(arguments: cases) func `a bad item is named while the good ones around it count`(item: Case) throws {
    let bench = try EventBench()
    let answer = bench.send([EventText.task(1), item.line, EventText.task(2)])
    #expect(answer.status == 200)
    let reason = item.reason.rawValue
    let field = item.field.map { "\"\($0)\"" } ?? "null"
    #expect(answer.text.hasPrefix(#"{"accepted":2,"duplicates":0,"rejected":[{"index":1,"id":"#), "\(answer.text)")
    #expect(answer.text.contains(#""field":\#(field),"reason":"\#(reason)","detail":""#), "\(answer.text.prefix(400))")
    #expect(bench.send([item.line]).status == 400)
  }

  @Test func `an id is told when it can be known`() throws {
    let bench = try EventBench()
    #expect(bench.send([EventText.event("nothing", id: "seven", "{}")]).text.contains(#""id":"seven""#))
    #expect(bench.send(["nonsense"]).text.contains(#""id":null"#))
  }

  @Test func `broken UTF-8 spoils its own line alone`() throws {
    let bench = try EventBench()
    let body =
      Array(EventText.task(1).utf8) + [0x0a] + Array(#"{"id":"x"#.utf8) + [0xc3, 0x28] + Array("\"}\n".utf8)
      + Array(EventText.task(2).utf8)
    let answer = bench.ingest.accept(body: body, contentType: "application/x-ndjson", now: bench.time.now())
    #expect(
      answer.text.hasPrefix(
        #"{"accepted":2,"duplicates":0,"rejected":[{"index":1,"id":null,"field":null,"reason":"malformed","detail":"expected UTF-8"}]"#
      ))
  }

  @Test func `a second end that differs is a conflict, one that agrees is a duplicate`() throws {
    let bench = try EventBench()
    bench.send([EventText.started("r"), EventText.completed("r")])
    let failed = EventText.event("workflow.run.failed", id: "other", at: 11, #"{"run_id":"r"}"#)
    let answer = bench.send([failed])
    #expect(answer.status == 400)
    #expect(
      answer.text.contains(
        #"{"index":0,"id":"other","field":"type","reason":"conflict","detail":"the run has already ended as success"}"#))
    #expect(
      bench.send([EventText.event("workflow.run.completed", id: "again", at: 12, #"{"run_id":"r"}"#)]).text.hasPrefix(
        #"{"accepted":0,"duplicates":1"#))
    // Refused events leave nothing behind.
    #expect(bench.send([failed]).text.contains("conflict"))
  }

  @Test func `two ends in one request conflict as two requests would`() throws {
    let bench = try EventBench()
    let failed = EventText.event("workflow.run.failed", id: "other", at: 11, #"{"run_id":"r"}"#)
    let answer = bench.send([EventText.started("r"), EventText.completed("r"), failed])
    #expect(answer.text.contains(#""accepted":2"#) && answer.text.contains("conflict"))
  }

  @Test func `starts beyond the limit of open runs are refused`() throws {
    let bench = try EventBench { $0.policy.openRunLimit = 2 }
    bench.send([EventText.started("a"), EventText.started("b")])
    #expect(bench.send([EventText.started("c")]).text.contains("too_many_open_runs"))
    bench.send([EventText.completed("a")])
    #expect(bench.send([EventText.started("c")]).status == 200)
  }

  @Test(arguments: [nil, "text/plain", "application/json", "application/x-ndjson; charset=latin1"])
  func `other content is refused with 415`(type: String?) throws {
    let answer = try EventBench().send(EventText.task(1), type)
    #expect(answer.status == 415)
    #expect(answer.text.hasPrefix(#"{"accepted":0,"duplicates":0,"rejected":[],"error":"unsupported_media_type","message":""#))
  }

  @Test func `too many bytes and too many events are refused with 413`() throws {
    let bench = try EventBench {
      $0.limits.bodyBytes = 1000
      $0.limits.batchEvents = 3
    }
    #expect(bench.send(String(repeating: " ", count: 1001), "application/x-ndjson").text.contains("body_bytes"))
    let answer = bench.send("{}\n{}\n{}\n{}", "application/x-ndjson")
    #expect(answer.status == 413 && answer.text.contains("batch_events"))
    #expect(bench.send("[{},{},{},{}]", "application/cloudevents-batch+json").status == 413)
  }

  @Test(arguments: [
    ("{}", 0), ("[{}", 3), ("[{},]", 4), ("[{}] x", 5), ("[", 1), ("", 0), ("[{\"a\":\"}]", 9), ("[{}}]", 3),
  ]) func `a batch that is not an array is refused with the place`(body: String, offset: Int) throws {
    let answer = try EventBench().send(body, "application/cloudevents-batch+json")
    #expect(answer.status == 400)
    #expect(answer.text.contains(#""error":"malformed""#) && answer.text.contains("at byte \(offset)\""), "\(answer.text)")
  }

  @Test func `one kind of request after another`() throws {
    let bench = try EventBench()
    let two = "[\(EventText.task(1)),\n \(EventText.task(2)) ]\n"
    #expect(
      bench.send(two, "application/cloudevents-batch+json; charset=UTF-8").text == #"{"accepted":2,"duplicates":0,"rejected":[]}"#)
    #expect(
      bench.send(" " + EventText.task(3) + "\n", "Application/CloudEvents+JSON").text
        == #"{"accepted":1,"duplicates":0,"rejected":[]}"#)
    #expect(
      bench.send("\r\n\(EventText.task(4))\r\n\r\n\(EventText.task(1))", "application/x-ndjson").text
        == #"{"accepted":1,"duplicates":1,"rejected":[]}"#)
    #expect(bench.send("[]", "application/cloudevents-batch+json").status == 200)
  }

  @Test func `a log that takes nothing answers 503 and takes the same events later`() throws {
    let bench = try EventBench()
    bench.ingest.shutdown()
    let answer = bench.send([EventText.task(1)])
    #expect(answer.status == 503 && answer.retryAfter != nil && answer.text.contains("event_log"))
    try bench.crash()
    #expect(bench.send([EventText.task(1)]).status == 200)
  }
}

import TextCoding

/// What a request for events is answered.
package struct IngestAnswer: Equatable, Sendable {
  package var status: Int
  /// JSON.
  package var body: [UInt8]
  /// Seconds, for the `Retry-After` header.
  package var retryAfter: Int?

  init(status: Int, body: [UInt8], retryAfter: Int? = nil) {
    self.status = status
    self.body = body
    self.retryAfter = retryAfter
  }

  /// 200, or 400 when items came and none was good.
  init(accepted: Int, duplicates: Int, refusals: [Refusal]) {
    var json = JSONWriter(reserving: 64 + 160 * refusals.count)
    Self.write(accepted, duplicates, refusals, into: &json)
    json.endObject()
    self.init(status: accepted + duplicates == 0 && !refusals.isEmpty ? 400 : 200, body: json.bytes)
  }

  init(_ problem: RequestProblem) {
    var json = JSONWriter()
    Self.write(0, 0, [], into: &json)
    json.key("error")
    json.string(problem.error)
    json.key("message")
    json.string(problem.message)
    json.endObject()
    self.init(status: problem.status, body: json.bytes, retryAfter: problem.retryAfter)
  }

  private static func write(_ accepted: Int, _ duplicates: Int, _ refusals: [Refusal], into json: inout JSONWriter) {
    json.beginObject()
    json.key("accepted")
    json.integer(accepted)
    json.key("duplicates")
    json.integer(duplicates)
    json.key("rejected")
    json.beginArray()
    for refusal in refusals { refusal.write(into: &json) }
    json.endArray()
  }
}

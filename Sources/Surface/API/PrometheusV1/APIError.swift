import HTTPServer
import PromQLEngine
import SeriesModel
import TextCoding

/// A refusal in the shape of Prometheus' API.
public struct APIError: Error, Hashable, Sendable {
  /// What clients decide by.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case badData = "bad_data"
    case execution, timeout, canceled
    case `internal`
    case notFound = "not_found"
    case notAcceptable = "not_acceptable"
    case unavailable

    public var status: Int {
      switch self {
      case .badData: 400
      case .execution: 422
      case .timeout: 503
      // Nobody reads it; the number is for the log.
      case .canceled: 499
      case .internal, .unavailable: 500
      case .notFound: 404
      case .notAcceptable: 406
      }
    }
  }

  public var kind: Kind
  public var message: String
  public var status: Int
  /// Seconds after which it may go better.
  public var retryAfter: Int?

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
    status = kind.status
  }

  /// A request that did not come to its turn, or whose answer has no room. The reference waits and says `timeout` in the end; what it has no word for
  /// is `unavailable`, with the status that makes clients come again.
  init(_ refusal: Lane.Refusal, _ lane: String, _ limits: PrometheusAPI.Limits) {
    let isQuery = lane == PrometheusAPI.queryLane
    switch refusal {
    case .late: self.init(.timeout, isQuery ? "query timed out in query queue" : "the request waited until its time was up")
    case .full:
      let most = "query.max-waiting is \(limits.waitingQueries), of which one client may hold half"
      self.init(.unavailable, isQuery ? "too many queries wait already: \(most)" : "too many requests wait already")
      (status, retryAfter) = (503, 1)
    case .noRoom:
      self.init(.unavailable, "too many bytes of answers are on their way already (web.max-answer-bytes)")
      (status, retryAfter) = (503, 1)
    }
  }

  static func parameter(_ name: String, _ reason: String) -> APIError {
    APIError(.badData, "invalid parameter \"\(name)\": \(reason)")
  }

  /// A query's failure. What is wrong with the text belongs to the parameter.
  init(_ error: QueryError) {
    switch error {
    case .badData(let text): self = .parameter("query", text)
    case .limit(.sharedMemory, let text):
      // It goes when others are done, so it is no fault of the query.
      self.init(.unavailable, text)
      (status, retryAfter) = (503, 1)
    case .execution(let text), .limit(_, let text): self.init(.execution, text)
    case .timeout(let text): self.init(.timeout, text)
    case .canceled(let text): self.init(.canceled, text)
    case .internal(let text): self.init(.internal, text)
    }
  }

  init(_ error: SourceError) {
    switch error {
    case .tooManySeries(let limit): self.init(.execution, "more than \(limit) series match, narrow the selector or the time range")
    case .unreadable(let text, _): self.init(.internal, text)
    }
  }

  public var response: Response {
    var json = JSONWriter()
    json.beginObject()
    json.key("status")
    json.string("error")
    json.key("errorType")
    json.string(kind.rawValue)
    json.key("error")
    json.string(message)
    json.endObject()
    let response = Response.json(json.bytes, status: status)
    return retryAfter.map { response.with("Retry-After", String($0)) } ?? response
  }
}

import Orchestration
import TextCoding

/// Why one item of a request is not taken.
package struct Refusal: Equatable, Sendable {
  /// Stable words; each counts under its own label value.
  package enum Reason: String, CaseIterable, Sendable {
    case malformed
    case tooLarge = "too_large"
    case tooDeep = "too_deep"
    case duplicateField = "duplicate_field"
    case missing
    case wrongType = "wrong_type"
    case badValue = "bad_value"
    case tooLong = "too_long"
    case unknownType = "unknown_type"
    case tooOld = "too_old"
    case inFuture = "in_future"
    case conflict
    case tooManyOpenRuns = "too_many_open_runs"
  }

  /// Of the item in its request, from 0; blank lines do not count.
  package var index: Int
  /// As far as it is known.
  package var id: String?
  package var type: EventType?
  package var field: String?
  package var reason: Reason
  /// What was expected and what was found.
  package var detail: String

  package init(index: Int, id: String?, type: EventType?, field: String?, reason: Reason, detail: String) {
    self.index = index
    self.id = id
    self.type = type
    self.field = field
    self.reason = reason
    self.detail = detail
  }

  func write(into json: inout JSONWriter) {
    json.beginObject()
    json.key("index")
    json.integer(index)
    json.key("id")
    if let id { json.string(id) } else { json.null() }
    json.key("field")
    if let field { json.string(field) } else { json.null() }
    json.key("reason")
    json.string(reason.rawValue)
    json.key("detail")
    json.string(detail)
    json.endObject()
  }
}

/// Why a request is not taken at all.
struct RequestProblem: Error, Equatable {
  var status: Int
  /// A stable word.
  var error: String
  var message: String
  var retryAfter: Int?
}

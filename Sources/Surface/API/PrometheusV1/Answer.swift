import HTTPServer
import PromQLEngine
import TextCoding

/// A success in the shape of Prometheus' API: the data, and remarks about it.
struct Answer {
  private var json: JSONWriter
  var warnings: [String] = []
  var infos: [String] = []

  static let truncated = "results truncated due to limit"
  /// Of each kind.
  static let remarkLimit = 10

  /// `data` writes exactly one value.
  init(reserving capacity: Int = 256, _ data: (inout JSONWriter) -> Void) {
    json = JSONWriter(reserving: capacity)
    json.beginObject()
    json.key("status")
    json.string("success")
    json.key("data")
    data(&json)
  }

  static func strings(_ values: some Sequence<String>) -> Answer {
    Answer { json in
      json.beginArray()
      for value in values { json.string(value) }
      json.endArray()
    }
  }

  mutating func add(_ annotations: [Annotation]) {
    for annotation in annotations {
      switch annotation.kind {
      case .warning: warnings.append(annotation.text)
      case .info: infos.append(annotation.text)
      }
    }
  }

  var response: Response {
    var json = json
    Self.write("warnings", Self.shortened(warnings, "warning"), to: &json)
    Self.write("infos", Self.shortened(infos, "info"), to: &json)
    json.endObject()
    return .json(json.bytes)
  }

  private static func write(_ key: String, _ remarks: [String], to json: inout JSONWriter) {
    guard !remarks.isEmpty else { return }
    json.key(key)
    json.beginArray()
    for remark in remarks { json.string(remark) }
    json.endArray()
  }

  private static func shortened(_ remarks: [String], _ kind: String) -> [String] {
    guard remarks.count > remarkLimit else { return remarks }
    return remarks.prefix(remarkLimit) + ["\(remarks.count - remarkLimit) more \(kind) annotations omitted"]
  }
}

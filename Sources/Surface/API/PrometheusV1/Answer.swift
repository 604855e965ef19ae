import HTTPServer
import PromQLEngine
import TextCoding

/// A success in the shape of Prometheus' API: the data, and remarks about it.
struct Answer {
  private var bytes: [UInt8]
  var warnings: [String] = []
  var infos: [String] = []

  static let truncated = "results truncated due to limit"
  /// Of each kind.
  static let remarkLimit = 10

  /// `data` writes exactly one value.
  init(reserving capacity: Int = 256, _ data: (inout JSONWriter) -> Void) {
    var json = JSONWriter(reserving: capacity)
    data(&json)
    self.init(opened: Self.opening + json.bytes)
  }

  /// From data that is JSON already, behind ``opening``.
  init(opened bytes: [UInt8]) { self.bytes = bytes }

  /// What stands before the data.
  static let opening = Array(#"{"status":"success","data":"#.utf8)

  /// A success without even `data`: status 204.
  static let nothing = Answer()

  private init() { bytes = [] }

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

  /// Takes the bytes along: they may be many.
  consuming func response() -> Response {
    if bytes.isEmpty { return Response(status: 204) }
    var answer = consume self
    Self.append("warnings", Self.shortened(answer.warnings, "warning"), to: &answer.bytes)
    Self.append("infos", Self.shortened(answer.infos, "info"), to: &answer.bytes)
    answer.bytes.append(UInt8(ascii: "}"))
    return .json(answer.bytes)
  }

  private static func append(_ key: String, _ remarks: [String], to bytes: inout [UInt8]) {
    guard !remarks.isEmpty else { return }
    var json = JSONWriter()
    json.beginArray()
    for remark in remarks { json.string(remark) }
    json.endArray()
    bytes.append(contentsOf: ",\"\(key)\":".utf8)
    bytes.append(contentsOf: json.bytes)
  }

  private static func shortened(_ remarks: [String], _ kind: String) -> [String] {
    guard remarks.count > remarkLimit else { return remarks }
    return remarks.prefix(remarkLimit) + ["\(remarks.count - remarkLimit) more \(kind) annotations omitted"]
  }
}

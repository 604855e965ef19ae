/// How the events of a request are packed.
enum EventFormat: Equatable, Sendable {
  /// `application/cloudevents+json`
  case single
  /// `application/cloudevents-batch+json`
  case batch
  /// `application/x-ndjson`
  case lines

  /// - Throws: 415 for everything else.
  init(contentType: String?) throws(RequestProblem) {
    let parts = (contentType ?? "").split(separator: ";", omittingEmptySubsequences: false).map { Self.trimmed($0.lowercased()) }
    let format: EventFormat? =
      switch parts.first {
      case "application/cloudevents+json": .single
      case "application/cloudevents-batch+json": .batch
      case "application/x-ndjson": .lines
      default: nil
      }
    let charset = parts.dropFirst().first { $0.hasPrefix("charset=") }
    guard let format, charset == nil || charset == "charset=utf-8" || charset == "charset=\"utf-8\"" else {
      throw RequestProblem(
        status: 415, error: "unsupported_media_type",
        message:
          "expected application/cloudevents+json, application/cloudevents-batch+json or application/x-ndjson in UTF-8, found "
          + (contentType.map { "\"\($0.prefix(100))\"" } ?? "no content type"))
    }
    self = format
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}

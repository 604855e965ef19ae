import Foundation
import HTTPClient
import HTTPServer
import SeriesModel

/// Asks a daemon, or any server with Prometheus' HTTP API.
struct QueryRequest {
  var server: String
  var parameters: [(name: String, value: String)]
  var isRange: Bool

  /// The answer and its bytes. What the server refuses is thrown in its own words.
  func send(within limit: PromDuration = .seconds(120)) throws -> (QueryAnswer, [UInt8]) {
    let form = parameters.map { URLCoding.encodeValue($0.name) + "=" + URLCoding.encodeValue($0.value) }.joined(separator: "&")
    let base = server.hasSuffix("/") ? String(server.dropLast()) : server
    var request = ClientRequest(
      "POST", base + "/api/v1/" + (isRange ? "query_range" : "query"),
      headers: [(name: "Content-Type", value: "application/x-www-form-urlencoded")], body: Array(form.utf8))
    request.responseLimit = 1 << 30
    let client = Client(userAgent: "tidemark/\(Version.text)")
    defer { client.close() }
    let response = try client.send(request, within: limit)
    guard let answer = try? JSONDecoder().decode(QueryAnswer.self, from: Data(response.body)) else {
      let start = String(decoding: response.body.prefix(200), as: UTF8.self)
      throw ConfigurationProblem(text: "\(base) answered \(response.status) with what is no query result: \(start)")
    }
    guard answer.status == "success", answer.data != nil else {
      throw ConfigurationProblem(text: "\(answer.errorType ?? "error"): \(answer.error ?? "no reason given")")
    }
    return (answer, response.body)
  }
}

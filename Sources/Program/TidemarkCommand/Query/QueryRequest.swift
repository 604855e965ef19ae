import Foundation
import HTTPClient
import HTTPServer
import PromQLSyntax
import SeriesModel
import SourceText

/// Asks a daemon, or any server with Prometheus' HTTP API.
struct QueryRequest {
  var server: String
  var parameters: [(name: String, value: String)]
  var isRange: Bool
  /// Of a range query, in seconds.
  var span: ClosedRange<Double>?
  var step: Double?

  /// The answer and its bytes. What the server refuses is thrown in its own words.
  func send(within limit: PromDuration = .seconds(120)) throws -> (QueryAnswer, [UInt8]) {
    let bytes = try ask(isRange ? "query_range" : "query", within: limit)
    guard let answer = try? JSONDecoder().decode(QueryAnswer.self, from: Data(bytes)) else {
      throw ConfigurationProblem(text: "\(server) answered with what is no query result: \(Self.beginning(bytes))")
    }
    return (answer, bytes)
  }

  /// The plan of the query with what each operator yielded. Only Tidemark tells it.
  func explain(within limit: PromDuration = .seconds(120)) throws -> String {
    struct Plan: Decodable { var data: String }
    return try JSONDecoder().decode(Plan.self, from: Data(ask("query_explain", within: limit))).data
  }

  /// The bytes of a successful answer.
  private func ask(_ endpoint: String, within limit: PromDuration) throws -> [UInt8] {
    struct Status: Decodable {
      var status: String
      var errorType: String?
      var error: String?
    }
    let form = parameters.map { URLCoding.encodeValue($0.name) + "=" + URLCoding.encodeValue($0.value) }.joined(separator: "&")
    let base = server.hasSuffix("/") ? String(server.dropLast()) : server
    var request = ClientRequest(
      "POST", base + "/api/v1/" + endpoint,
      headers: [(name: "Content-Type", value: "application/x-www-form-urlencoded")], body: Array(form.utf8))
    request.responseLimit = 1 << 30
    let client = Client(userAgent: "tidemark/\(Version.text)")
    defer { client.close() }
    let response = try client.send(request, within: limit)
    guard let answer = try? JSONDecoder().decode(Status.self, from: Data(response.body)) else {
      throw ConfigurationProblem(
        text:
          "\(base) answered \(endpoint) with \(response.status) and what is not Prometheus' API: \(Self.beginning(response.body))")
    }
    guard answer.status == "success" else {
      throw QueryRefusal(kind: answer.errorType ?? "error", reason: answer.error ?? "no reason given")
    }
    return response.body
  }

  private static func beginning(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(200), as: UTF8.self) }
}

/// What a server does not answer, in its own words.
struct QueryRefusal: Error, CustomStringConvertible {
  var kind: String
  var reason: String
  var description: String { "\(kind): \(reason)" }

  /// The mistakes in the expression with their places, when that is what the server complains of and our parser sees them too.
  func places(in expression: String) -> String {
    guard kind == "bad_data", reason.contains("parse error") else { return "" }
    do throws(ParseError) {
      _ = try PromQLParser(features: .all).parse(expression)
      return ""
    } catch {
      return DiagnosticRenderer().render(error.diagnostics, in: SourceFile(name: "query", text: expression))
    }
  }
}

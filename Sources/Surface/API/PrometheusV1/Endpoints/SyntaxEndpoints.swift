import HTTPServer
import PromQLSyntax
import SeriesModel

extension PrometheusAPI {
  func formatQuery(_ request: Request) throws(APIError) -> Answer {
    let expr = try parse(Parameters(request)["query"])
    return Answer { $0.string(expr.prettyDescription) }
  }

  func parseQuery(_ request: Request) throws(APIError) -> Answer {
    let expr = try parse(Parameters(request)["query"])
    return Answer { $0.tree(expr) }
  }

  /// No exemplars are kept, so the answer is empty once the request is right. Without a selector there is not even an answer.
  func exemplars(_ request: Request) throws(APIError) -> Answer {
    let parameters = Parameters(request)
    let start = try parameters.time("start", default: .distantPast)
    let end = try parameters.time("end", default: .distantFuture)
    guard start <= end else { throw APIError(.badData, "end timestamp must not be before start timestamp") }
    let expr: Expr
    do throws(ParseError) { expr = try parser.parse(parameters["query"]) } catch { throw APIError(.badData, error.description) }
    return expr.selectors.isEmpty ? .nothing : .strings([])
  }
}

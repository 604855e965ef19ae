import HTTPServer
import PromQLEngine
import PromQLSyntax
import SeriesModel
import TextCoding

extension PrometheusAPI {
  func query(_ request: Request) throws(APIError) -> Answer {
    let parameters = Parameters(request)
    let limit = try parameters.limit()
    let time = try parameters.time("time", default: self.time.now())
    let cancellation = try cancellation(for: request, parameters)
    let call = try call(request, parameters)
    return try answer(request, parameters, limit, cancellation) { () throws(QueryError) in
      try backend.instant(call, at: time, until: cancellation)
    }
  }

  func queryRange(_ request: Request) throws(APIError) -> Answer {
    let parameters = Parameters(request)
    let limit = try parameters.limit()
    let (start, end, step) = try steps(parameters)
    let cancellation = try cancellation(for: request, parameters)
    let call = try call(request, parameters)
    let type = call.expr.valueType
    guard type == .scalar || type == .vector else {
      throw .parameter("query", "invalid expression type \"\(type.documented)\" for range query, must be Scalar or instant Vector")
    }
    return try answer(request, parameters, limit, cancellation) { () throws(QueryError) in
      try backend.range(call, from: start, through: end, step: step, until: cancellation)
    }
  }

  /// Ours alone: runs a query and tells its plan, with series and samples per operator. An instant query without `start`.
  func explainQuery(_ request: Request) throws(APIError) -> Answer {
    let parameters = Parameters(request)
    let isRange = !parameters["start"].isEmpty
    let time = try parameters.time("time", default: self.time.now())
    let (start, end, step) = isRange ? try steps(parameters) : (time, time, PromDuration.seconds(1))
    let cancellation = try cancellation(for: request, parameters)
    let call = try call(request, parameters)
    request.client.whenGone { cancellation.cancel() }
    guard !cancellation.isOverdue else { throw refusal(.timeout("query timed out in expression evaluation")) }
    let text: String?
    do throws(QueryError) { text = try backend.explain(call, from: start, through: end, step: step, until: cancellation) } catch {
      throw APIError(error)
    }
    guard let text else { throw APIError(.badData, "plans are not told here: queries are worked out elsewhere") }
    return Answer { $0.string(text) }
  }

  private func steps(_ parameters: Parameters) throws(APIError) -> (start: Timestamp, end: Timestamp, step: PromDuration) {
    let start = try parameters.requiredTime("start")
    let end = try parameters.requiredTime("end")
    guard start <= end else { throw .parameter("end", "end timestamp must not be before start time") }
    let step = try parameters.duration("step")
    guard step > .zero else {
      throw .parameter("step", "zero or negative query resolution step widths are not accepted. Try a positive integer")
    }
    guard (end - start).milliseconds / step.milliseconds <= limits.steps else {
      throw APIError(
        .badData,
        "exceeded maximum resolution of \(Self.grouped(limits.steps)) points per timeseries. Try decreasing the query resolution (?step=XX)"
      )
    }
    return (start, end, step)
  }

  private func call(_ request: Request, _ parameters: Parameters) throws(APIError) -> QueryCall {
    let lookback = try parameters.lookback()
    let text = parameters["query"]
    return QueryCall(text: text, expr: try parse(text), lookback: lookback)
  }

  func parse(_ text: String) throws(APIError) -> Expr {
    do throws(ParseError) { return try parser.parse(text) } catch {
      if error.diagnostics.contains(where: { $0.check == "promql/limit" }) { backend.refused(by: .syntax) }
      throw .parameter("query", error.description)
    }
  }

  /// Ends with the query's time, which began when the request was here, or when the client has gone.
  func cancellation(for request: Request, _ parameters: Parameters) throws(APIError) -> Cancellation {
    let wanted = try parameters.optionalDuration("timeout") ?? limits.timeout
    return Cancellation(deadline: (request.arrived ?? time.monotonic()) + min(wanted, limits.timeout), by: time)
  }

  private func answer(
    _ request: Request, _ parameters: Parameters, _ limit: Int?, _ cancellation: Cancellation,
    _ work: () throws(QueryError) -> QueryResult
  ) throws(APIError) -> Answer {
    request.client.whenGone { cancellation.cancel() }
    let start = time.monotonic()
    guard !cancellation.isOverdue else {
      backend.refused(by: .time)
      throw APIError(.timeout, "query timed out in expression evaluation")
    }
    let result: QueryResult
    do throws(QueryError) { result = try work() } catch { throw APIError(error) }
    let took = time.monotonic() - start
    let waited = request.arrived.map { start - $0 } ?? 0
    let held = result.memory?.bytes ?? 0
    var data = ResultBytes { (bytes) throws(APIError) in
      if cancellation.isCanceled { throw APIError(.canceled, "query was canceled in query execution") }
      if cancellation.isOverdue { throw self.refusal(.timeout("query timed out in query execution")) }
      if result.memory?.grow(to: held + bytes) == false {
        throw self.refusal(.limit(.sharedMemory, "all answers together would need more memory than query.max-total-bytes"))
      }
    }
    let truncated = try data.write(
      result.value, limit: limit, statistics: parameters["stats"].isEmpty ? nil : (result.statistics, waited, took))
    var answer = Answer(opened: data.bytes)
    answer.add(result.annotations)
    if truncated { answer.warnings.append(Answer.truncated) }
    return answer
  }

  /// A refusal that comes after the query has been counted as a success.
  private func refusal(_ error: QueryError) -> APIError {
    switch error {
    case .limit(let limit, _): backend.refused(by: limit)
    case .timeout: backend.refused(by: .time)
    default: break
    }
    return APIError(error)
  }

  /// `11,000`
  private static func grouped(_ number: Int64) -> String {
    number < 1000 ? String(number) : "\(grouped(number / 1000)),\(String(1000 + number % 1000).dropFirst())"
  }
}

extension ResultBytes {
  /// The whole `data` of a query's answer. `true`: series were left out.
  fileprivate mutating func write(_ value: QueryValue, limit: Int?, statistics: (QueryStatistics, waited: Double, took: Double)?)
    throws(APIError) -> Bool
  {
    open()
    let truncated = try write(value, limit: limit)
    if let (statistics, waited, took) = statistics {
      var json = JSONWriter()
      json.statistics(statistics, waited: waited, took: took)
      append(member: "stats", json.bytes)
    }
    close()
    return truncated
  }
}

extension JSONWriter {
  /// The value of `stats`. Sorting is part of the evaluation.
  ///
  /// - Parameter waited: seconds from the request's arrival to its turn.
  fileprivate mutating func statistics(_ statistics: QueryStatistics, waited: Double, took: Double) {
    beginObject()
    key("timings")
    beginObject()
    member("evalTotalTime", statistics.evaluationSeconds)
    member("resultSortTime", 0)
    member("queryPreparationTime", statistics.preparationSeconds)
    member("innerEvalTime", max(0, statistics.evaluationSeconds - statistics.preparationSeconds))
    member("execQueueTime", waited)
    member("execTotalTime", waited + took)
    endObject()
    key("samples")
    beginObject()
    member("totalQueryableSamples", statistics.totalSamples)
    member("peakSamples", statistics.peakSamples)
    endObject()
    endObject()
  }
}

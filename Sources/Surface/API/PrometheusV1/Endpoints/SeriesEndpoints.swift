import HTTPServer
import PromQLEngine
import PromQLSyntax
import SeriesModel
import TextCoding

extension PrometheusAPI {
  func series(_ request: Request) throws(APIError) -> Answer {
    let parameters = Parameters(request)
    let selectors = parameters.all("match[]")
    guard !selectors.isEmpty else { throw APIError(.badData, "no match[] parameter provided") }
    let limit = try parameters.limit()
    let span = try span(parameters)
    let sets: [[Matcher]]
    do throws(APIError) { sets = try self.selectors(selectors) } catch { throw .parameter("match[]", error.message) }
    var found: [LabelSet] = []
    let ending = try ending(of: request, parameters)
    if span.start <= span.end {
      do throws(SourceError) { found = try series(of: sets, in: span, source.view(), ending) } catch { throw refusal(error) }
      try ending.check()
    }
    let shown = found.prefix(limit ?? .max)
    var answer = Answer { json in
      json.beginArray()
      for labels in shown { json.labels(labels) }
      json.endArray()
    }
    if shown.count < found.count { answer.warnings.append(Answer.truncated) }
    return answer
  }

  /// What one selector finds comes as it arrived, what several find sorted: which of them a limit leaves is the reference's choice.
  private func series(of sets: [[Matcher]], in span: TimeSpan, _ view: any SeriesView, _ ending: Ending) throws(SourceError)
    -> [LabelSet]
  {
    if sets.count == 1 { return try view.selectByArrival(sets[0], in: span, limit: limits.series).labels }
    var found: Set<LabelSet> = []
    for matchers in sets {
      guard !ending.isOver else { break }
      found.formUnion(try view.select(matchers, in: span, limit: limits.series).labels)
    }
    return found.sorted()
  }

  func labelNames(_ request: Request) throws(APIError) -> Answer {
    try names(request) { (view, matchers, span) throws(SourceError) in
      try view.labelNames(where: matchers, in: span, limit: limits.series)
    }
  }

  func labelValues(_ sentName: String, _ request: Request) throws(APIError) -> Answer {
    let name = EscapedName.decode(sentName)
    if name.isEmpty { throw APIError(.badData, "invalid label name: \"\"") }
    return try names(request) { (view, matchers, span) throws(SourceError) in
      try view.labelValues(name, where: matchers, in: span, limit: limits.series)
    }
  }

  /// The union of what `read` finds for each selector, or for all series.
  private func names(
    _ request: Request, _ read: (any SeriesView, [Matcher], TimeSpan) throws(SourceError) -> [String]
  ) throws(APIError) -> Answer {
    let parameters = Parameters(request)
    let ending = try ending(of: request, parameters)
    let limit = try parameters.limit()
    let span = try span(parameters)
    let sets = try selectors(parameters.all("match[]"))
    var found: Set<ExactText> = []
    if span.start <= span.end {
      do throws(SourceError) {
        let view = source.view()
        for matchers in sets.isEmpty ? [[]] : sets {
          guard !ending.isOver else { break }
          found.formUnion(try read(view, matchers, span).map(ExactText.init))
        }
      } catch { throw refusal(error) }
      try ending.check()
    }
    // By bytes, as Go sorts; Swift's own order is that of characters.
    let sorted = found.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var answer = Answer.strings(sorted.prefix(limit ?? .max))
    if let limit, sorted.count > limit { answer.warnings.append(Answer.truncated) }
    return answer
  }

  private func refusal(_ error: SourceError) -> APIError {
    if case .tooManySeries = error { backend.refused(by: .series) }
    return APIError(error)
  }

  /// When a request that looks at many selectors stops doing so.
  private struct Ending {
    let client: ClientPresence
    let cancellation: Cancellation

    var isOver: Bool { client.isGone || cancellation.isOverdue }

    func check() throws(APIError) {
      if client.isGone { throw APIError(.canceled, "the client has gone") }
      if cancellation.isOverdue { throw APIError(.timeout, "the time is up, ask for less or with fewer selectors") }
    }
  }

  private func ending(of request: Request, _ parameters: Parameters) throws(APIError) -> Ending {
    Ending(client: request.client, cancellation: try cancellation(for: request, parameters))
  }

  private func span(_ parameters: Parameters) throws(APIError) -> TimeSpan {
    let start = try parameters.time("start", default: .distantPast)
    return TimeSpan(from: start, through: try parameters.time("end", default: .distantFuture))
  }

  /// Each selector must exclude something.
  func selectors(_ texts: [String]) throws(APIError) -> [[Matcher]] {
    var sets: [[Matcher]] = []
    for text in texts {
      do throws(ParseError) { sets.append(try parser.parseSelector(text)) } catch { throw APIError(.badData, error.description) }
    }
    for matchers in sets where matchers.allSatisfy(\.matchesEmpty) {
      throw APIError(.badData, "match[] must contain at least one non-empty matcher")
    }
    return sets
  }

  func metadata(_ request: Request) throws(APIError) -> Answer {
    let parameters = Parameters(request)
    let limit = try Self.count("limit", parameters)
    let perMetric = try Self.count("limit_per_metric", parameters)
    let metric = parameters["metric"]
    var families = status.metadata().filter { metric.isEmpty || $0.key == metric }.sorted {
      $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }
    if let limit, limit >= 0 { families = Array(families.prefix(limit)) }
    return Answer { json in
      json.beginObject()
      for (name, entries) in families {
        json.key(name)
        json.beginArray()
        for entry in entries.prefix(perMetric.flatMap { $0 > 0 ? $0 : nil } ?? .max) {
          json.beginObject()
          json.member("type", entry.type.rawValue)
          json.member("unit", entry.unit)
          json.member("help", entry.help)
          json.endObject()
        }
        json.endArray()
      }
      json.endObject()
    }
  }

  private static func count(_ name: String, _ parameters: Parameters) throws(APIError) -> Int? {
    let text = parameters[name]
    if text.isEmpty { return nil }
    guard let count = Int(text) else { throw APIError(.badData, "\(name) must be a number") }
    return count
  }
}

/// Label names that clients send escaped, because not every name fits into a path: `U__http_2e_status` is `http.status`.
enum EscapedName {
  /// A text that is not escaped, or not rightly, stands for itself.
  static func decode(_ text: String) -> String {
    guard text.hasPrefix("U__") else { return text }
    var name = ""
    var rest = text.utf8.dropFirst(3)
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "_") else {
        name.unicodeScalars.append(Unicode.Scalar(byte))
        continue
      }
      if rest.first == byte {
        rest.removeFirst()
        name.append("_")
        continue
      }
      guard let end = rest.firstIndex(of: byte), rest.startIndex < end, let hex = String(rest[..<end]), hex.utf8.count <= 6,
        let code = UInt32(hex, radix: 16), let scalar = Unicode.Scalar(code)
      else { return text }
      name.unicodeScalars.append(scalar)
      rest = rest[rest.index(after: end)...]
    }
    return name
  }
}

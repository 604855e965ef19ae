import SeriesModel

/// A result as CSV (RFC 4180): one row a point, one column a label, then `timestamp` in seconds and `value`.
enum QueryCSV {
  static func text(_ result: QueryAnswer.Result) -> String {
    let series: [QueryAnswer.Series]
    switch result {
    case .scalar(let point), .string(let point): return "timestamp,value\r\n\(seconds(point)),\(field(point.text))\r\n"
    case .vector(let all), .matrix(let all): series = all
    }
    let names = Set(series.flatMap(\.metric.keys)).sorted()
    var out = (names + ["timestamp", "value"]).map(field).joined(separator: ",") + "\r\n"
    for one in series {
      let labels = names.map { field(one.metric[$0] ?? "") }
      for point in one.points { out += (labels + [seconds(point), field(point.text)]).joined(separator: ",") + "\r\n" }
    }
    return out
  }

  private static func seconds(_ point: QueryAnswer.Point) -> String {
    let milliseconds = point.time.milliseconds
    let rest = String(abs(milliseconds % 1000))
    return rest == "0"
      ? String(milliseconds / 1000) : "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }

  static func field(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

import SeriesModel

/// A result as lines of text: the series, then value and time in columns.
enum QueryTable {
  static func text(_ result: QueryAnswer.Result) -> String {
    switch result {
    case .scalar(let point): "scalar  \(point.text)  @ \(point.time)\n"
    case .string(let point): "\"\(point.text)\"  @ \(point.time)\n"
    case .vector(let series):
      columns(series.flatMap { one in one.points.map { [one.labels.description, $0.text, $0.time.rfc3339] } })
    case .matrix(let series):
      series.map { one in
        one.labels.description + "\n" + columns(one.points.map { ["  " + $0.time.rfc3339, $0.text] })
      }.joined()
    }
  }

  /// Rows of equal length, each column as wide as its widest cell.
  static func columns(_ rows: [[String]]) -> String {
    guard let first = rows.first else { return "" }
    let widths = first.indices.map { i in rows.map { $0[i].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { i, cell in
        i == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[i] - cell.count)
      }
      return cells.joined(separator: "  ") + "\n"
    }.joined()
  }
}

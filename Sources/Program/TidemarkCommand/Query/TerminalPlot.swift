import SeriesModel

/// Lines over time, drawn with Braille dots: two dots a column, four a row.
struct TerminalPlot {
  /// Of the whole picture, axes included.
  var columns = 100
  var rows = 20
  var coloured = true
  /// Series beyond these are counted, not drawn.
  var seriesLimit = 12

  private static let palette = [36, 33, 35, 32, 34, 31, 96, 93, 95, 92, 94, 91]

  /// - Parameters:
  ///   - span: the time axis, in seconds; without it from the first to the last point.
  ///   - step: between two points, in seconds; without it the shortest that there is.
  func text(_ series: [QueryAnswer.Series], over span: ClosedRange<Double>? = nil, step: Double? = nil) -> String {
    // What a server says of other times is not drawn.
    func isShown(_ seconds: Double) -> Bool { span?.contains(seconds) ?? (seconds.magnitude < 1e12) }
    let drawn = Array(series.prefix(seriesLimit))
    let points = drawn.map {
      $0.points.compactMap { p in p.value.flatMap { $0.isFinite && isShown(p.seconds) ? (p.seconds, $0) : nil } }
    }
    let all = points.flatMap(\.self)
    guard let first = all.first else { return "nothing to plot\n" }
    let (least, most) = all.reduce((first.1, first.1)) { (min($0.0, $1.1), max($0.1, $1.1)) }
    let (start, end) =
      span.map { ($0.lowerBound, $0.upperBound) }
      ?? all.reduce((first.0, first.0)) { (min($0.0, $1.0), max($0.1, $1.0)) }
    let axis = PlotAxis(from: least, through: most, ticks: max(2, rows / 4))
    let labels = labels(of: axis)
    let margin = labels.values.map(\.count).max() ?? 0
    var canvas = Canvas(columns: max(10, columns - margin - 2), rows: rows)
    let gap = 1.5 * (step ?? Self.spacing(of: points))
    for (index, line) in points.enumerated() {
      var last: (seconds: Double, x: Int, y: Int)?
      for (seconds, value) in line {
        let x = end == start ? 0 : Int(((seconds - start) / (end - start) * Double(canvas.columns * 2 - 1)).rounded())
        let y = Int((axis.place(of: value) * Double(rows * 4 - 1)).rounded())
        // Where points are missing there is no line.
        let from = last.flatMap { seconds - $0.seconds > gap ? nil : ($0.x, $0.y) } ?? (x, y)
        canvas.line(from: from, to: (x, y), by: index)
        last = (seconds, x, y)
      }
    }
    var out = ""
    for row in 0..<rows {
      let label = labels[row] ?? ""
      let border = label.isEmpty ? "│" : "┤"
      out +=
        String(repeating: " ", count: margin - label.count) + label + " " + border + canvas.text(row: row, colour: colour) + "\n"
    }
    let (from, to) = (Timestamp(seconds: start).rfc3339, Timestamp(seconds: end).rfc3339)
    let middle = max(1, canvas.columns - from.count - to.count)
    out += String(repeating: " ", count: margin) + " └" + String(repeating: "─", count: canvas.columns) + "\n"
    out += String(repeating: " ", count: margin + 2) + from + String(repeating: " ", count: middle) + to + "\n"
    return out + legend(drawn, of: series.count)
  }

  /// What is written beside which row.
  private func labels(of axis: PlotAxis) -> [Int: String] {
    var labels: [Int: String] = [:]
    for tick in axis.ticks {
      let row = Int((axis.place(of: tick) * Double(rows - 1)).rounded())
      labels[row] = PlotAxis.short(tick)
    }
    return labels
  }

  /// The shortest time between two neighbouring points.
  private static func spacing(of lines: [[(Double, Double)]]) -> Double {
    lines.flatMap { line in zip(line, line.dropFirst()).map { $1.0 - $0.0 } }.filter { $0 > 0 }.min() ?? 0
  }

  /// Labels that all have once, then what tells each apart.
  private func legend(_ drawn: [QueryAnswer.Series], of count: Int) -> String {
    var common: [String: String] = [:]
    if drawn.count > 1 {
      common = drawn[0].metric.filter { label in drawn.allSatisfy { $0.metric[label.key] == label.value } }
    }
    var out = common.isEmpty ? "" : "all: \(LabelSet(common.map { Label($0.key, $0.value) }))\n"
    for (index, one) in drawn.enumerated() {
      let own = one.metric.filter { common[$0.key] == nil }
      out += colour("●", index) + " \(LabelSet(own.map { Label($0.key, $0.value) }))\n"
    }
    if count > drawn.count { out += "and \(count - drawn.count) more series that are not drawn\n" }
    return out
  }

  private func colour(_ text: String, _ index: Int) -> String {
    coloured ? "\u{1b}[\(Self.palette[index % Self.palette.count])m\(text)\u{1b}[0m" : text
  }
}

/// Dots of several lines; where two meet, the later one gives the colour.
private struct Canvas {
  let columns: Int
  let rows: Int
  private var dots: [UInt8]
  private var owners: [Int]

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    dots = Array(repeating: 0, count: columns * rows)
    owners = Array(repeating: 0, count: columns * rows)
  }

  /// Which bit of a Braille cell a dot is, by row and column in the cell.
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  mutating func line(from a: (x: Int, y: Int), to b: (x: Int, y: Int), by owner: Int) {
    let steps = max(1, abs(b.x - a.x), abs(b.y - a.y))
    for step in 0...steps {
      let x = a.x + (b.x - a.x) * step / steps
      let y = a.y + (b.y - a.y) * step / steps
      guard x >= 0, y >= 0, x < columns * 2, y < rows * 4 else { continue }
      let cell = y / 4 * columns + x / 2
      dots[cell] |= Self.bits[y % 4][x % 2]
      owners[cell] = owner
    }
  }

  func text(row: Int, colour: (String, Int) -> String) -> String {
    (0..<columns).map { column in
      let cell = row * columns + column
      if dots[cell] == 0 { return " " }
      return colour(String(Unicode.Scalar(0x2800 + UInt32(dots[cell]))!), owners[cell])
    }.joined()
  }
}

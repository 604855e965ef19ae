import SeriesModel
import TextCoding

/// Lines over time, drawn with Braille dots: two dots a column, four a row.
struct TerminalPlot {
  /// Of the whole picture, axes included.
  var columns = 100
  var rows = 20
  var coloured = true
  /// Series beyond these are counted, not drawn.
  var seriesLimit = 12

  private static let palette = [36, 33, 35, 32, 34, 31, 96, 93, 95, 92, 94, 91]

  func text(_ series: [QueryAnswer.Series]) -> String {
    let drawn = Array(series.prefix(seriesLimit))
    let points = drawn.map { $0.points.compactMap { p in p.value.flatMap { $0.isFinite ? (p.seconds, $0) : nil } } }
    let all = points.flatMap(\.self)
    guard let first = all.first else { return "nothing to plot\n" }
    var (low, high) = all.reduce((first.1, first.1)) { (min($0.0, $1.1), max($0.1, $1.1)) }
    if low == high { (low, high) = (low - 1, high + 1) }
    let (start, end) = all.reduce((first.0, first.0)) { (min($0.0, $1.0), max($0.1, $1.0)) }

    let ticks = (0..<rows).map { row in Self.short(high - (high - low) * Double(row) / Double(max(1, rows - 1))) }
    let margin = ticks.map(\.count).max() ?? 0
    var canvas = Canvas(columns: max(10, columns - margin - 2), rows: rows)
    for (index, line) in points.enumerated() {
      var last: (x: Int, y: Int)?
      for (seconds, value) in line {
        let x = end == start ? 0 : Int(((seconds - start) / (end - start) * Double(canvas.columns * 2 - 1)).rounded())
        let y = Int(((high - value) / (high - low) * Double(rows * 4 - 1)).rounded())
        canvas.line(from: last ?? (x, y), to: (x, y), by: index)
        last = (x, y)
      }
    }
    var out = ""
    for row in 0..<rows {
      let label = row % 4 == 0 || row == rows - 1 ? ticks[row] : ""
      out += String(repeating: " ", count: margin - label.count) + label + " ┤" + canvas.text(row: row, colour: colour) + "\n"
    }
    let (from, to) = (Timestamp(seconds: start).rfc3339, Timestamp(seconds: end).rfc3339)
    let gap = max(1, canvas.columns - from.count - to.count)
    out += String(repeating: " ", count: margin) + " └" + String(repeating: "─", count: canvas.columns) + "\n"
    out += String(repeating: " ", count: margin + 2) + from + String(repeating: " ", count: gap) + to + "\n"
    for (index, one) in drawn.enumerated() { out += colour("●", index) + " " + one.labels.description + "\n" }
    if series.count > drawn.count { out += "and \(series.count - drawn.count) more series that are not drawn\n" }
    return out
  }

  private func colour(_ text: String, _ index: Int) -> String {
    coloured ? "\u{1b}[\(Self.palette[index % Self.palette.count])m\(text)\u{1b}[0m" : text
  }

  /// At most four significant digits.
  static func short(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    var scale = 1.0
    while value.magnitude * scale < 1000 && scale < 1e9 { scale *= 10 }
    while value.magnitude * scale >= 10_000 { scale /= 10 }
    return NumberText.general((value * scale).rounded() / scale)
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

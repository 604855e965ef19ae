/// A line of source as a terminal shows it: tabs become two blanks, control characters a visible stand-in, an overlong line a window of itself.
struct DisplayText {
  private(set) var text = ""
  /// Display width before each source column, from the first shown one.
  private var widths: [Int] = [0]
  private let firstColumn: Int

  /// - Parameter column: the source column (from 1) that must stay in sight.
  init(_ line: String, keeping column: Int, of maximum: Int) {
    let scalars = Array(line.unicodeScalars)
    let start = scalars.count <= maximum ? 0 : max(0, min(column - 1 - maximum / 2, scalars.count - maximum))
    let end = min(scalars.count, start + maximum)
    firstColumn = start + 1
    if start > 0 {
      text = "…"
      widths = [1]
    }
    for scalar in scalars[start..<end] {
      let shown = Self.shown(scalar)
      text += shown
      widths.append(widths[widths.count - 1] + shown.unicodeScalars.reduce(0) { $0 + Self.width($1) })
    }
    if end < scalars.count { text += "…" }
  }

  /// Cells before a source column.
  func width(upTo column: Int) -> Int { widths[min(max(0, column - firstColumn), widths.count - 1)] }

  /// A text that is safe to print on one line of a terminal.
  static func printable(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
    return text.unicodeScalars.map { $0 == "\n" ? " " : shown($0) }.joined()
  }

  private static func shown(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0x09: "  "
    case 0x0d: ""
    case 0..<0x20: String(Unicode.Scalar(0x2400 + scalar.value)!)  // control pictures
    case 0x7f: "\u{2421}"
    // C1 controls, and the marks that turn the direction of text around.
    case 0x80..<0xa0, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: "\u{fffd}"
    default: String(scalar)
    }
  }

  /// Cells of a terminal: 0 for marks that combine, 2 for wide letters and pictures.
  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6,
      0x1f300...0x1f64f, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
      return 2
    default: return 1
    }
  }
}

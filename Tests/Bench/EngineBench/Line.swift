/// The table's lines.
enum Line {
  static let head =
    left("expression", 66) + left("query", 9) + right("samples", 9) + right("blocks", 8) + right("at twice", 9)
    + right("per extra", 11) + right("bytes", 8) + right("ns/sample", 11)

  static func text(_ measurement: Measurement) -> String {
    let note = measurement.isAbove ? "  ABOVE" : measurement.allowance.map { "  (\($0.reason))" } ?? ""
    return left(measurement.expression.text, 66) + left(measurement.way.rawValue, 9) + right("\(measurement.twice.samples)", 9)
      + right("\(measurement.once.blocks)", 8) + right("\(measurement.twice.blocks)", 9)
      + right(fixed(measurement.blocksPerExtraSample, 5), 11) + right(fixed(measurement.bytesPerExtraSample, 1), 8)
      + right(fixed(measurement.nanosecondsPerSample, 1), 11) + note
  }

  private static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }

  private static func fixed(_ value: Double, _ places: Int) -> String {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let whole = Int((value * Double(scale)).rounded())
    let rest = String(whole % scale)
    return "\(whole / scale).\(String(repeating: "0", count: places - rest.count))\(rest)"
  }
}

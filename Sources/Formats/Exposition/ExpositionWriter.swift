import SeriesModel
import TextCoding

/// The pieces that exposition pages are made of. Each appends to the caller's bytes.
package enum ExpositionWriter {
  /// The comment lines of a family, in the order that OpenMetrics asks for.
  ///
  /// - Parameters:
  ///   - name: As samples are named; of a counter with `_total`, which OpenMetrics takes away.
  ///   - unit: Empty, or what the name ends in.
  package static func appendMetadata(
    name: String, type: MetricType, unit: String, help: String, in format: ExpositionFormat, to out: inout [UInt8]
  ) {
    let shown = format == .openMetrics && type == .counter && name.hasSuffix("_total") ? String(name.dropLast(6)) : name
    switch format {
    case .text:
      appendComment("HELP", shown, to: &out)
      appendHelp(help, to: &out)
      out.append(newline)
      appendComment("TYPE", shown, to: &out)
      out.append(contentsOf: textType(type).utf8)
      out.append(newline)
    case .openMetrics:
      appendComment("TYPE", shown, to: &out)
      out.append(contentsOf: type.rawValue.utf8)
      out.append(newline)
      if !unit.isEmpty {
        appendComment("UNIT", shown, to: &out)
        out.append(contentsOf: unit.utf8)
        out.append(newline)
      }
      appendComment("HELP", shown, to: &out)
      appendHelp(help, to: &out)
      out.append(newline)
    }
  }

  /// What ends an OpenMetrics page.
  package static let end = Array("# EOF\n".utf8)

  /// `\` and line feeds are escaped.
  package static func appendHelp(_ text: String, to out: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): out.append(contentsOf: "\\\\".utf8)
      case newline: out.append(contentsOf: "\\n".utf8)
      default: out.append(byte)
      }
    }
  }

  /// The inside of a quoted label value: `\`, `"` and line feeds are escaped.
  package static func appendLabelValue(_ text: ArraySlice<UInt8>, to out: inout [UInt8]) {
    // Fast path: nothing to escape.
    if text.allSatisfy({ $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") && $0 != newline }) {
      out.append(contentsOf: text)
      return
    }
    for byte in text {
      switch byte {
      case UInt8(ascii: "\\"): out.append(contentsOf: "\\\\".utf8)
      case UInt8(ascii: "\""): out.append(contentsOf: "\\\"".utf8)
      case newline: out.append(contentsOf: "\\n".utf8)
      default: out.append(byte)
      }
    }
  }

  /// A sample's value. Whole numbers have no exponent and no point, which both formats read.
  package static func appendValue(_ value: Double, to out: inout [UInt8]) { NumberText.appendCompact(value, to: &out) }

  /// `le` and `quantile`: as Go writes numbers, in OpenMetrics with a point or an exponent.
  package static func appendBound(_ value: Double, in format: ExpositionFormat, to out: inout [UInt8]) {
    let start = out.count
    NumberText.appendGeneral(value, to: &out)
    guard format == .openMetrics, value.isFinite else { return }
    let isWhole = out[start...].allSatisfy { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "e") }
    if isWhole { out.append(contentsOf: ".0".utf8) }
  }

  /// A bound as Prometheus stores it: OpenMetrics' form, whatever the page's.
  package static func storedBound(_ value: Double) -> String {
    var out: [UInt8] = []
    appendBound(value, in: .openMetrics, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// A time of OpenMetrics: seconds, with three decimals when they are needed.
  package static func appendSeconds(_ time: Timestamp, to out: inout [UInt8]) {
    let magnitude = time.milliseconds.magnitude
    if time.milliseconds < 0 { out.append(UInt8(ascii: "-")) }
    NumberText.appendInteger(Int64(magnitude / 1000), to: &out)
    let fraction = magnitude % 1000
    if fraction == 0 { return }
    out.append(UInt8(ascii: "."))
    for divisor: UInt64 in [100, 10, 1] { out.append(UInt8(ascii: "0") + UInt8(fraction / divisor % 10)) }
  }

  static let newline = UInt8(ascii: "\n")

  private static func appendComment(_ keyword: String, _ name: String, to out: inout [UInt8]) {
    out.append(contentsOf: "# \(keyword) \(name) ".utf8)
  }

  /// The older format knows fewer types.
  private static func textType(_ type: MetricType) -> String {
    switch type {
    case .counter, .gauge, .histogram, .summary: type.rawValue
    case .info, .stateset: "gauge"
    case .gaugehistogram: "histogram"
    case .unknown: "untyped"
    }
  }
}

import Exposition
import SeriesModel

/// Exposition pages, in both formats and as strict as can be; what is read is written and read again.
enum ExpositionTarget: FuzzTarget {
  static let name = "exposition"

  static var seeds: [[UInt8]] {
    [
      """
      # HELP m_total Some\\n help.
      # TYPE m_total counter
      m_total{a="b",c="d\\"e\\n"} 1.5e3 1700000000000
      # TYPE l histogram
      l_bucket{le="0.1"} 1
      l_bucket{le="+Inf"} 2
      l_sum 0.3
      l_count 2
      {"dotted.name","x.y"="z"} NaN

      """,
      """
      # TYPE m counter
      # UNIT m seconds
      # HELP m_seconds Some.
      m_seconds_total{a="b"} 1 1700000000.123 # {trace_id="x"} 0.5 1700000000.1
      m_seconds_created{a="b"} 1.7e9
      # TYPE s stateset
      s{s="on"} 1
      # TYPE g gaugehistogram
      g_bucket{le="1.0"} 1
      g_gcount 1
      # TYPE i info
      i_info{version="1"} 1
      # EOF

      """,
    ].map { Array($0.utf8) }
  }

  static func run(_ bytes: [UInt8]) {
    for format in ExpositionFormat.allCases {
      for mode in [ExpositionParser.Mode.strict, .scraper] {
        let page = ExpositionParser(format, mode).parse(bytes)
        for diagnostic in page.diagnostics where !diagnostic.range.isUnknown {
          law(
            diagnostic.range.lower <= diagnostic.range.upper && diagnostic.range.upper <= bytes.count,
            "a diagnostic at \(diagnostic.range) of \(bytes.count) bytes: \(diagnostic.message)")
        }
        for sample in page.samples.prefix(50) { checkWriting(sample, format) }
      }
    }
  }

  private static func checkWriting(_ sample: ExpositionSample, _ format: ExpositionFormat) {
    var out = Array("{\"".utf8)
    ExpositionWriter.appendLabelValue(Array(sample.name.utf8)[...], to: &out)
    out.append(UInt8(ascii: "\""))
    for label in sample.labels {
      out.append(contentsOf: ",\"".utf8)
      ExpositionWriter.appendLabelValue(Array(label.name.utf8)[...], to: &out)
      out.append(contentsOf: "\"=\"".utf8)
      ExpositionWriter.appendLabelValue(Array(label.value.utf8)[...], to: &out)
      out.append(UInt8(ascii: "\""))
    }
    out.append(contentsOf: "} ".utf8)
    ExpositionWriter.appendValue(sample.value, to: &out)
    out.append(UInt8(ascii: "\n"))
    if format == .openMetrics { out.append(contentsOf: ExpositionWriter.end) }
    let page = ExpositionParser(format, .scraper).parse(out)
    let text = String(decoding: out, as: UTF8.self)
    law(page.isValid && page.samples.count == 1, "\(sample) is written as \(text), which is refused: \(page.diagnostics)")
    let back = page.samples[0]
    law(
      back.name == sample.name && back.labels == sample.labels
        && (back.value == sample.value || back.value.isNaN && sample.value.isNaN), "\(sample) is written as \(text)")
  }
}

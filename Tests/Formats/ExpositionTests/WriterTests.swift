import SeriesModel
import Testing

@testable import Exposition

struct WriterTests {
  static func text(_ write: (inout [UInt8]) -> Void) -> String {
    var out: [UInt8] = []
    write(&out)
    return String(decoding: out, as: UTF8.self)
  }

  // As a Pushgateway and Prometheus write them.
  @Test(arguments: [
    (0.005, "0.005", "0.005"), (1, "1", "1.0"), (120, "120", "120.0"), (2.5, "2.5", "2.5"), (86_400, "86400", "86400.0"),
    (1e6, "1e+06", "1e+06"),
    (.infinity, "+Inf", "+Inf"), (1e-5, "1e-05", "1e-05"), (-1, "-1", "-1.0"),
  ])
  func `a bound in both formats`(_ value: Double, _ text: String, _ openMetrics: String) {
    #expect(Self.text { ExpositionWriter.appendBound(value, in: .text, to: &$0) } == text)
    #expect(Self.text { ExpositionWriter.appendBound(value, in: .openMetrics, to: &$0) } == openMetrics)
    #expect(ExpositionWriter.storedBound(value) == openMetrics)
  }

  @Test func `metadata in both formats`() {
    func metadata(_ format: ExpositionFormat) -> String {
      Self.text {
        ExpositionWriter.appendMetadata(name: "cost_usd_total", type: .counter, unit: "usd", help: "a\\b\nc", in: format, to: &$0)
      }
    }
    #expect(metadata(.text) == "# HELP cost_usd_total a\\\\b\\nc\n# TYPE cost_usd_total counter\n")
    #expect(metadata(.openMetrics) == "# TYPE cost_usd counter\n# UNIT cost_usd usd\n# HELP cost_usd a\\\\b\\nc\n")
  }

  @Test(
    arguments: [(1_700_000_000_000, "1700000000"), (1_700_000_000_120, "1700000000.120"), (-1500, "-1.500"), (5, "0.005")]
      as [(Int64, String)])
  func `a time in seconds`(_ milliseconds: Int64, _ text: String) {
    #expect(Self.text { ExpositionWriter.appendSeconds(Timestamp(milliseconds: milliseconds), to: &$0) } == text)
  }

  @Test func `what is written reads back`() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = seed
    func next() -> UInt64 {
      generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return generator >> 20
    }
    let pieces = ["a", "\\", "\"", "\n", "ü", "{", "}", ",", "=", " ", "#", "\t", "n"]
    for _ in 0..<500 {
      let value = (0..<Int(next() % 8)).map { _ in pieces[Int(next() % UInt64(pieces.count))] }.joined()
      let number = Double(bitPattern: next() << 20 | next())
      let line = Self.text {
        $0.append(contentsOf: "m{l=\"".utf8)
        ExpositionWriter.appendLabelValue(Array(value.utf8)[...], to: &$0)
        $0.append(contentsOf: "\"} ".utf8)
        ExpositionWriter.appendValue(number, to: &$0)
        $0.append(UInt8(ascii: "\n"))
      }
      for format in ExpositionFormat.allCases {
        let page = ExpositionParser(format, .scraper).parse(Array((line + (format == .openMetrics ? "# EOF\n" : "")).utf8))
        #expect(page.diagnostics == [], "seed \(seed): \(line)")
        #expect(page.samples.first?.labels == [Label("l", value)], "seed \(seed): \(line)")
        let read = page.samples.first?.value
        #expect(number.isNaN ? read?.isNaN == true : read == number, "seed \(seed): \(line)")
      }
    }
  }
}

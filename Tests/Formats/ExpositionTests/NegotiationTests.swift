import Testing

@testable import Exposition

struct NegotiationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var accept: String?
    var format: ExpositionFormat
    var escaping = NameEscaping.underscores
    var testDescription: String { accept ?? "no header" }
  }

  static let cases: [Case] = [
    Case(accept: nil, format: .text),
    Case(accept: "", format: .text),
    Case(accept: "*/*", format: .text),
    Case(accept: "text/html, image/png", format: .text),
    Case(accept: "application/*", format: .text),
    Case(accept: "text/plain", format: .text),
    Case(accept: "application/openmetrics-text", format: .openMetrics),
    Case(accept: "Application/OpenMetrics-Text; Version=1.0.0", format: .openMetrics),
    Case(accept: "application/openmetrics-text;version=2.0.0", format: .text),
    Case(accept: "application/openmetrics-text;q=0", format: .text),
    Case(accept: "application/openmetrics-text;q=0.3,text/plain;q=0.5", format: .text),
    Case(accept: "application/openmetrics-text;q=0.5,text/plain;q=0.3", format: .openMetrics),
    Case(accept: "application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.9", format: .text),
    Case(accept: "text/plain;q=0,application/openmetrics-text;q=0.1", format: .openMetrics),
    Case(accept: "application/openmetrics-text;q=2", format: .text),
    // Prometheus 2.5x and 3.x.
    Case(
      accept:
        "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
      format: .openMetrics),
    Case(
      accept:
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
      format: .openMetrics, escaping: .allowUTF8),
    Case(accept: "text/plain;version=0.0.4;escaping=dots", format: .text, escaping: .dots),
    Case(accept: "text/plain;version=0.0.4;escaping=nonsense", format: .text),
  ]

  @Test(arguments: cases)
  func `the format that a scraper prefers`(_ c: Case) {
    let chosen = Negotiation(accept: c.accept)
    #expect(chosen.format == c.format)
    #expect(chosen.escaping == c.escaping)
  }

  @Test(
    arguments: [
      (nil, false), ("", false), ("gzip", true), ("identity", false), ("deflate, gzip;q=0.5", true), ("gzip;q=0", false),
      ("*", true),
      ("*;q=0", false), ("gzip;q=0, *", false), ("br;q=1.0, *;q=0.1", true), ("GZIP", true), ("gzipped", false),
    ] as [(String?, Bool)])
  func `gzip only for those who take it`(_ header: String?, _ wanted: Bool) {
    #expect(Negotiation.acceptsGzip(header) == wanted)
  }
}

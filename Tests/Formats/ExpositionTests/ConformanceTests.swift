import Foundation
import SourceText
import Testing

@testable import Exposition

/// Every page of the shared cases: the strict parser follows the definition, the scraper follows Prometheus.
struct ConformanceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var file: String
    var format: ExpositionFormat
    var isValid: Bool
    var isScraped: Bool
    var bytes: [UInt8]
    var testDescription: String { file }
  }

  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["TIDEMARK_CONFORMANCE"] {
      return URL(filePath: path).appending(path: "exposition")
    }
    return URL(filePath: #filePath).appending(path: "../../../../../shared/conformance/exposition").standardizedFileURL
  }()

  static let cases: [Case] = {
    guard let table = try? String(contentsOf: folder.appending(path: "cases.tsv"), encoding: .utf8) else {
      print("NOT CHECKED: no exposition cases at \(folder.path); set TIDEMARK_CONFORMANCE")
      return []
    }
    return table.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: "\t").map(String.init)
      let bytes = (try? Data(contentsOf: folder.appending(path: fields[0]))).map(Array.init)
      precondition(bytes != nil, "\(fields[0]) is missing")
      return Case(
        file: fields[0], format: fields[1] == "text" ? .text : .openMetrics, isValid: fields[2] == "valid",
        isScraped: fields[3] == "valid",
        bytes: bytes!)
    }
  }()

  @Test(arguments: cases)
  func `the strict parser follows the definition`(_ c: Case) {
    let page = ExpositionParser(c.format, .strict).parse(c.bytes)
    #expect(page.isValid == c.isValid, "\(page.diagnostics.map(\.message))")
  }

  @Test(arguments: cases)
  func `the scraper follows Prometheus`(_ c: Case) {
    let page = ExpositionParser(c.format, .scraper).parse(c.bytes)
    #expect(page.isValid == c.isScraped, "\(page.diagnostics.map(\.message))")
  }
}

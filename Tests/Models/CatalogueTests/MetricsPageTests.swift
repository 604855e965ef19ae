import Foundation
import Testing

@testable import Catalogue

struct MetricsPageTests {
  static let file = URL(filePath: #filePath).appending(path: "../../../../docs/metrics.md").standardizedFileURL

  @Test func `the committed page is the catalogue`() throws {
    let page = MetricsPage.markdown()
    if ProcessInfo.processInfo.environment["TIDEMARK_REWRITE_GOLDEN"] == "1" {
      try FileManager.default.createDirectory(at: Self.file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try page.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    let committed = try String(contentsOf: Self.file, encoding: .utf8)
    #expect(committed == page, "docs/metrics.md is behind; run scripts/golden")
  }

  @Test func `every family has a row`() {
    let page = MetricsPage.markdown()
    for family in Families.all { #expect(page.contains("| `\(family.name)` | \(family.type.rawValue) |")) }
  }
}

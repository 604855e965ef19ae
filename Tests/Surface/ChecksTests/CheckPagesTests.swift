import Foundation
import SourceText
import Testing

@testable import Checks

/// The pages in `docs/checks` and what they promise.
@Suite struct CheckPagesTests {
  static let project = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL

  static let pages: [String] = {
    let folder = project.appending(path: "docs/checks")
    let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return files.filter { $0.hasSuffix(".md") && $0.contains("/") }.map { String($0.dropLast(3)) }.sorted()
  }()

  @Test func `every check has a page and every page a check`() {
    #expect(CheckNames.all == CheckNames.all.sorted())
    #expect(Self.pages == CheckNames.all)
  }

  @Test func `every name that the sources use is in the table`() throws {
    let folder = Self.project.appending(path: "Sources")
    let files =
      FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") } ?? []
    var used: Set<String> = []
    for file in files where !file.hasSuffix("CheckNames.swift") {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      for match in text.matches(of: /"((?:config|promql|rule|template|test|yaml)\/[a-z-]+)"/) { used.insert(String(match.1)) }
    }
    #expect(used.sorted() == CheckNames.all)
  }

  @Test(arguments: pages)
  func `a page's examples are what it says`(_ name: String) throws {
    let page = try String(contentsOf: Self.project.appending(path: "docs/checks/\(name).md"), encoding: .utf8)
    #expect(page.hasPrefix("# \(name)\n"))
    #expect(page.split(separator: "\n").count >= 2)
    let reported = page.firstMatch(of: /(?s)## Reported\n\n```yaml\n(.*?)```/).map { String($0.1) }
    let fixed = page.firstMatch(of: /(?s)## Fixed\n\n```yaml\n(.*?)```/).map { String($0.1) }
    #expect((reported == nil) == (fixed == nil))
    if let reported {
      let checks = RuleChecks.check(SourceFile(name: "reported.yml", text: reported)).diagnostics.map(\.check)
      #expect(checks == [name])
    }
    if let fixed {
      let source = SourceFile(name: "fixed.yml", text: fixed)
      let findings = DiagnosticRenderer().render(RuleChecks.check(source).diagnostics, in: source)
      #expect(findings == "")
    }
  }
}

import Foundation
import SourceText
import Testing

@testable import RuleModel

/// Rule files with the verdict of the reference's own checker, from `TIDEMARK_CONFORMANCE` or `../shared/conformance` beside the project.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
  var path: String
  var accepts: Bool
  var testDescription: String { "\(path) \(accepts ? "accept" : "reject")" }

  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["TIDEMARK_CONFORMANCE"] {
      return URL(filePath: path).appending(path: "rules")
    }
    return URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../shared/conformance/rules")
      .standardizedFileURL
  }()

  static let all: [ConformanceCase] = {
    guard let table = try? String(contentsOf: folder.appending(path: "cases.tsv"), encoding: .utf8) else { return [] }
    return table.split(separator: "\n").dropFirst().compactMap { line in
      let columns = line.split(separator: "\t").map(String.init)
      guard columns.count == 3, columns[1] == "check" else { return nil }
      return ConformanceCase(path: columns[0], accepts: columns[2] == "accept")
    }
  }()
}

@Suite struct ConformanceTests {
  @Test func `the conformance cases are there`() {
    withKnownIssue("NOT CHECKED: no rule conformance cases in \(ConformanceCase.folder.path)") {
      #expect(!ConformanceCase.all.isEmpty)
    } when: {
      ConformanceCase.all.isEmpty
    }
  }

  @Test(arguments: ConformanceCase.all)
  func `verdicts are the reference's`(_ item: ConformanceCase) throws {
    let source = try RuleFiles.load(ConformanceCase.folder.appending(path: item.path).path)
    let (file, diagnostics) = RuleFileReader.read(source)
    let findings = DiagnosticRenderer().render(diagnostics, in: source)
    #expect((file != nil) == item.accepts, "\(findings)")
    for diagnostic in diagnostics { #expect(diagnostic.range.upper <= source.utf8.count) }
  }
}

@Suite struct RuleFilesTests {
  @Test func `patterns name each file once, sorted`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "rules-\(UInt64.random(in: 0...UInt64.max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["b.yml", "a.yml", "c.txt"] { try Data("groups: []".utf8).write(to: folder.appending(path: name)) }
    let found = RuleFiles.matching(["*.yml", "b.*", "nothing-*.yml"], in: folder.path)
    #expect(found.map { $0.split(separator: "/").last } == ["a.yml", "b.yml"])
    #expect(try RuleFiles.load(found[0]).utf8 == Array("groups: []".utf8))
    #expect(throws: RuleFileError(path: found[0], reason: "larger than the limit file bytes = 3")) {
      try RuleFiles.load(found[0], limit: 3)
    }
    let missing = folder.appending(path: "missing").path
    #expect(throws: RuleFileError(path: missing, reason: "No such file or directory")) { try RuleFiles.load(missing) }
    #expect(throws: RuleFileError(path: folder.path, reason: "Is a directory")) { try RuleFiles.load(folder.path) }
  }
}

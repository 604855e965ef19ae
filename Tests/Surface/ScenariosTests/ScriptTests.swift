import Foundation
import PromQLSyntax
import SeriesModel
import Testing

@testable import Scenarios

/// The project's own scripts, and outside ones when they are at hand.
@Suite struct ScriptTests {
  static let own = Conformance.scripts(in: Conformance.root.appending(path: "Tests/Scripts/promql"))

  @Test func `there are scripts`() { #expect(Self.own.count >= 13) }

  @Test(arguments: own)
  func `an own script holds`(url: URL) throws {
    let report = run(files: [try ScriptFile(path: url.path)])
    for failure in report.failures { Issue.record("\(failure)") }
    #expect(report.passed > 0)
  }

  @Test(.enabled(if: Conformance.scripts != nil))
  func `outside scripts are read whole`() throws {
    let folder = try #require(Conformance.scripts)
    let parser = PromQLParser(features: .all)
    // Native histograms have operators of their own.
    let known = Set(try Conformance.tiers(in: folder).filter { $0.tier < 3 }.map(\.id))
    for url in Conformance.scripts(in: folder) {
      let script = ScriptParser.parse(name: url.lastPathComponent, text: try String(contentsOf: url, encoding: .utf8))
      #expect(script.problems.isEmpty, "\(script.name)")
      for case .evaluate(let one) in script.commands
      where one.expected.failure == nil && known.contains("\(script.name):\(one.line)") {
        do { _ = try parser.parse(one.query) } catch { Issue.record("\(script.name):\(one.line) \(error)") }
      }
    }
  }

  /// Every case of tiers 1 and 2 passes, but for those of `Tests/Golden/promql/known-failures.txt`; and those fail, so that the list can only shrink.
  /// `TIDEMARK_REWRITE_GOLDEN=1` writes the list anew.
  @Test func `outside scripts hold, but for the known failures`() throws {
    guard let folder = Conformance.scripts else {
      print("promqltest: NOT RUN: no conformance folder beside the project, and TIDEMARK_CONFORMANCE names none")
      return
    }
    let report = run(files: try Conformance.scripts(in: folder).map { url throws in try ScriptFile(path: url.path) })
    let failures = Dictionary(report.failures.map { ("\($0.script):\($0.line)", $0) }) { first, _ in first }
    let known = try Conformance.knownFailureList()
    var counts: [String: (passed: Int, all: Int)] = [:]
    var failing: [String] = []
    for one in try Conformance.tiers(in: folder) where one.tier < 3 {
      counts[one.group, default: (0, 0)].all += 1
      if let failure = failures[one.id] {
        failing.append(one.id)
        if !known.contains(one.id) { Issue.record("\(failure)") }
      } else {
        counts[one.group]!.passed += 1
        if known.contains(one.id) {
          Issue.record("\(one.id) passes now: take it off \(Conformance.knownFailures.lastPathComponent)")
        }
      }
    }
    let shown = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.passed)/\($0.value.all)" }
    print("promqltest: " + shown.joined(separator: ", "))
    if ProcessInfo.processInfo.environment["TIDEMARK_REWRITE_GOLDEN"] == "1" {
      try Conformance.write(knownFailures: failing, failures)
    }
  }
}

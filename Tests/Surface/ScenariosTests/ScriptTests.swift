import Foundation
import PromQLSyntax
import SeriesModel
import Testing

@testable import Scenarios

/// The project's own scripts, and outside ones when they are at hand.
@Suite struct ScriptTests {
  static let own = Conformance.scripts(in: Conformance.root.appending(path: "Tests/Scripts/promql"))

  @Test func `there are scripts`() { #expect(Self.own.count >= 13) }

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
}

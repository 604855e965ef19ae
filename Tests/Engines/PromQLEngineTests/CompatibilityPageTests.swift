import Foundation
import PromQLSyntax
import Testing

@Suite struct CompatibilityPageTests {
  @Test func `the page of compatibility names every function and aggregation`() throws {
    let page = URL(filePath: #filePath).appending(path: "../../../../docs/compatibility.md").standardized
    let text = try String(contentsOf: page, encoding: .utf8)
    for name in FunctionSignature.all.keys.sorted() { #expect(text.contains("`\(name)`"), "\(name)") }
    for op in AggregateOperator.allCases { #expect(text.contains("`\(op.rawValue)`"), "\(op.rawValue)") }
  }
}

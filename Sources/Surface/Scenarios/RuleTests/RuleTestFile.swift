import PromQLSyntax
import SeriesModel
import SourceText

/// Unit tests of rules, as `promtool test rules` reads them.
package struct RuleTestFile: Sendable {
  /// Patterns of rule files; relative ones start from the folder of this file.
  package var ruleFiles: [Place<String>]
  /// How often the rules of all groups are evaluated, whatever their own intervals are.
  package var evaluationInterval: PromDuration
  /// Groups that are evaluated one after another; one that is not named counts as the first.
  package var groupOrder: [Place<String>]
  /// Neighbouring floats count as equal.
  package var comparesFuzzily: Bool
  package var tests: [RuleTest]

  /// A value and where it stands in the file.
  package struct Place<Value: Sendable>: Sendable {
    package var value: Value
    package var range: SourceRange
  }
}

/// Series from time 0 on, and what is expected of the rules over them.
package struct RuleTest: Sendable {
  package var name: String
  package var range: SourceRange
  /// Time between points.
  package var interval: PromDuration
  package var series: [SeriesDescription]
  package var externalLabels: LabelSet
  package var externalURL: String
  package var alertCases: [AlertCase]
  package var queryCases: [QueryCase]

  /// The time of the last case; rules are evaluated until then.
  package var end: Timestamp { (alertCases.map(\.time) + queryCases.map(\.time)).max() ?? Timestamp(milliseconds: 0) }

  /// The firing alerts of one name at a time.
  package struct AlertCase: Sendable {
    package var range: SourceRange
    package var alert: RuleTestFile.Place<String>
    package var time: Timestamp
    package var expected: [TestedAlert]
  }

  /// The result of a query at a time.
  package struct QueryCase: Sendable {
    package var range: SourceRange
    package var text: String
    package var expr: Expr
    package var time: Timestamp
    package var expected: [TestedSample]
  }
}

/// A firing alert, expected or found.
package struct TestedAlert: Hashable, Sendable {
  package var labels: LabelSet
  package var annotations: [String: String]
}

/// An element of a result, expected or found.
package struct TestedSample: Sendable {
  package var labels: LabelSet
  package var value: Double
}

/// What one file may ask for. Each limit is named in the message that refuses.
package struct RuleTestLimits: Sendable {
  /// Evaluations of the rules in one test.
  package var passes: Int
  package init(passes: Int = 1_000_000) { self.passes = passes }
}

/// The names of the findings about test files; a page explains each.
package enum RuleTestCheck {
  package static let file = "test/file"
  package static let ruleFiles = "test/rule-files"
  package static let groupOrder = "test/group-order"
  package static let alertName = "test/alert-name"
  package static let emptyLabel = "test/empty-label"
  package static let histogram = "test/histogram"
  package static let limit = "test/limit"
}

import SeriesModel
import SourceText

/// One line of a page.
package enum ExpositionEntry: Sendable {
  case type(name: String, MetricType)
  case help(name: String, String)
  case unit(name: String, String)
  case sample(ExpositionSample)
  /// `# EOF`
  case end
}

/// A sample as it was written.
package struct ExpositionSample: Hashable, Sendable {
  package var name: String
  /// In the order of the line, empty values kept, each name once.
  package var labels: [Label]
  package var value: Double
  package var timestamp: Timestamp?
  package var exemplar: Exemplar?

  package struct Exemplar: Hashable, Sendable {
    package var labels: [Label]
    package var value: Double
    package var timestamp: Timestamp?
  }

  /// The series' identity.
  package var series: LabelSet { LabelSet(labels + [Label(LabelName.metric, name)]) }
}

/// What a page says, as far as it could be read.
package struct ExpositionPage: Sendable {
  package var samples: [ExpositionSample] = []
  /// By the family's name as declared.
  package var metadata: [String: MetricMetadata] = [:]
  package var diagnostics: [Diagnostic] = []

  package var isValid: Bool { !diagnostics.contains { $0.severity == .error } }
}

/// What is wrong with a line.
struct ExpositionProblem: Error {
  var check: String
  var range: SourceRange
  var message: String
  var hint: String?

  var diagnostic: Diagnostic { Diagnostic(.error, check, at: range, message, hint: hint) }
}

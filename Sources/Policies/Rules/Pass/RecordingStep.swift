import PromQLEngine
import RuleModel
import SeriesModel

/// From the elements of a result to the series that a recording rule writes.
struct RecordingStep: Sendable {
  let record: String
  let labels: [Label]

  init(_ rule: RecordingRule) {
    record = rule.record
    labels = rule.labels
  }

  /// - Throws: ``RuleFailure/equalSeries``, ``RuleFailure/tooManySeries(limit:count:)``.
  func series(for elements: [VectorElement], limit: Int) throws(RuleFailure) -> [LabelSet] {
    let series = elements.map { labels(for: $0.labels) }
    guard Set(series).count == series.count else { throw .equalSeries }
    guard limit == 0 || series.count <= limit else { throw .tooManySeries(limit: limit, count: series.count) }
    return series
  }

  private func labels(for element: LabelSet) -> LabelSet {
    var builder = LabelSetBuilder(element)
    builder.set(LabelName.metric, record)
    for label in labels { builder.set(label.name, label.value) }
    return builder.build()
  }
}

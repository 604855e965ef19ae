import PromQLSyntax

/// The reference's texts of annotations, without kind and place.
enum RemarkText {
  static func invalidQuantile(_ q: Double) -> String { "quantile value should be between 0 and 1, got \(GoNumber.general(q))" }

  static func invalidRatio(_ ratio: Double, capped: Double) -> String {
    "ratio value should be between -1 and 1, got \(GoNumber.general(ratio)), capping to \(GoNumber.general(capped))"
  }

  static func notCounter(_ name: String) -> String {
    "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \(GoText.quoted(name))"
  }

  static func notCounter(_ name: String, type: String) -> String {
    "metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got \(GoText.quoted(type)): "
      + GoText.quoted(name)
  }

  static func badBucket(_ bound: String, metric: String) -> String {
    "bucket label \"le\" is missing or has a malformed value of \(GoText.quoted(bound))" + named(metric)
  }

  static func forcedMonotonicity(metric: String) -> String {
    "input to histogram_quantile needed to be fixed for monotonicity "
      + "(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)" + named(metric)
  }

  static let sortWithoutEffect = "sort is ineffective for range queries since results are always ordered by labels"

  private static func named(_ metric: String) -> String { metric.isEmpty ? "" : " for metric name \(GoText.quoted(metric))" }
}

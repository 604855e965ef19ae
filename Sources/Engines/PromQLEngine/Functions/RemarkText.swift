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

  static func notCounter(_ name: String, type: String, _ edition: Edition) -> String {
    let wanted = edition == .v3_5 ? "\"counter\"" : "\"counter\" or \"histogram\""
    return
      "metric might not be a counter, __type__ label is not set to \(wanted), got \(GoText.quoted(type)): \(GoText.quoted(name))"
  }

  static func badBucket(_ bound: String, metric: String, _ edition: Edition) -> String {
    "bucket label \"le\" is missing or has a malformed value of \(GoText.quoted(bound))" + named(metric, edition)
  }

  static func forcedMonotonicity(metric: String, _ edition: Edition) -> String {
    "input to histogram_quantile needed to be fixed for monotonicity "
      + "(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)" + named(metric, edition)
  }

  static let sortWithoutEffect = "sort is ineffective for range queries since results are always ordered by labels"

  /// 3.5 names even what has no name.
  private static func named(_ metric: String, _ edition: Edition) -> String {
    metric.isEmpty && edition == .newest ? "" : " for metric name \(GoText.quoted(metric))"
  }
}

import SeriesModel
import SourceText

/// What each type asks of a single sample.
enum OpenMetricsTypes {
  /// What follows the family's name in its samples' names.
  static func suffixes(_ type: MetricType) -> [String] {
    switch type {
    case .counter: ["_total", "_created"]
    case .histogram: ["_bucket", "_count", "_sum", "_created"]
    case .gaugehistogram: ["_bucket", "_gcount", "_gsum"]
    case .summary: ["", "_count", "_sum", "_created"]
    case .info: ["_info"]
    case .gauge, .stateset, .unknown: [""]
    }
  }

  static func check(
    _ sample: ExpositionSample, _ suffix: String, _ type: MetricType, family: String, at line: SourceRange,
    _ diagnostics: inout [Diagnostic]
  ) {
    func complain(_ check: String, _ message: String) {
      diagnostics.append(Diagnostic(.error, "exposition/" + check, at: line, message))
    }
    if isCount(suffix, type), !(sample.value >= 0) { complain("counter-value", "\(sample.name) cannot be \(sample.value)") }
    switch type {
    case .info where sample.value != 1: complain("info-value", "an info is 1")
    case .stateset:
      if sample.value != 0 && sample.value != 1 { complain("stateset-value", "a state is 0 or 1") }
      if !sample.labels.contains(where: { $0.name == family }) {
        complain("stateset-label", "a state is named by a label \(family)")
      }
    case .histogram where suffix == "_bucket", .gaugehistogram where suffix == "_bucket":
      if bound(sample) == nil { complain("bucket-bound", "a bucket has a label le with a number or +Inf") }
    case .summary where suffix.isEmpty:
      let quantile = sample.labels.first { $0.name == "quantile" }.flatMap { ExpositionNumber.parse(Array($0.value.utf8)[...]) }
      if !(quantile.map { (0...1).contains($0) } ?? false) { complain("quantile", "a quantile is between 0 and 1") }
      // Of nothing it is NaN.
      if sample.value < 0 { complain("quantile-value", "a quantile's value cannot be \(sample.value)") }
    default: break
    }
    if let exemplar = sample.exemplar { check(exemplar, suffix, type, complain) }
  }

  /// The number in `le`; infinity only as `+Inf`.
  static func bound(_ sample: ExpositionSample) -> Double? {
    guard let text = sample.labels.first(where: { $0.name == "le" })?.value else { return nil }
    if text == "+Inf" { return .infinity }
    guard let bound = ExpositionNumber.parse(Array(text.utf8)[...]), bound.isFinite else { return nil }
    return bound
  }

  /// Values that only grow, or count what is there.
  private static func isCount(_ suffix: String, _ type: MetricType) -> Bool {
    switch type {
    case .counter: suffix == "_total"
    case .histogram: suffix != "_created"
    case .gaugehistogram: suffix == "_bucket" || suffix == "_gcount"
    case .summary: suffix == "_count" || suffix == "_sum"
    default: false
    }
  }

  private static func check(
    _ exemplar: ExpositionSample.Exemplar, _ suffix: String, _ type: MetricType, _ complain: (String, String) -> Void
  ) {
    let isAllowed = type == .counter ? suffix == "_total" : (type == .histogram || type == .gaugehistogram) && suffix == "_bucket"
    if !isAllowed { complain("exemplar-place", "exemplars stand on counters' totals and on buckets only") }
    let length = exemplar.labels.reduce(0) { $0 + $1.name.unicodeScalars.count + $1.value.unicodeScalars.count }
    if length > 128 { complain("exemplar-length", "an exemplar's labels have \(length) characters, more than 128") }
  }
}

import SeriesModel
import SourceText

/// The samples of one metric: their times rise, and a histogram's buckets agree with each other.
struct MetricBlock {
  let key: LabelSet
  let line: SourceRange
  private var timestamp: Timestamp?
  private var isFirst = true
  /// Without a timestamp a series stands once.
  private var seen: Set<LabelSet> = []
  private var buckets = Buckets()

  private struct Buckets {
    var last: (bound: Double, count: Double)?
    var count: Double?
    var hasSum = false
    var hasNegativeBound = false
    var isAny: Bool { last != nil || count != nil || hasSum }
  }

  init(key: LabelSet, line: SourceRange) {
    self.key = key
    self.line = line
  }

  mutating func see(
    _ sample: ExpositionSample, _ suffix: String, _ type: MetricType, at line: SourceRange, _ diagnostics: inout [Diagnostic]
  ) {
    func complain(_ check: String, _ message: String) {
      diagnostics.append(Diagnostic(.error, "exposition/" + check, at: line, message))
    }
    if !isFirst, (sample.timestamp == nil) != (timestamp == nil) {
      complain("timestamps", "either all samples of a metric have timestamps, or none")
    } else if let before = timestamp, let now = sample.timestamp {
      if now < before { complain("timestamps", "the timestamps of a metric do not go back") }
      if now > before { startPoint(type, &diagnostics) }
    } else if !seen.insert(sample.series).inserted {
      complain("repeated-sample", "\(sample.series) stands here twice")
    }
    timestamp = sample.timestamp
    isFirst = false
    switch suffix {
    case "_bucket" where type == .histogram || type == .gaugehistogram: seeBucket(sample, complain)
    case "_count", "_gcount": buckets.count = sample.value
    case "_sum", "_gsum": buckets.hasSum = true
    default: break
    }
  }

  func finish(_ type: MetricType, _ diagnostics: inout [Diagnostic]) {
    guard type == .histogram || type == .gaugehistogram, buckets.isAny else { return }
    func complain(_ check: String, _ message: String) {
      diagnostics.append(Diagnostic(.error, "exposition/" + check, at: line, message))
    }
    guard let last = buckets.last, last.bound == .infinity else {
      complain("infinite-bucket", "a histogram has a bucket le=\"+Inf\"")
      return
    }
    if let count = buckets.count, count != last.count {
      complain("histogram-count", "the count \(count) is not that of the bucket le=\"+Inf\", \(last.count)")
    }
    if type == .histogram, buckets.hasSum, buckets.hasNegativeBound {
      complain("histogram-sum", "with negative bounds there is no sum")
    }
    if buckets.hasSum != (buckets.count != nil), !buckets.hasNegativeBound {
      complain("histogram-sum", "a count and a sum come together")
    }
  }

  private mutating func seeBucket(_ sample: ExpositionSample, _ complain: (String, String) -> Void) {
    guard let bound = OpenMetricsTypes.bound(sample) else { return }
    if let last = buckets.last {
      if bound <= last.bound { complain("bucket-order", "the bounds of buckets rise") }
      if sample.value < last.count { complain("bucket-counts", "a bucket holds at least what the one before it does") }
    }
    if bound < 0 { buckets.hasNegativeBound = true }
    buckets.last = (bound, sample.value)
  }

  /// The same metric at a later time.
  private mutating func startPoint(_ type: MetricType, _ diagnostics: inout [Diagnostic]) {
    finish(type, &diagnostics)
    buckets = Buckets()
  }
}

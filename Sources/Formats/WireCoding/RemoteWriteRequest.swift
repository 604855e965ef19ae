import SeriesModel

/// A remote write 1.0 request: series with the samples of all of them in two columns.
package struct RemoteWriteRequest: Sendable {
  package struct Series: Hashable, Sendable {
    package var labels: LabelSet
    /// Where its samples stand in the columns.
    package var samples: Range<Int>

    package init(labels: LabelSet, samples: Range<Int>) {
      self.labels = labels
      self.samples = samples
    }
  }

  package struct Family: Hashable, Sendable {
    package var name: String
    package var metadata: MetricMetadata

    package init(name: String, metadata: MetricMetadata) {
      self.name = name
      self.metadata = metadata
    }
  }

  /// A series that cannot be one, by its index among all of the request's.
  package struct Refusal: Hashable, Sendable {
    package var index: Int
    package var reason: String
  }

  /// The good ones; a series whose labels are not valid is in ``refused`` and the others are kept.
  package var series: [Series] = []
  /// Milliseconds.
  package var timestamps: [Int64] = []
  package var values: [Double] = []
  package var families: [Family] = []
  package var refused: [Refusal] = []
  /// Native histograms and exemplars are not stored; these were in the request.
  package var nativeHistogramCount = 0
  package var exemplarCount = 0

  package init() {}

  /// What of the request has no place here, for the answer; `nil`: nothing.
  package var unsupported: String? {
    let parts = [(nativeHistogramCount, "native histogram"), (exemplarCount, "exemplar")].filter { $0.0 > 0 }
    if parts.isEmpty { return nil }
    return parts.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " and ") + " not stored: not supported"
  }

  package mutating func append(_ labels: LabelSet, _ samples: [Sample]) {
    let start = timestamps.count
    for sample in samples {
      timestamps.append(sample.timestamp.milliseconds)
      values.append(sample.value)
    }
    series.append(Series(labels: labels, samples: start..<timestamps.count))
  }
}

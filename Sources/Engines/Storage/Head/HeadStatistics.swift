import SeriesModel

/// What `/api/v1/status/tsdb` tells.
package struct HeadStatistics: Hashable, Sendable {
  package struct Count: Hashable, Sendable {
    package var name: String
    package var value: Int
  }

  package var seriesCount: Int
  package var sampleCount: Int
  package var chunkCount: Int
  package var labelPairCount: Int
  /// An estimate.
  package var bytes: Int
  package var samplesAppended: UInt64
  /// `nil` when there are no samples.
  package var oldest: Timestamp?
  package var newest: Timestamp?
  /// Each sorted by falling value, equal ones by name.
  package var seriesByMetricName: [Count]
  package var valuesByLabelName: [Count]
  package var bytesByLabelName: [Count]
  package var seriesByLabelPair: [Count]
}

/// The head's own counts, at hand without a walk.
package struct HeadTotals: Hashable, Sendable {
  package var series: Int
  /// An estimate.
  package var bytes: Int
  /// Since the start.
  package var samplesAppended: UInt64
}

extension Head {
  package var totalsNow: HeadTotals {
    let series = index.read { $0.count }
    return totals.withLock { HeadTotals(series: series, bytes: $0.bytes, samplesAppended: $0.appended) }
  }

  /// - Parameter limit: how many entries each list has at most.
  /// - Cost: walks over every label value and every series.
  package func statistics(limit: Int = 10) -> HeadStatistics {
    index.read { index in
      var chunks = 0
      var oldest: Int64?
      var newest: Int64?
      for place in index.everyPlace {
        shelves.with(index.refs[Int(place)]) { series in
          chunks += series.chunkCount
          if let first = series.firstTime { oldest = min(oldest ?? first, first) }
          if let last = series.lastTime { newest = max(newest ?? last, last) }
        }
      }
      let totals = currentTotals()
      let names = index.postings
      return HeadStatistics(
        seriesCount: index.count, sampleCount: totals.samples, chunkCount: chunks,
        labelPairCount: names.values.reduce(0) { $0 + $1.count }, bytes: totals.bytes, samplesAppended: totals.appended,
        oldest: oldest.map { Timestamp(milliseconds: $0) }, newest: newest.map { Timestamp(milliseconds: $0) },
        seriesByMetricName: Self.top(limit, (names[ExactText(LabelName.metric)] ?? [:]).lazy.map { ($0.key.text, $0.value.count) }),
        valuesByLabelName: Self.top(limit, names.lazy.map { ($0.key.text, $0.value.count) }),
        bytesByLabelName: Self.top(
          limit,
          names.lazy.map { name, values in
            (name.text, values.reduce(0) { $0 + ($1.key.text.utf8.count + name.text.utf8.count) * $1.value.count })
          }),
        seriesByLabelPair: Self.top(
          limit, names.lazy.flatMap { name, values in values.lazy.map { ("\(name.text)=\($0.key.text)", $0.value.count) } }))
    }
  }

  private static func top(_ limit: Int, _ entries: some Sequence<(String, Int)>) -> [HeadStatistics.Count] {
    entries.map { HeadStatistics.Count(name: $0.0, value: $0.1) }
      .sorted { ($1.value, $0.name) < ($0.value, $1.name) }
      .prefix(limit).map { $0 }
  }
}

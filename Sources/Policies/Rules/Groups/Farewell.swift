import SeriesModel

/// Series of rules that are no more. They end two intervals later, so that a renamed rule or group can take them over.
struct Farewell: Sendable {
  let interval: PromDuration
  private let series: [LabelSet]
  private let queryOffset: PromDuration
  /// Of the last samples that the removed rules wrote.
  private let lastSamples: Timestamp
  private let due: Timestamp

  /// `nil` when there is nothing to end.
  init?(_ removed: [RuleMemory], of group: CompiledGroup, lastSamples: Timestamp?, at now: Timestamp) {
    let series = removed.flatMap { $0.outputs.flatMap(\.labels) }
    guard let lastSamples, !series.isEmpty else { return nil }
    self.series = series
    self.lastSamples = lastSamples
    interval = group.interval
    queryOffset = group.queryOffset
    due = now + group.interval + group.interval
  }

  /// Writes the markers, when it is time. A series that somebody has written since is somebody else's.
  ///
  /// - Returns: whether it is done. What could not be read or written is not tried again: a series without samples ends by itself.
  func run(at time: Timestamp, _ source: any SeriesSource, _ sink: any SampleSink) -> Bool {
    guard time >= due else { return false }
    var batch = SampleBatch()
    let at = time - queryOffset
    for labels in series where isOurs(labels, in: source.view(), until: at) {
      if let ref = try? sink.reference(for: labels) { batch.append(ref, at.milliseconds, Staleness.marker) }
    }
    if batch.count > 0 { _ = try? sink.append(batch) }
    return true
  }

  private func isOurs(_ labels: LabelSet, in view: any SeriesView, until end: Timestamp) -> Bool {
    let span = TimeSpan(from: lastSamples, through: max(end, lastSamples))
    var columns = SampleColumns()
    guard let found = try? view.select(labels.labels.map { .equal($0.name, $0.value) }, in: span, limit: .max),
      let i = found.labels.firstIndex(of: labels), (try? view.readLatest([found.refs[i]].span, in: span, into: &columns)) != nil,
      let last = columns.row(0).last
    else { return false }
    return columns.timestamps[last] <= lastSamples.milliseconds && !Staleness.isMarker(columns.values[last])
  }
}

import PromQLSyntax
import SeriesModel

/// Gives the points of described series to a store when their time has come; the first ones belong to time 0.
struct SeriesFeed {
  private let sink: any SampleSink
  private let interval: Int64
  private let series: [(ref: SeriesRef, description: SeriesDescription)]
  /// Of the points that come next.
  private var next = 0

  /// - Throws: ``SinkError`` when the store has no place for the series.
  init(_ descriptions: [SeriesDescription], every interval: PromDuration, into sink: any SampleSink) throws(SinkError) {
    self.sink = sink
    self.interval = interval.milliseconds
    // Of two descriptions of one series the last holds.
    let last = Dictionary(descriptions.enumerated().map { ($1.labels, $0) }) { $1 }
    var series: [(ref: SeriesRef, description: SeriesDescription)] = []
    for (i, one) in descriptions.enumerated() where last[one.labels] == i {
      series.append((try sink.reference(for: one.labels), one))
    }
    self.series = series
  }

  /// Appends what belongs to times until `now` and is not there yet.
  ///
  /// - Throws: ``SinkError``, also when a point is refused because something else has written to its series.
  mutating func advance(through now: Timestamp) throws(SinkError) {
    var batch = SampleBatch()
    while Int64(next) * interval <= now.milliseconds {
      for (ref, one) in series where next < one.points.count {
        if case .value(let value) = one.points[next] { batch.append(ref, Int64(next) * interval, value) }
      }
      next += 1
    }
    if batch.count == 0 { return }
    guard let (i, why) = try sink.append(batch).refused.first else { return }
    let labels = series.first { $0.ref == batch.refs[i] }?.description.labels ?? .empty
    throw .invalidLabels("\(labels) at \(PromDuration(milliseconds: batch.timestamps[i])) is refused: \(why)")
  }
}

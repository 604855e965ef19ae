import SeriesModel

/// A series as one view sees it. Holds the chunks, so they may be decoded while the series goes on.
struct HeadSeriesSnapshot {
  let chunks: [Chunk]
  let open: OpenChunk
  /// How many samples from the front of the first chunk on.
  let visible: Int
  let late: [HeadSeries.LateSample]

  /// Appends the samples of a span, oldest first; of two with one time the one that came in order wins.
  func append(from start: Int64, through end: Int64, to columns: inout SampleColumns) {
    let late = late.filter { $0.time >= start && $0.time <= end }
    if late.isEmpty { return appendInOrder(from: start, through: end, to: &columns) }
    var inOrder = SampleColumns()
    appendInOrder(from: start, through: end, to: &inOrder)
    var i = 0
    var j = 0
    while i < inOrder.timestamps.count || j < late.count {
      if j == late.count || i < inOrder.timestamps.count && inOrder.timestamps[i] <= late[j].time {
        if j < late.count, inOrder.timestamps[i] == late[j].time { j += 1 }
        columns.append(inOrder.timestamps[i], inOrder.values[i])
        i += 1
      } else {
        columns.append(late[j].time, late[j].value)
        j += 1
      }
    }
  }

  func appendInOrder(from start: Int64, through end: Int64, to columns: inout SampleColumns) {
    var rest = visible
    for chunk in chunks {
      if rest <= 0 || chunk.firstTime > end { return }
      if chunk.lastTime >= start {
        ChunkDecoder.decode(chunk.words.span, count: min(rest, chunk.count), from: start, through: end, into: &columns)
      }
      rest -= chunk.count
    }
    guard rest > 0, open.count > 0, open.lastTime >= start, open.firstTime <= end else { return }
    ChunkDecoder.decode(open.words.span, count: min(rest, open.count), from: start, through: end, into: &columns)
  }
}

import SeriesModel

/// One series in the head: closed chunks, the one that grows, and what came out of order.
struct HeadSeries: Sendable {
  /// Distinguishes series that have used the same place one after the other; 0: nobody does.
  var tenure: UInt32 = 0
  private(set) var chunks: [Chunk] = []
  private(set) var open = OpenChunk()
  private(set) var outOfOrder: [LateSample] = []
  private var trail = CommitTrail()
  /// All samples ever appended in order, and those of them that have been dropped at the front.
  private var appended = 0
  private var dropped = 0
  /// The head's newest time when the series was made; keeps a series alive that has no sample yet.
  var madeAt: Int64

  /// A sample older than the newest of its series when it came.
  struct LateSample: Sendable {
    var time: Int64
    var value: Double
    var batch: UInt64
  }

  init(tenure: UInt32, madeAt: Int64) {
    self.tenure = tenure
    self.madeAt = madeAt
  }

  var isEmpty: Bool { appended == dropped && outOfOrder.isEmpty }
  var lastTime: Int64? { appended > dropped ? open.count > 0 ? open.lastTime : chunks.last!.lastTime : nil }
  var sampleCount: Int { appended - dropped + outOfOrder.count }
  var chunkCount: Int { chunks.count + (open.count > 0 ? 1 : 0) }

  var firstTime: Int64? {
    let inOrder = appended > dropped ? chunks.first?.firstTime ?? open.firstTime : nil
    guard let late = outOfOrder.first?.time else { return inOrder }
    return min(late, inOrder ?? late)
  }

  /// Whether there may be samples in the span.
  func overlaps(_ start: Int64, _ end: Int64) -> Bool {
    guard let first = firstTime else { return false }
    let last = max(lastTime ?? .min, outOfOrder.last?.time ?? .min)
    return first <= end && last >= start
  }

  /// What appending did to the head's accounts.
  enum Effect {
    case appended(bytes: Int)
    /// The same sample was there already.
    case known
    case refused(SampleRefusal)
  }

  /// - Parameter lateFrom: samples before this that are not the series' newest are refused.
  mutating func append(_ time: Int64, _ value: Double, batch: UInt64, oldestView: UInt64, lateFrom: Int64) -> Effect {
    if appended > 0, time <= open.lastTime {
      if time == open.lastTime { return open.lastBits == value.bitPattern ? .known : .refused(.duplicate) }
      return appendLate(time, value, batch: batch, lateFrom: lateFrom)
    }
    trail.note(batch, samples: appended, oldestView: oldestView)
    let wordsBefore = open.words.count
    if open.isFull {
      chunks.append(Chunk(open))
      open = OpenChunk()
      open.append(time, value)
      appended += 1
      return .appended(bytes: Self.chunkOverhead + 8 * open.words.count)
    }
    open.append(time, value)
    appended += 1
    return .appended(bytes: 8 * (open.words.count - wordsBefore))
  }

  private mutating func appendLate(_ time: Int64, _ value: Double, batch: UInt64, lateFrom: Int64) -> Effect {
    // Without a window the reference calls it out of order, with one too old.
    guard time >= lateFrom else { return .refused(lateFrom == .max ? .outOfOrder : .tooOld) }
    var low = 0
    var high = outOfOrder.count
    while low < high {
      let middle = (low + high) / 2
      if outOfOrder[middle].time < time { low = middle + 1 } else { high = middle }
    }
    if low < outOfOrder.count, outOfOrder[low].time == time {
      return outOfOrder[low].value.bitPattern == value.bitPattern ? .known : .refused(.duplicate)
    }
    if let held = self.value(at: time) { return held.bitPattern == value.bitPattern ? .known : .refused(.duplicate) }
    outOfOrder.insert(LateSample(time: time, value: value, batch: batch), at: low)
    return .appended(bytes: MemoryLayout<LateSample>.stride)
  }

  /// The in-order sample at exactly this time.
  private func value(at time: Int64) -> Double? {
    var columns = SampleColumns()
    snapshot(at: .max).appendInOrder(from: time, through: time, to: &columns)
    return columns.values.first
  }

  /// What a view sees, to be decoded outside of the lock. The chunks are shared, not copied.
  func snapshot(at view: UInt64) -> HeadSeriesSnapshot {
    HeadSeriesSnapshot(
      chunks: chunks, open: open, visible: max(0, trail.visible(at: view, of: appended) - dropped),
      late: outOfOrder.isEmpty || outOfOrder.allSatisfy { $0.batch <= view } ? outOfOrder : outOfOrder.filter { $0.batch <= view })
  }

  /// The newest sample without decoding; `nil` when this view has to decode.
  func newest(at view: UInt64) -> (time: Int64, value: Double)? {
    guard open.count > 0, outOfOrder.isEmpty, trail.sees(view) else { return nil }
    return (open.lastTime, open.lastValue)
  }

  /// Drops chunks and late samples that end before `time`. Returns the bytes freed.
  mutating func drop(before time: Int64, closedChunksOnly: Bool) -> Int {
    var freed = 0
    let gone = chunks.prefix { $0.lastTime < time }.count
    if gone > 0 {
      for chunk in chunks.prefix(gone) {
        dropped += chunk.count
        freed += Self.chunkOverhead + 8 * chunk.words.count
      }
      chunks.removeFirst(gone)
    }
    if !closedChunksOnly, chunks.isEmpty, open.count > 0, open.lastTime < time {
      dropped += open.count
      freed += 8 * open.words.count
      open = open.emptied
    }
    let late = outOfOrder.prefix { $0.time < time }.count
    if late > 0 {
      outOfOrder.removeFirst(late)
      freed += late * MemoryLayout<LateSample>.stride
    }
    return freed
  }

  /// A chunk's entry and its array's head.
  static let chunkOverhead = MemoryLayout<Chunk>.stride + 32
}

extension OpenChunk {
  /// No samples, but the last time and value are still known, so that what is not newer stays out of order.
  var emptied: OpenChunk { OpenChunk(after: lastTime, lastBits) }
}

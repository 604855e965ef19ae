import SeriesModel

/// One batch on its way into the series.
struct AppendRun {
  struct Bounds {
    /// The newest time of all before the batch; `.min`: there is none.
    var newest: Int64
    var history: Int64?
    /// Samples that are late in their series are taken from here on.
    var lateFrom: Int64
    var lateWindow: Int64?
    var through: Int64
  }

  let batch: UInt64
  let oldestView: UInt64
  let bounds: Bounds
  private(set) var appended = 0
  private(set) var known = 0
  private(set) var bytes = 0
  private(set) var newest: Int64 = .min
  private(set) var refused: [(index: Int, why: SampleRefusal)] = []

  init(batch: UInt64, oldestView: UInt64, bounds: Bounds) {
    self.batch = batch
    self.oldestView = oldestView
    self.bounds = bounds
    newest = bounds.newest
  }

  /// Neighbours on one shelf are appended under one turn of its lock, at most this many.
  private static let turn = 256

  mutating func append(_ samples: borrowing SampleBatch, to shelves: SeriesShelves) {
    var i = 0
    let count = samples.refs.count
    while i < count {
      let place = SeriesShelves.place(samples.refs[i])
      let shelf = SeriesShelves.shelf(place)
      var end = i + 1
      while end < count, end - i < Self.turn, SeriesShelves.shelf(SeriesShelves.place(samples.refs[end])) == shelf { end += 1 }
      let range = i..<end
      self = shelves.shelf(of: place).series.withLock { [self] series in
        var run = self
        for j in range { run.append(samples.refs[j], samples.timestamps[j], samples.values[j], j, to: &series) }
        return run
      }
      i = end
    }
  }

  @inline(__always)
  private mutating func append(_ ref: SeriesRef, _ time: Int64, _ value: Double, _ i: Int, to series: inout [HeadSeries]) {
    let place = SeriesShelves.index(SeriesShelves.place(ref))
    guard place < series.count, series[place].tenure == SeriesShelves.tenure(ref) else { return refuse(i, .unknownSeries) }
    guard time <= bounds.through else { return refuse(i, .tooFarInFuture) }
    if let history = bounds.history, newest > .min, time < newest - history { return refuse(i, .tooOld) }
    switch series[place].append(time, value, batch: batch, oldestView: oldestView, lateFrom: bounds.lateFrom) {
    case .appended(let more):
      appended += 1
      bytes += more
      if time > newest { newest = time }
    case .known: known += 1
    case .refused(let why): refuse(i, why)
    }
  }

  private mutating func refuse(_ i: Int, _ why: SampleRefusal) { refused.append((i, why)) }
}

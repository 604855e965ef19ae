import SeriesModel
import Threading

/// The newest samples of all series, in memory.
///
/// - Appends come one batch at a time; views read beside them and see whole batches. Samples are decoded outside of every lock.
/// - Nothing is written to disk: a head lives as long as its process.
/// - A reference stays good while its series has samples (or is younger than the history); after that, appending to it is refused as `.unknownSeries` and
///   the caller resolves again.
package final class Head: SeriesSource, SampleSink {
  package let options: HeadOptions
  private let time: any TimeSource
  let shelves = SeriesShelves()
  let index = SharedLock(LabelIndex())
  let order = LabelOrder()
  let gate = CommitGate()
  private let lookup = SeriesLookup()
  private let appending: BlockingLock<Ledger>
  let totals = BlockingLock(Totals())
  private let families = BlockingLock<[String: MetricMetadata]>([:])

  /// What the appender keeps for itself.
  private struct Ledger: Sendable {
    /// The next newest time at which old samples are looked for.
    var nextDrop: Int64 = .min
    /// Fewer bytes than this are not worth looking for something to evict.
    var evictFrom = 0
  }

  struct Totals: Sendable {
    var bytes = 0
    var samples = 0
    var newest: Int64 = .min
    var appended: UInt64 = 0
  }

  /// - Parameter time: asked only when there is a limit for samples of the future.
  package init(options: HeadOptions = HeadOptions(), time: any TimeSource = SystemTime()) {
    self.options = options
    self.time = time
    appending = BlockingLock(Ledger())
  }

  package func view() -> any SeriesView { HeadView(self) }

  // MARK: Series

  package func reference(for labels: LabelSet) throws(SinkError) -> SeriesRef {
    let hash = labels.hash64
    if let known = lookup.find(labels, hash: hash) { return known }
    try checkLabels(labels)
    return try index.write { (index: inout LabelIndex) throws(SinkError) -> SeriesRef in
      if let known = lookup.find(labels, hash: hash) { return known }
      try checkRoom(index.count)
      let newest = totals.withLock { $0.newest }
      let ref = shelves.put(at: index.nextPlace, madeAt: newest)
      index.add(labels, ref)
      lookup.insert(labels, hash: hash, ref)
      totals.withLock { $0.bytes += Self.seriesBytes(labels) }
      return ref
    }
  }

  /// The reference of a label set whose `le` and `quantile` are first brought into the form `120.0` when asked for.
  package func reference(for labels: LabelSet, normalizingBounds: Bool) throws(SinkError) -> SeriesRef {
    try reference(for: normalizingBounds ? labels.normalizingBounds : labels)
  }

  private func checkLabels(_ labels: LabelSet) throws(SinkError) {
    guard !labels.isEmpty else { throw .invalidLabels("a series needs at least one label") }
    guard labels.bytes.count <= options.labelSetBytes else {
      throw .invalidLabels(
        "a label set of \(labels.bytes.count) bytes is larger than storage.label-set-bytes, \(options.labelSetBytes)")
    }
    guard labels.count <= options.labelsPerSeries else {
      throw .invalidLabels("\(labels.count) labels are more than storage.labels-per-series, \(options.labelsPerSeries)")
    }
  }

  private func checkRoom(_ series: Int) throws(SinkError) {
    guard series < options.seriesLimit else { throw .full("storage.series-limit of \(options.seriesLimit) series is reached") }
    guard totals.withLock({ $0.bytes }) < options.byteLimit else {
      throw .full("storage.head-bytes of \(options.byteLimit) bytes is reached: no new series")
    }
  }

  /// An estimate of what a series costs before its first sample: its label set, its place, its entries in the index and the look-up.
  static func seriesBytes(_ labels: LabelSet) -> Int {
    labels.bytes.count + 32 + MemoryLayout<HeadSeries>.stride + 64 + 8 * labels.count
  }

  // MARK: Samples

  package func append(_ batch: borrowing SampleBatch) throws(SinkError) -> AppendReport { append(batch, whenVisible: {}) }

  /// Appends a batch; `publish` runs in the instant from which views see it, so that what it publishes and the samples are seen together. It must be short.
  @discardableResult
  package func append(_ batch: borrowing SampleBatch, whenVisible publish: () -> Void) -> AppendReport {
    precondition(
      batch.refs.count == batch.timestamps.count && batch.refs.count == batch.values.count,
      "a batch of \(batch.refs.count) references, \(batch.timestamps.count) timestamps and \(batch.values.count) values")
    let ledger = appending.withLock { ledger in
      let (number, oldestView) = gate.begin()
      var run = AppendRun(batch: number, oldestView: oldestView, bounds: bounds())
      run.append(batch, to: shelves)
      let newest = totals.withLock { totals in
        totals.bytes += run.bytes
        totals.samples += run.appended
        totals.appended += UInt64(run.appended)
        totals.newest = max(totals.newest, run.newest)
        return totals.newest
      }
      gate.commit(number, publish: publish)
      maintain(newest: newest, &ledger)
      return AppendReport(appended: run.appended + run.known, refused: run.refused)
    }
    return ledger
  }

  private func bounds() -> AppendRun.Bounds {
    let newest = totals.withLock { $0.newest }
    let lateFrom: Int64 =
      switch options.outOfOrderWindow {
      case nil: .min
      case PromDuration.zero?: .max
      case let window?: newest == .min ? .min : newest - window.milliseconds
      }
    return AppendRun.Bounds(
      newest: newest, history: options.history?.milliseconds, lateFrom: lateFrom,
      lateWindow: options.outOfOrderWindow?.milliseconds,
      through: options.futureLimit.map { (time.now() + $0).milliseconds } ?? .max)
  }

  // MARK: Growing old

  /// Drops what ends before `time`, and series that nothing is left of.
  package func truncate(before time: Timestamp) { appending.withLock { _ in drop(before: time.milliseconds) } }

  private func maintain(newest: Int64, _ ledger: inout Ledger) {
    if let history = options.history?.milliseconds, newest > .min, newest >= ledger.nextDrop {
      if ledger.nextDrop > .min { drop(before: newest - history) }
      ledger.nextDrop = newest + max(1, history / 60)
    }
    if totals.withLock({ $0.bytes }) > max(options.byteLimit, ledger.evictFrom) { evict(newest: newest, &ledger) }
  }

  /// Gives up the closed chunks of the oldest sixteenths of the time that is held, until a sixteenth of the bytes is free again.
  private func evict(newest: Int64, _ ledger: inout Ledger) {
    guard let oldest = oldestTime() else { return }
    for sixteenth in 1...16 as ClosedRange<Int64> {
      drop(before: oldest + (newest - oldest) / 16 * sixteenth, closedChunksOnly: true)
      if totals.withLock({ $0.bytes }) <= options.byteLimit / 16 * 15 { break }
    }
    // Where only chunks that are being written are left, another try is worth it after some growth.
    ledger.evictFrom = totals.withLock { $0.bytes } + options.byteLimit / 64
  }

  private func oldestTime() -> Int64? {
    index.read { index in
      index.everyPlace.reduce(nil as Int64?) { oldest, place in
        let first = shelves.with(index.refs[Int(place)]) { $0.firstTime } ?? nil
        return first.map { min($0, oldest ?? $0) } ?? oldest
      }
    }
  }

  private func drop(before time: Int64, closedChunksOnly: Bool = false) {
    var freed = 0
    var samples = 0
    var gone: [UInt32] = []
    let refs = index.read { index in index.everyPlace.map { index.refs[Int($0)] } }
    for ref in refs {
      shelves.with(ref) { series in
        let before = series.sampleCount
        freed += series.drop(before: time, closedChunksOnly: closedChunksOnly)
        samples += before - series.sampleCount
        if !closedChunksOnly, series.isEmpty, series.madeAt < time {
          series.tenure |= SeriesShelves.vacant
          gone.append(SeriesShelves.place(ref))
        }
      }
    }
    if !gone.isEmpty {
      index.write { index in
        freed += gone.reduce(0) { $0 + Self.seriesBytes(index.labels[Int($1)]) }
        lookup.remove(Set(gone.map { index.refs[Int($0)] }))
        index.remove(gone)
      }
    }
    totals.withLock {
      $0.bytes -= freed
      $0.samples -= samples
    }
  }

  // MARK: Families

  /// Remembers what a family is. Beyond ``HeadOptions/metadataLimit`` families, new ones are not remembered.
  package func setMetadata(_ metadata: MetricMetadata, family: String) {
    families.withLock {
      guard $0.count < options.metadataLimit || $0[family] != nil else { return }
      $0[family] = metadata
    }
  }

  package func metadata() -> [String: MetricMetadata] { families.withLock { $0 } }

  func currentTotals() -> Totals { totals.withLock { $0 } }
}

import SeriesModel

/// Stores what a pass wrote, in one batch, and publishes the rules' standing in the instant from which readers see it.
struct PassCommit {
  private(set) var pass: GroupPass
  /// Samples and markers that the sink took.
  private(set) var stored = 0
  /// Why samples were refused, or the whole batch.
  private(set) var refusals: [String] = []
  private let sink: any SampleSink

  init(_ pass: GroupPass, into sink: any SampleSink) {
    self.pass = pass
    self.sink = sink
  }

  /// - Parameter publish: shows the standing of rules; it is called once with the batch, and once more when the sink refused some
  ///   of it.
  mutating func run(_ publish: ([RuleMemory]) -> Void) {
    var (batch, entries) = gathered()
    if batch.count == 0 { return publish(pass.rules) }
    do throws(SinkError) {
      let report = try sink.append(batch) { publish(pass.rules) }
      stored = report.appended
      guard !report.refused.isEmpty else { return }
      batch = settle(report, of: &entries)
      if batch.count > 0 { try again(batch, entries) }
    } catch {
      if stored == 0 { pass.discardOutputs() }
      for entry in entries { discard(entry, because: error.reason) }
    }
    publish(pass.rules)
  }

  /// The samples of the overlay. A rule that has a series without a place in the sink fails.
  private mutating func gathered() -> (SampleBatch, [PassOverlay.Entry]) {
    var batch = SampleBatch()
    var entries: [PassOverlay.Entry] = []
    let overlay = pass.overlay
    entries.reserveCapacity(overlay.entries.count)
    for entry in overlay.entries {
      do throws(SinkError) {
        let ref = try place(entry)
        batch.append(ref, overlay.time.milliseconds, entry.value)
        entries.append(entry)
      } catch { discard(entry, because: error.reason) }
    }
    return (batch, entries)
  }

  private mutating func place(_ entry: PassOverlay.Entry) throws(SinkError) -> SeriesRef {
    if let known = entry.place.sink { return known }
    let ref = try sink.reference(for: entry.labels)
    pass.resolved(entry, ref)
    return ref
  }

  /// Notes what was refused. The samples of series that the sink had dropped since they were resolved are returned under new
  /// references.
  private mutating func settle(_ report: AppendReport, of entries: inout [PassOverlay.Entry]) -> SampleBatch {
    var batch = SampleBatch()
    var renewed: [PassOverlay.Entry] = []
    for (i, why) in report.refused {
      let entry = entries[i]
      if why == .unknownSeries, let ref = try? sink.reference(for: entry.labels) {
        pass.resolved(entry, ref)
        batch.append(ref, pass.sampleTime.milliseconds, entry.value)
        renewed.append(entry)
      } else {
        discard(entry, because: why.reason)
      }
    }
    entries = renewed
    return batch
  }

  private mutating func again(_ batch: SampleBatch, _ entries: [PassOverlay.Entry]) throws(SinkError) {
    let report = try sink.append(batch)
    stored += report.appended
    for (i, why) in report.refused {
      pass.resolved(entries[i], nil)
      discard(entries[i], because: why.reason)
    }
  }

  /// A marker that is refused leaves nothing to mend.
  private mutating func discard(_ entry: PassOverlay.Entry, because reason: String) {
    if entry.index == nil { return }
    refusals.append(reason)
    pass.discard(rule: entry.rule, because: .notStored(reason))
  }
}

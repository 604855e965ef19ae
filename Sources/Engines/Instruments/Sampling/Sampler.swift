import Catalogue
import Exposition
import SeriesModel
import Threading

/// Stores the registry's series on the grid, as a Prometheus that scrapes Tidemark would.
///
/// Samples carry exact multiples of the interval. A time that passed unseen is skipped and counted; none comes twice. All series of one time are one
/// batch, with `job`, `instance`, `up` and the `scrape_*` series. A counter's first sample is preceded by 0 at its created time, so that an increase
/// over its first sample is seen; a series that ended gets a staleness marker.
package final class Sampler: Pump {
  package struct Options: Sendable {
    package var interval: PromDuration
    package var job = "tidemark"
    package var instance: String
    package init(interval: PromDuration, instance: String) {
      self.interval = interval
      self.instance = instance
    }
  }

  /// What one time brought.
  package struct Report: Hashable, Sendable {
    /// Series of the registry.
    package var samples = 0
    package var newSeries = 0
    /// Zeros before first samples.
    package var zeros = 0
    package var stale = 0
    /// By the sink, of all these.
    package var refused = 0
  }

  let registry: Registry
  let sink: any SampleSink
  let options: Options
  private let history: (any SeriesSource)?
  private let collect: @Sendable (inout RegistryUpdate) -> Void
  private let state: BlockingLock<SamplerState>

  /// - Parameters:
  ///   - history: Where `sink`'s samples can be seen. Asked once, at the first time: series that it knows from before a restart get no second 0.
  ///   - collect: Called in an update right before each sample; the place to bring own gauges up to date.
  package init(
    _ registry: Registry, into sink: any SampleSink, _ options: Options, history: (any SeriesSource)? = nil,
    collect: @escaping @Sendable (inout RegistryUpdate) -> Void = { _ in }
  ) {
    precondition(options.interval.milliseconds > 0, "BUG: a grid of \(options.interval)")
    self.registry = registry
    self.sink = sink
    self.options = options
    self.history = history
    self.collect = collect
    state = BlockingLock(SamplerState())
  }

  /// Samples at the newest grid time, when it is new. A failed sample counts as missed; the next time makes up for its markers and zeros.
  package func run(through now: Instant) -> Instant? {
    let wall = registry.options.time.now()
    let grid = self.grid(at: wall)
    let due = state.withLock { state -> Bool in
      // The first call only finds the grid: nothing of this process belongs to a time before it.
      guard let last = state.lastGrid else {
        state.lastGrid = grid
        return false
      }
      if grid <= last { return false }
      state.missed += Int((grid - last).milliseconds / options.interval.milliseconds) - 1
      state.lastGrid = grid
      return true
    }
    if due {
      let sampled = try? sample(at: grid)
      if sampled == nil { state.withLock { $0.missed += 1 } }
    }
    return now + (grid + options.interval - wall)
  }

  /// Samples at a time of somebody else's grid of the same interval, of which `missed` times passed unseen before it.
  package func sample(at time: Timestamp, missed: Int) throws(SinkError) -> Report {
    state.withLock { $0.missed += missed }
    do { return try sample(at: time) } catch {
      state.withLock { $0.missed += 1 }
      throw error
    }
  }

  /// The newest multiple of the interval that is not after `time`.
  package func grid(at time: Timestamp) -> Timestamp {
    let interval = options.interval.milliseconds
    return Timestamp(milliseconds: Timestamp.floorDivide(time.milliseconds, interval) * interval)
  }

  /// Stores every series at `time`, a multiple of the interval. Does nothing for a time that is not after the last.
  package func sample(at time: Timestamp) throws(SinkError) -> Report {
    // The state is taken out, so that its lock is not held while the sink works; a second caller finds it gone and has nothing to do.
    let missed = state.withLock { $0.takeMissed() }
    guard var mine = state.withLock({ $0.take(for: time) }) else { return Report() }
    defer { state.withLock { $0.work = mine } }

    let begin = registry.options.time.monotonic()
    registry.update { update in
      collect(&update)
      mine.report(into: &update, registry, missed: missed)
      update.expire(at: time)
    }
    if mine.lastSampled == nil { mine.known = known(before: time) }
    mine.series.isWhole = true
    let unresolved = registry.read { $0.unresolved(by: mine.series, target: target) }
    for entity in unresolved { resolve(entity, &mine) }

    var pass = SamplingPass(time: time, after: mine.lastSampled ?? time - options.interval)
    registry.read { registry in
      // Who was born since stands in the same update as samples that are already counted, so they belong to this time.
      for entity in registry.unresolved(by: mine.series, target: target) { resolve(entity, &mine) }
      mine.collect(&pass, from: &registry)
    }
    try appendSynthetic(to: &pass, begin, &mine)
    let appended: AppendReport
    do {
      appended = try sink.append(pass.batch)
    } catch {
      registry.read { registry in for entity in pass.first { registry.entities[Int(entity)].isSampled = false } }
      mine.pendingStale = pass.stale
      throw error
    }
    pass.report.refused += appended.refused.count
    mine.finish(pass)
    return pass.report
  }

  // MARK: Names

  private func resolve(_ entity: UnresolvedEntity, _ mine: inout SamplerWork) {
    var refs: [SeriesRef] = []
    refs.reserveCapacity(entity.lines.count)
    for labels in entity.lines {
      guard let ref = try? sink.reference(for: labels) else {
        // The sink is full: without all of its lines an entity is not stored, and tried again next time.
        mine.refusedSeries += entity.lines.count
        mine.series.isWhole = false
        return
      }
      refs.append(ref)
    }
    let isKnown = entity.isDurable && mine.known.contains(entity.lines[0])
    mine.series.append(entity.id, refs, isKnown: isKnown)
  }

  /// What a scrape would add to every series.
  private var target: [Label] { [Label(LabelName.job, options.job), Label(LabelName.instance, options.instance)] }

  private func known(before time: Timestamp) -> Set<LabelSet> {
    guard let history else { return [] }
    let matchers = [Matcher.equal(LabelName.job, options.job), .equal(LabelName.instance, options.instance)]
    let found = try? history.view().select(matchers, in: TimeSpan(from: .distantPast, through: time), limit: .max)
    return Set(found?.labels ?? [])
  }

  private func appendSynthetic(to pass: inout SamplingPass, _ begin: Instant, _ mine: inout SamplerWork) throws(SinkError) {
    if mine.synthetic.isEmpty {
      for name in [
        "up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added",
      ] {
        mine.synthetic.append(try sink.reference(for: LabelSet(target + [Label(LabelName.metric, name)])))
      }
    }
    let samples = Double(pass.report.samples)
    let values = [1, registry.options.time.monotonic() - begin, samples, samples, Double(pass.report.newSeries)]
    for (ref, value) in zip(mine.synthetic, values) { pass.batch.append(ref, pass.time.milliseconds, value) }
  }
}

import Catalogue
import SeriesModel
import Synchronization
import Testing

@testable import Instruments

/// Keeps what it is given, by identity.
final class RecordingSink: SampleSink {
  struct State {
    var labels: [LabelSet] = []
    var numbers: [LabelSet: Int] = [:]
    var samples: [LabelSet: [Sample]] = [:]
    var batches = 0
    var failure: SinkError?
    var maximumSeries = Int.max
  }
  let state = Mutex(State())

  func reference(for labels: LabelSet) throws(SinkError) -> SeriesRef {
    let result: Result<SeriesRef, SinkError> = state.withLock { state in
      if let number = state.numbers[labels] { return .success(SeriesRef(UInt64(number))) }
      if state.labels.count >= state.maximumSeries { return .failure(.full("head-series")) }
      state.labels.append(labels)
      state.numbers[labels] = state.labels.count - 1
      return .success(SeriesRef(UInt64(state.labels.count - 1)))
    }
    return try result.get()
  }

  func append(_ batch: borrowing SampleBatch) throws(SinkError) -> AppendReport {
    let (refs, timestamps, values) = (batch.refs, batch.timestamps, batch.values)
    let failure: SinkError? = state.withLock { state in
      if let failure = state.failure { return failure }
      state.batches += 1
      for i in refs.indices {
        let labels = state.labels[Int(refs[i].raw)]
        let last = state.samples[labels]?.last?.timestamp.milliseconds ?? .min
        #expect(timestamps[i] > last, "\(labels) goes back")
        state.samples[labels, default: []].append(Sample(Timestamp(milliseconds: timestamps[i]), values[i]))
      }
      return nil
    }
    if let failure { throw failure }
    return AppendReport(appended: refs.count)
  }

  /// `seconds=value` of one series, `stale` for a marker; seconds count from the tests' start.
  func shown(_ labels: KeyValuePairs<String, String>) -> String {
    let all = LabelSet(labels.map { Label($0.key, $0.value) } + [Label("job", "tidemark"), Label("instance", "here:1")])
    return state.withLock { $0.samples[all] ?? [] }.map { sample in
      let at = (sample.timestamp - Small.start).seconds
      return "\(at)=\(Staleness.isMarker(sample.value) ? "stale" : "\(sample.value)")"
    }.joined(separator: " ")
  }
}

/// Answers with the identities that it was made with.
final class KnownSeries: SeriesSource, SeriesView {
  let labels: [LabelSet]
  init(_ labels: [LabelSet]) { self.labels = labels }
  var generation: UInt64 { 1 }
  func view() -> any SeriesView { self }
  func select(_ matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> SeriesSelection {
    let found = labels.filter { set in matchers.allSatisfy { $0.matches(set) } }
    return SeriesSelection(refs: found.indices.map { SeriesRef(UInt64($0)) }, labels: found)
  }
  func read(_ series: Span<SeriesRef>, in span: TimeSpan, into columns: inout SampleColumns) throws(SourceError) {}
  func summarize(_ series: Span<SeriesRef>, in span: TimeSpan, into summaries: inout [SeriesSummary]) throws(SourceError) -> Bool {
    false
  }
  func labelValues(_ name: String, where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String] { [] }
  func labelNames(where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String] { [] }
}

struct SamplerTests {
  let time = ManualTime(Small.start)
  let sink = RecordingSink()

  func sampler(_ registry: Registry, history: (any SeriesSource)? = nil) -> Sampler {
    Sampler(registry, into: sink, Sampler.Options(interval: .seconds(15), instance: "here:1"), history: history)
  }

  /// A time on the grid; the tests' start is not on it.
  func grid(_ n: Int64) -> Timestamp { Timestamp(milliseconds: 1_699_999_995_000 + n * 15_000) }

  @Test func `a series is stored with job and instance, a counter after a zero at its birth`() throws {
    let registry = Small.registry(at: time)
    registry.add(Small.runs, ["triage", "failed"], 3)
    registry.set(Small.depth, ["q"], 7)
    let sampler = sampler(registry)
    let report = try sampler.sample(at: grid(1))
    #expect(sink.shown(["__name__": "runs_total", "workflow": "triage", "status": "failed"]) == "0.0=0.0 10.0=3.0")
    #expect(sink.shown(["__name__": "runs_total", "workflow": "triage", "status": "success"]) == "0.0=0.0 10.0=0.0")
    #expect(sink.shown(["__name__": "depth", "queue": "q"]) == "10.0=7.0")
    #expect(sink.shown(["__name__": "up"]) == "10.0=1.0")
    #expect(sink.shown(["__name__": "scrape_samples_scraped"]) == "10.0=\(Double(report.samples))")
    #expect(sink.shown(["__name__": "scrape_samples_post_metric_relabeling"]) == "10.0=\(Double(report.samples))")
    #expect(sink.shown(["__name__": "scrape_series_added"]) == "10.0=\(Double(report.newSeries))")
    registry.add(Small.runs, ["triage", "failed"], 1)
    let second = try sampler.sample(at: grid(2))
    #expect(second.newSeries == 0 && second.zeros == 0)
    #expect(sink.shown(["__name__": "runs_total", "workflow": "triage", "status": "failed"]) == "0.0=0.0 10.0=3.0 25.0=4.0")
    #expect(sink.state.withLock { $0.batches } == 2)
  }

  @Test func `a zero lies after the time before and before its own, whatever the created time`() throws {
    let registry = Small.registry(at: time)
    let sampler = sampler(registry)
    _ = try sampler.sample(at: grid(1))
    for (name, created) in [("early", grid(0)), ("between", grid(1) + .seconds(4)), ("late", grid(3))] {
      registry.update { $0.add($0.series(registry.family(Small.runs), [name, "failed"], created: created), 2) }
    }
    _ = try sampler.sample(at: grid(2))
    #expect(sink.shown(["__name__": "runs_total", "workflow": "early", "status": "failed"]) == "10.001=0.0 25.0=2.0")
    #expect(sink.shown(["__name__": "runs_total", "workflow": "between", "status": "failed"]) == "14.0=0.0 25.0=2.0")
    #expect(sink.shown(["__name__": "runs_total", "workflow": "late", "status": "failed"]) == "24.999=0.0 25.0=2.0")
  }

  @Test func `a histogram's series have bounds as Prometheus stores them`() throws {
    let registry = Small.registry(at: time)
    registry.observe(Small.duration, ["w"], 0.5)
    registry.observe(Small.duration, ["w"], 500)
    _ = try sampler(registry).sample(at: grid(1))
    for (bound, count) in [("0.1", 0), ("1.0", 1), ("120.0", 1), ("+Inf", 2)] {
      #expect(
        sink.shown(["__name__": "duration_seconds_bucket", "workflow": "w", "le": bound]) == "0.0=0.0 10.0=\(Double(count))",
        "\(bound)")
    }
    #expect(sink.shown(["__name__": "duration_seconds_sum", "workflow": "w"]) == "0.0=0.0 10.0=500.5")
    #expect(sink.shown(["__name__": "duration_seconds_count", "workflow": "w"]) == "0.0=0.0 10.0=2.0")
  }

  @Test func `a series that ended gets one marker, and one that came back none`() throws {
    let registry = Small.registry(at: time)
    let depth = registry.family(Small.depth)
    registry.set(Small.depth, ["gone"], 1)
    registry.set(Small.depth, ["back"], 2)
    let sampler = sampler(registry)
    _ = try sampler.sample(at: grid(1))
    registry.update { state in
      for name in ["gone", "back"] { state.remove(state.series(depth, [name], created: Small.start)) }
    }
    registry.set(Small.depth, ["back"], 5)
    #expect(try sampler.sample(at: grid(2)).stale == 1)
    #expect(try sampler.sample(at: grid(3)).stale == 0)
    #expect(sink.shown(["__name__": "depth", "queue": "gone"]) == "10.0=1.0 25.0=stale")
    #expect(sink.shown(["__name__": "depth", "queue": "back"]) == "10.0=2.0 25.0=5.0 40.0=5.0")
  }

  @Test func `a failed batch is made up for`() throws {
    let registry = Small.registry(at: time)
    registry.set(Small.depth, ["q"], 1)
    let sampler = sampler(registry)
    _ = try sampler.sample(at: grid(1))
    registry.add(Small.runs, ["w", "failed"], 1)
    registry.update { $0.remove($0.series(registry.family(Small.depth), ["q"], created: Small.start)) }
    sink.state.withLock { $0.failure = .notDurable("disk full") }
    #expect(throws: SinkError.notDurable("disk full")) { try sampler.sample(at: grid(2)) }
    sink.state.withLock { $0.failure = nil }
    _ = try sampler.sample(at: grid(3))
    #expect(sink.shown(["__name__": "depth", "queue": "q"]) == "10.0=1.0 40.0=stale")
    #expect(sink.shown(["__name__": "runs_total", "workflow": "w", "status": "failed"]) == "10.001=0.0 40.0=1.0")
  }

  @Test func `after a restart what the storage knows gets no second zero, with or without a checkpoint`() throws {
    let old = Small.registry(at: time)
    old.add(Small.runs, ["w", "failed"], 3)
    _ = try sampler(old).sample(at: grid(1))
    let stored = sink.state.withLock { $0.labels }
    let checkpoint = old.checkpoint()

    let restored = Small.registry(at: time)
    _ = try restored.restore(checkpoint)
    let own = restored.values(Families.tidemarkSeriesOverflowedTotal).count + 1
    #expect(try sampler(restored).sample(at: grid(2)).zeros == own, "only the own families begin anew")

    let replayed = Small.registry(at: time)
    replayed.add(Small.runs, ["w", "failed"], 3)
    replayed.add(Small.runs, ["new", "failed"], 1)
    _ = try sampler(replayed, history: KnownSeries(stored)).sample(at: grid(3))
    #expect(sink.shown(["__name__": "runs_total", "workflow": "w", "status": "failed"]) == "0.0=0.0 10.0=3.0 25.0=3.0 40.0=3.0")
    #expect(sink.shown(["__name__": "runs_total", "workflow": "new", "status": "failed"]) == "25.001=0.0 40.0=1.0")
  }

  @Test func `the grid: exact multiples, late times skipped and counted, none twice`() throws {
    let registry = Small.registry(
      Small.families + [Families.tidemarkSamplerTicksTotal, Families.tidemarkSamplerTicksMissedTotal], at: time)
    registry.set(Small.depth, ["q"], 1)
    let sampler = sampler(registry)
    func run() -> Double { sampler.run(through: time.monotonic())! - time.monotonic() }
    #expect(run() == 10, "the first call only finds the grid")
    time.advance(by: .seconds(10))
    #expect(run() == 15)
    #expect(run() == 15)
    time.advance(by: .seconds(52))
    #expect(run() == 8)
    time.advance(by: .seconds(8))
    #expect(run() == 15)
    #expect(sink.shown(["__name__": "depth", "queue": "q"]) == "10.0=1.0 55.0=1.0 70.0=1.0")
    #expect(registry.value(Families.tidemarkSamplerTicksMissedTotal) == 2)
    #expect(registry.value(Families.tidemarkSamplerTicksTotal) == 2, "told at the next time")
    #expect(try sampler.sample(at: grid(5)) == Sampler.Report(), "not after the last")
  }

  @Test func `a full sink stores the entities that it knows`() throws {
    let registry = Small.registry([Small.depth, Small.runs], at: time)
    registry.set(Small.depth, ["q"], 1)
    sink.state.withLock { $0.maximumSeries = 7 }
    let sampler = sampler(registry)
    _ = try sampler.sample(at: grid(1))
    registry.add(Small.runs, ["w", "failed"], 1)
    _ = try sampler.sample(at: grid(2))
    #expect(sink.shown(["__name__": "depth", "queue": "q"]) == "10.0=1.0 25.0=1.0")
    sink.state.withLock { $0.maximumSeries = 100 }
    _ = try sampler.sample(at: grid(3))
    #expect(sink.shown(["__name__": "runs_total", "workflow": "w", "status": "failed"]) == "25.001=0.0 40.0=1.0")
  }
}

import Catalogue
import Exposition
import SeriesModel

/// Where a sampler stands on the grid, and its work when nobody has taken it.
struct SamplerState: Sendable {
  var lastGrid: Timestamp?
  /// Not told to the registry yet.
  var missed = 0
  var lastTime: Timestamp?
  var work: SamplerWork? = SamplerWork()

  /// The work, for a time that is new.
  mutating func take(for time: Timestamp) -> SamplerWork? {
    guard time > lastTime ?? .distantPast, let taken = work else { return nil }
    lastTime = time
    work = nil
    return taken
  }

  mutating func takeMissed() -> Int {
    defer { missed = 0 }
    return missed
  }
}

/// What a sampler keeps from one time to the next.
struct SamplerWork: Sendable {
  var series = SampledSeries()
  /// `up` and the `scrape_*` series.
  var synthetic: [SeriesRef] = []
  var lastSampled: Timestamp?
  /// Identities that the sink had before this process; only until the first samples are stored.
  var known: Set<LabelSet> = []
  /// Series that ended and whose markers could not be stored.
  var pendingStale: [SeriesRef] = []
  /// Series that the sink did not take.
  var refusedSeries = 0
  private var done = Sampler.Report()
  private var times = 0
  private var lastSeries = 0

  mutating func finish(_ pass: SamplingPass) {
    series.alive.removeAll { series.first[Int($0)] < 0 }
    pendingStale = []
    known = []
    lastSampled = pass.time
    times += 1
    lastSeries = pass.report.samples
    done.samples += pass.batch.count
    done.refused += pass.report.refused
  }

  /// Tells the registry what was done since it was last told.
  mutating func report(into update: inout RegistryUpdate, _ registry: Registry, missed: Int) {
    let counts = [
      (Families.tidemarkSamplerTicksTotal, times), (Families.tidemarkSamplerTicksMissedTotal, missed),
      (Families.tidemarkSamplerSamplesTotal, done.samples),
      (Families.tidemarkSamplerSamplesRefusedTotal, done.refused + refusedSeries),
    ]
    for (family, count) in counts {
      guard let handle = registry.family(family.name), count > 0 else { continue }
      update.add(update.series(handle, [], created: registry.options.time.now()), Double(count))
    }
    if times > 0, let handle = registry.family(Families.tidemarkSeries.name) {
      update.set(update.series(handle, [], created: registry.options.time.now()), Double(lastSeries))
    }
    (times, done, refusedSeries) = (0, Sampler.Report(), 0)
  }

  /// Puts every known series into the batch, and markers for those that ended.
  mutating func collect(_ pass: inout SamplingPass, from registry: inout RegistryUpdate) {
    for family in registry.families.indices {
      let shape = registry.families[family].shape
      for segment in registry.families[family].segments {
        for entity in registry.segments[Int(segment)].entities { collect(entity, shape, &pass, &registry) }
      }
    }
    if series.seen != registry.structure || !pendingStale.isEmpty { collectStale(&pass, registry) }
    series.seen = series.isWhole ? registry.structure : 0
  }

  private func collect(_ entity: Int32, _ shape: FamilyShape, _ pass: inout SamplingPass, _ registry: inout RegistryUpdate) {
    var ref = series.firstRef(of: entity)
    // The sink did not take it.
    if ref < 0 { return }
    var zeroAt: Int64?
    if !registry.entities[Int(entity)].isSampled {
      registry.entities[Int(entity)].isSampled = true
      pass.first.append(entity)
      pass.report.newSeries += shape.linesPerEntity
      if shape.kind != .gauge, !series.knownBefore.contains(entity) {
        zeroAt = pass.zeroTime(of: registry.entities[Int(entity)].created)
      }
    }
    var cell = Int(registry.entities[Int(entity)].firstCell)
    for _ in 0..<shape.combinations {
      if shape.kind == .histogram {
        var count = 0.0
        for i in 0...shape.family.buckets.count {
          count += registry.cells[cell + i]
          pass.append(series.refs[ref], count, zeroAt)
          ref += 1
        }
        pass.append(series.refs[ref], registry.cells[cell + shape.cellsPerSet - 1], zeroAt)
        pass.append(series.refs[ref + 1], count, zeroAt)
        ref += 2
      } else {
        pass.append(series.refs[ref], registry.cells[cell], zeroAt)
        ref += 1
      }
      cell += shape.cellsPerSet
    }
  }

  private mutating func collectStale(_ pass: inout SamplingPass, _ registry: borrowing RegistryUpdate) {
    var ended = pendingStale
    for entity in series.alive where registry.entities[Int(entity)].standing == .dropped && series.firstRef(of: entity) >= 0 {
      let shape = registry.families[Int(registry.entities[Int(entity)].family)].shape
      let first = series.firstRef(of: entity)
      ended.append(contentsOf: series.refs[first..<first + shape.linesPerEntity])
      series.first[Int(entity)] = -1
    }
    if ended.isEmpty { return }
    // A label set that was dropped and born again since is alive.
    let alive = Set(pass.batch.refs)
    for ref in ended where !alive.contains(ref) {
      pass.batch.append(ref, pass.time.milliseconds, Staleness.marker)
      pass.stale.append(ref)
      pass.report.stale += 1
    }
  }
}

/// The sink's references of the registry's series.
struct SampledSeries: Sendable {
  /// By entity: where its references begin, or -1.
  var first: [Int32] = []
  var refs: [SeriesRef] = []
  var alive: [Int32] = []
  /// Stored by an earlier process.
  var knownBefore: Set<Int32> = []
  /// The registry's structure when all of it was resolved.
  var seen: UInt64 = 0
  /// Whether the sink took all of it.
  var isWhole = true

  func firstRef(of entity: Int32) -> Int { Int(entity) < first.count ? Int(first[Int(entity)]) : -1 }

  mutating func append(_ entity: Int32, _ refs: [SeriesRef], isKnown: Bool) {
    while first.count <= Int(entity) { first.append(-1) }
    first[Int(entity)] = Int32(self.refs.count)
    self.refs.append(contentsOf: refs)
    alive.append(entity)
    if isKnown { knownBefore.insert(entity) }
  }
}

/// One time's samples while they are gathered.
struct SamplingPass {
  let time: Timestamp
  /// The time before, which zeros must not reach.
  let after: Timestamp
  var batch = SampleBatch()
  var first: [Int32] = []
  var stale: [SeriesRef] = []
  var report = Sampler.Report()

  init(time: Timestamp, after: Timestamp) {
    self.time = time
    self.after = after
  }

  /// Where a counter's 0 goes: its created time, between the time before and this one.
  func zeroTime(of created: Timestamp) -> Int64 {
    min(max(created.milliseconds, after.milliseconds + 1), time.milliseconds - 1)
  }

  mutating func append(_ ref: SeriesRef, _ value: Double, _ zeroAt: Int64?) {
    if let zeroAt {
      batch.append(ref, zeroAt, 0)
      report.zeros += 1
    }
    batch.append(ref, time.milliseconds, value)
    report.samples += 1
  }
}

/// An entity whose series have no references yet, with their identities in the order of a page's lines.
struct UnresolvedEntity {
  var id: Int32
  var isDurable: Bool
  var lines: [LabelSet]
}

extension RegistryUpdate {
  /// - Parameter target: Labels that every series gets.
  func unresolved(by series: SampledSeries, target: [Label]) -> [UnresolvedEntity] {
    if series.seen == structure { return [] }
    var found: [UnresolvedEntity] = []
    for state in families {
      var namer: SeriesNamer?
      for segment in state.segments {
        for entity in segments[Int(segment)].entities where series.firstRef(of: entity) < 0 {
          let names = namer ?? SeriesNamer(state.shape, target)
          namer = names
          let lines = (0..<state.shape.combinations).flatMap { names.lines(values(of: entity, $0)) }
          found.append(UnresolvedEntity(id: entity, isDurable: state.shape.family.isDurable, lines: lines))
        }
      }
    }
    return found
  }
}

/// Names the series of one family. Its labels are sorted once.
private struct SeriesNamer {
  private let shape: FamilyShape
  private let bounds: [String]
  /// Sorted labels; `position` is that of a value, or -1 for one that is here, -2 for the metric's name, -3 for the bound.
  private let slots: [(name: String, position: Int, value: String)]

  init(_ shape: FamilyShape, _ target: [Label]) {
    self.shape = shape
    bounds = (shape.family.buckets + [.infinity]).map(ExpositionWriter.storedBound)
    var slots = shape.family.labels.enumerated().map { (name: $1.name, position: $0, value: "") }
    slots.append((LabelName.metric, -2, shape.family.name))
    slots.append((LabelName.bucket, -3, ""))
    // A label of the series' own wins over the target's.
    for label in target where !slots.contains(where: { $0.name == label.name }) { slots.append((label.name, -1, label.value)) }
    self.slots = slots.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// The series of one label set, in the order of a page's lines.
  func lines(_ values: [String]) -> [LabelSet] {
    if shape.kind != .histogram { return [series("", nil, values)] }
    return bounds.map { series("_bucket", $0, values) } + [series("_sum", nil, values), series("_count", nil, values)]
  }

  private func series(_ suffix: String, _ bound: String?, _ values: [String]) -> LabelSet {
    var labels: [Label] = []
    labels.reserveCapacity(slots.count)
    for slot in slots {
      let value =
        switch slot.position {
        case -1: slot.value
        case -2: slot.value + suffix
        case -3: bound ?? ""
        default: values[slot.position]
        }
      if !value.isEmpty { labels.append(Label(slot.name, value)) }
    }
    return LabelSet(sortedUnique: labels)
  }
}

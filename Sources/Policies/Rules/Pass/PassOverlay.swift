import SeriesModel
import Synchronization

/// The samples of one pass over the source's view, so that later rules see what earlier ones wrote. All have the same time.
struct PassOverlay: Sendable {
  struct Entry: Sendable {
    var labels: LabelSet
    var value: Double
    var place: StandingOutput.Place
    /// Which rule wrote it, into which of its outputs, and where in it; `nil`: a staleness marker of a series that the rule does
    /// not have any more.
    var rule: Int
    var output: Int
    var index: Int?
  }

  let time: Timestamp
  private(set) var entries: [Entry] = []
  private(set) var generation: UInt64
  private var byLabels: [LabelSet: Int] = [:]
  private var byName: [String: [Int]] = [:]
  private var bySource: [SeriesRef: Int] = [:]
  /// The least and the greatest of `bySource`: most references of a large read are told apart by them.
  private var bounds: (least: SeriesRef, greatest: SeriesRef)?

  init(over source: any SeriesView, at time: Timestamp) {
    self.time = time
    generation = source.generation
  }

  /// Adds a sample. Of two for one series the first counts, but anything counts more than a marker.
  mutating func add(_ entry: Entry, name: String) {
    if let i = byLabels[entry.labels] {
      if Staleness.isMarker(entries[i].value), !Staleness.isMarker(entry.value) { entries[i] = entry.at(entries[i].place) }
      return
    }
    let i = entries.count
    entries.append(entry)
    byLabels[entry.labels] = i
    byName[name, default: []].append(i)
    guard let ref = entry.place.source else {
      generation = OverlayNumbers.nextGeneration()
      return
    }
    bySource[ref] = i
    bounds = bounds.map { (min($0.least, ref), max($0.greatest, ref)) } ?? (ref, ref)
  }

  /// The entries that satisfy all matchers, sorted by label set.
  func matching(_ matchers: [Matcher]) -> [Int] {
    let named = matchers.first { $0.name == LabelName.metric && $0.kind == .equal }
    let candidates = named.map { byName[$0.value] ?? [] } ?? Array(entries.indices)
    return candidates.filter { i in matchers.allSatisfy { $0.matches(entries[i].labels) } }
      .sorted { entries[$0].labels < entries[$1].labels }
  }

  /// The sample of a series, if the pass wrote one.
  func entry(of ref: SeriesRef) -> Entry? {
    if let i = OverlayNumbers.index(of: ref) { return i < entries.count ? entries[i] : nil }
    guard let bounds, bounds.least <= ref, ref <= bounds.greatest else { return nil }
    return bySource[ref].map { entries[$0] }
  }

  func reference(of i: Int) -> SeriesRef { entries[i].place.source ?? OverlayNumbers.reference(to: i) }
}

extension PassOverlay.Entry {
  fileprivate func at(_ place: StandingOutput.Place) -> Self {
    var copy = self
    copy.place = StandingOutput.Place(sink: self.place.sink ?? place.sink, source: place.source)
    return copy
  }
}

/// Numbers that no source gives out: references of series that only a pass has, and generations of views with such series.
enum OverlayNumbers {
  private static let first: UInt64 = .max - UInt64(UInt32.max)
  private static let generations = Atomic<UInt64>(1 << 63)

  static func reference(to i: Int) -> SeriesRef { SeriesRef(first + UInt64(i)) }
  static func index(of ref: SeriesRef) -> Int? { ref.raw >= first ? Int(ref.raw - first) : nil }
  static func nextGeneration() -> UInt64 { generations.wrappingAdd(1, ordering: .relaxed).newValue }
}

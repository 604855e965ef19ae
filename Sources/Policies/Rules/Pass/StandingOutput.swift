import SeriesModel

/// The series that a rule wrote under one metric name when it last succeeded, and where they stand in the sink and in the source.
///
/// As long as a rule yields the same label sets and the source has the same series, nothing of this is worked out again.
struct StandingOutput: Sendable {
  /// What is known of a series.
  struct Place: Sendable {
    var sink: SeriesRef?
    /// In the source, as of ``generation``; `nil`: the source does not have it.
    var source: SeriesRef?
  }

  let name: String
  /// What finds the series in the source.
  private let matchers: [Matcher]
  private(set) var labels: [LabelSet]
  private(set) var places: [Place]
  /// Of the source, when the places were looked up.
  private var generation: UInt64?

  /// - Parameters:
  ///   - alert: Only series of this alert.
  ///   - labels: Written before this process, so that their ends are told.
  init(name: String, alert: String? = nil, labels: [LabelSet] = []) {
    self.name = name
    matchers = [.equal(LabelName.metric, name)] + (alert.map { [.equal(LabelName.alert, $0)] } ?? [])
    self.labels = labels
    places = Array(repeating: Place(), count: labels.count)
  }

  /// Takes the label sets of a new pass and returns those that it does not write any more.
  ///
  /// - Cost: a comparison of the label sets when neither they nor the source's series changed, else one look-up of the name (and
  ///   alert) in the source.
  mutating func renew(_ next: [LabelSet], in source: any SeriesView) throws(SourceError) -> [(labels: LabelSet, place: Place)] {
    // Fast path: the same series, found before.
    if next == labels, generation == source.generation { return [] }
    let found = try places(in: source)
    var before: [LabelSet: Place] = [:]
    for (i, set) in labels.enumerated() { before[set] = Place(sink: places[i].sink, source: found[set]) }
    places = next.map { Place(sink: before.removeValue(forKey: $0)?.sink, source: found[$0]) }
    labels = next
    generation = source.generation
    return before.isEmpty ? [] : before.sorted { $0.key < $1.key }.map { (labels: $0.key, place: $0.value) }
  }

  mutating func setSink(_ ref: SeriesRef?, at i: Int) { places[i].sink = ref }

  private func places(in source: any SeriesView) throws(SourceError) -> [LabelSet: SeriesRef] {
    let selection = try source.select(matchers, in: .all, limit: .max)
    return Dictionary(zip(selection.labels, selection.refs)) { first, _ in first }
  }
}

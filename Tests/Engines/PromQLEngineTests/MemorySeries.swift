import PromQLEngine
import PromQLSyntax
import SeriesModel
import Synchronization

/// Series in an array, for queries to look at.
final class MemorySeries: SeriesView, SeriesSource {
  struct One: Sendable {
    var labels: LabelSet
    var times: [Int64]
    var values: [Double]
  }
  private struct State: Sendable {
    var all: [One] = []
    var generation: UInt64 = 1
    var selections = 0
  }
  private let state = Mutex(State())

  init(_ lines: String..., step: Int64 = 60_000) {
    for line in lines { add(line, step: step) }
  }

  /// A series as scripts write it; point `k` lies at `k * step`.
  func add(_ line: String, step: Int64 = 60_000) {
    let series: SeriesDescription
    do { series = try PromQLParser().parseSeries(line) } catch { preconditionFailure("\(error)") }
    var one = One(labels: series.labels, times: [], values: [])
    for (k, point) in series.points.enumerated() {
      guard case .value(let value) = point else { continue }
      one.times.append(Int64(k) * step)
      one.values.append(value)
    }
    let made = one
    state.withLock {
      $0.all.append(made)
      $0.generation += 1
    }
  }

  /// A sample of the first series more; nobody is told.
  func append(_ value: Double, at time: Timestamp) {
    state.withLock {
      $0.all[0].times.append(time.milliseconds)
      $0.all[0].values.append(value)
    }
  }

  /// How often series were looked for.
  var selections: Int { state.withLock { $0.selections } }

  func view() -> any SeriesView { self }
  var generation: UInt64 { state.withLock { $0.generation } }

  func select(_ matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> SeriesSelection {
    let all = state.withLock {
      $0.selections += 1
      return $0.all
    }
    let found = all.indices.filter { i in
      let one = all[i]
      let overlaps = span == .all || one.times.contains { span.contains(Timestamp(milliseconds: $0)) }
      return overlaps && matchers.allSatisfy { $0.matches(one.labels) }
    }
    if found.count > limit { throw .tooManySeries(limit: limit) }
    let sorted = found.sorted { all[$0].labels < all[$1].labels }
    return SeriesSelection(refs: sorted.map { SeriesRef(UInt64($0)) }, labels: sorted.map { all[$0].labels })
  }

  func read(_ series: Span<SeriesRef>, in span: TimeSpan, into columns: inout SampleColumns) throws(SourceError) {
    let all = state.withLock { $0.all }
    for i in series.indices {
      let one = all[Int(series[i].raw)]
      for (time, value) in zip(one.times, one.values) where span.contains(Timestamp(milliseconds: time)) {
        columns.append(time, value)
      }
      columns.endRow()
    }
  }

  func summarize(_ series: Span<SeriesRef>, in span: TimeSpan, into summaries: inout [SeriesSummary]) throws(SourceError) -> Bool {
    false
  }
  func labelValues(_ name: String, where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String] { [] }
  func labelNames(where matchers: [Matcher], in span: TimeSpan, limit: Int) throws(SourceError) -> [String] { [] }
}

extension Timestamp {
  static func minutes(_ n: Int64) -> Timestamp { Timestamp(milliseconds: n * 60_000) }
}

extension QueryResult {
  /// One line per series: labels and points; bits that are equal print equally.
  var lines: [String] {
    switch value {
    case .scalar(let sample): ["\(sample.value) @\(sample.timestamp.milliseconds)"]
    case .string(let text, _): [text]
    case .vector(let elements): elements.map { "\($0.labels) \($0.value)" }
    case .matrix(let series):
      series.map { one in "\(one.labels) " + zip(one.timestamps, one.values).map { "\($1)@\($0)" }.joined(separator: " ") }
    }
  }
}

struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  /// splitmix64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

import SeriesModel
import Testing

@testable import Rules

/// What a rule reads over the output of the rules before it.
struct OverlayViewTests {
  static let now = Timestamp.minutes(10)
  static let labels: [LabelSet] = (0..<12).map { ["__name__": $0 % 3 == 0 ? "a" : "b", "n": "\($0)", "half": $0 < 6 ? "1" : "2"] }

  /// Reading over the overlay is the same as reading after its samples were stored.
  @Test(arguments: Array(1...40) as [UInt64])
  func `the overlay shows what the store will show`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let store = TestStore()
    for labels in Self.labels where Bool.random(using: &random) {
      var batch = SampleBatch()
      let ref = try store.reference(for: labels)
      for minute in Int64(0)..<10 where Bool.random(using: &random) {
        batch.append(ref, minute * 60_000, Double.random(in: 0..<9, using: &random))
      }
      _ = try store.append(batch)
    }

    let view = store.view()
    var overlay = PassOverlay(over: view, at: Self.now)
    var batch = SampleBatch()
    for labels in Self.labels where Bool.random(using: &random) {
      let found = try view.select(labels.labels.map { .equal($0.name, $0.value) }, in: .all, limit: 10)
      let value = Bool.random(using: &random) ? Double.random(in: 0..<9, using: &random) : Staleness.marker
      let place = StandingOutput.Place(sink: nil, source: found.refs.first)
      overlay.add([.init(labels: labels, value: value, place: place, rule: 0, output: 0, index: 0)], name: labels.metricName!)
      batch.append(try store.reference(for: labels), Self.now.milliseconds, value)
    }
    _ = try store.append(batch)

    let (over, after) = (OverlayView(view, overlay), store.view())
    let selectors: [[Matcher]] = [
      [.equal("__name__", "a")], [.equal("__name__", "b"), .equal("half", "1")], [try Matcher("__name__", .regex, "a|b")],
      [.notEqual("half", "1")], [.equal("__name__", "none")],
    ]
    let spans = [
      TimeSpan(from: .minutes(5), through: Self.now), TimeSpan(from: .minutes(0), through: .minutes(9)),
      TimeSpan(from: Self.now, through: Self.now), TimeSpan(from: .minutes(2), through: .minutes(20)),
    ]
    for matchers in selectors {
      for span in spans {
        let (a, b) = (try over.select(matchers, in: span, limit: 100), try after.select(matchers, in: span, limit: 100))
        #expect(a.labels == b.labels, "seed \(seed)")
        for latest in [false, true] {
          let (mine, its) = (try read(over, a, span, latest), try read(after, b, span, latest))
          #expect(mine.offsets == its.offsets && mine.timestamps == its.timestamps, "seed \(seed)")
          #expect(mine.values.map(\.bitPattern) == its.values.map(\.bitPattern), "seed \(seed)")
        }
        #expect(
          try over.labelValues("n", where: matchers, in: span, limit: 5)
            == after.labelValues("n", where: matchers, in: span, limit: 5))
        #expect(try over.labelNames(where: matchers, in: span, limit: 5) == after.labelNames(where: matchers, in: span, limit: 5))
        if b.count > 0 {
          #expect(throws: SourceError.tooManySeries(limit: b.count - 1)) {
            try over.select(matchers, in: span, limit: b.count - 1)
          }
        }
      }
    }
  }

  private func read(_ view: any SeriesView, _ found: SeriesSelection, _ span: TimeSpan, _ latest: Bool) throws -> SampleColumns {
    var columns = SampleColumns()
    if latest {
      try view.readLatest(found.refs.span, in: span, into: &columns)
    } else {
      try view.read(found.refs.span, in: span, into: &columns)
    }
    return columns
  }

  @Test func `the generation is the source's until a series is added or taken up again`() throws {
    let store = TestStore()
    let known = Self.labels[0]
    let ref = try store.reference(for: known)
    let view = store.view()
    var overlay = PassOverlay(over: view, at: Self.now)
    #expect(OverlayView(view, overlay).generation == view.generation)
    overlay.add([.init(labels: known, value: 1, place: .init(sink: ref, source: ref), rule: 0, output: 0, index: 0)], name: "a")
    #expect(OverlayView(view, overlay).generation == view.generation)
    overlay.add([.init(labels: Self.labels[1], value: 1, place: .init(), rule: 0, output: 0, index: 0)], name: "b")
    let first = OverlayView(view, overlay).generation
    overlay.add([.init(labels: Self.labels[2], value: 1, place: .init(), rule: 0, output: 0, index: 0)], name: "b")
    let second = OverlayView(view, overlay).generation
    #expect(Set([view.generation, first, second]).count == 3)
    var other = PassOverlay(over: view, at: Self.now)
    other.add([.init(labels: known, value: 1, place: .init(sink: nil, source: ref), rule: 0, output: 0, index: 0)], name: "a")
    #expect(![view.generation, first, second].contains(OverlayView(view, other).generation))
  }
}

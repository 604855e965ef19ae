import SeriesModel
import Synchronization
import Testing

@testable import Storage

@Suite struct AppendTests {
  static let series: LabelSet = ["__name__": "s"]

  @Test func `samples come back over chunk borders, from any start through any end`() throws {
    let head = Head()
    for i in 0..<500 { try head.add(Self.series, Int64(i) * 10, Double(i)) }
    let view = head.view()
    for (start, end) in [(0, 4990), (0, 0), (1195, 1205), (1200, 1200), (4985, 9999), (-5, -1), (5000, 6000), (333, 3333)] {
      let wanted = (0..<500).filter { $0 * 10 >= start && $0 * 10 <= end }.map { [Double($0 * 10), Double($0)] }
      #expect(try view.samples([], in: span(Int64(start), Int64(end))) == wanted)
    }
  }

  @Test func `markers of staleness and other NaNs keep their bits`() throws {
    let head = Head()
    let odd = Double(bitPattern: 0x7ff0_dead_beef_0001)
    for (i, value) in [
      1, Staleness.marker, odd, Double(bitPattern: Staleness.ordinaryNaN), Double(sign: .minus, exponent: 0, significand: 0),
    ].enumerated() {
      try head.add(Self.series, Int64(i), value)
    }
    let bits: [UInt64] = try head.view().samples([]).map { $0[1].bitPattern }
    let wanted: [UInt64] = [0x3ff0_0000_0000_0000, Staleness.bits, 0x7ff0_dead_beef_0001, Staleness.ordinaryNaN, 1 << 63]
    #expect(bits == wanted)
  }

  @Test func `without a window an older sample is out of order; the same again is taken, another value refused`() throws {
    let head = Head()
    #expect(try head.add(Self.series, 10, 1) == nil)
    #expect(try head.add(Self.series, 10, 1) == nil)
    #expect(try head.add(Self.series, 10, 2) == .duplicate)
    #expect(try head.add(Self.series, 9, 1) == .outOfOrder)
    #expect(try head.add(Self.series, 11, .nan) == nil)
    #expect(try head.view().samples([]).count == 2)
  }

  @Test func `within the window late samples stand where they belong`() throws {
    let head = Head(options: HeadOptions(outOfOrderWindow: .seconds(10)))
    for time in [20_000, 30_000, 25_000, 20_001, 29_999] as [Int64] {
      #expect(try head.add(Self.series, time, Double(time)) == nil)
    }
    #expect(try head.add(Self.series, 19_999, 1) == .tooOld)
    #expect(try head.add(Self.series, 25_000, 25_000) == nil)
    #expect(try head.add(Self.series, 25_000, 1) == .duplicate)
    #expect(try head.add(Self.series, 20_000, 1) == .duplicate)
    let times = try head.view().samples([]).map { $0[0] }
    #expect(times == [20_000, 20_001, 25_000, 29_999, 30_000])
    var latest = SampleColumns()
    let ref = try head.reference(for: Self.series)
    try head.view().readLatest([ref].span, in: span(0, 29_000), into: &latest)
    #expect(latest.timestamps == [25_000])
  }

  @Test func `too old, too far ahead and unknown are told by index, the rest is kept`() throws {
    let clock = ManualTime(Timestamp(milliseconds: 1_000_000))
    let head = Head(options: HeadOptions(history: .seconds(100), futureLimit: .seconds(60)), time: clock)
    let a = try head.reference(for: ["s": "a"])
    let b = try head.reference(for: ["s": "b"])
    var batch = SampleBatch()
    batch.append(a, 1_000_000, 1)
    batch.append(b, 899_999, 1)
    batch.append(b, 1_060_001, 1)
    batch.append(SeriesRef(12345), 1, 1)
    batch.append(SeriesRef(a.raw + 1 << 32), 1_000_000, 1)
    batch.append(b, 1_000_001, 1)
    let report = try head.append(batch)
    #expect(
      report == AppendReport(appended: 2, refused: [(1, .tooOld), (2, .tooFarInFuture), (3, .unknownSeries), (4, .unknownSeries)]))
  }

  @Test func `the newest sample of a span is read without the others`() throws {
    let head = Head()
    for i in 0..<300 { try head.add(Self.series, Int64(i), Double(i)) }
    let refs = [try head.reference(for: Self.series), SeriesRef(.max), try head.reference(for: ["__name__": "none"])]
    for (window, wanted) in [(span(0, 999), 299), (span(0, 150), 150), (span(299, 299), 299), (span(300, 400), nil)]
      as [(TimeSpan, Int64?)]
    {
      var columns = SampleColumns()
      try head.view().readLatest(refs.span, in: window, into: &columns)
      #expect(columns.timestamps == [wanted].compactMap { $0 })
      #expect(columns.rowCount == 3)
    }
  }

  @Test func `old chunks and dead series go, and their references are refused`() throws {
    let head = Head(options: HeadOptions(history: .seconds(60)))
    let dead = try head.reference(for: ["s": "dead"])
    try head.add(["s": "dead"], 1000, 1)
    for i in 0..<400 { try head.add(["s": "alive"], Int64(i) * 1000, 1) }
    let view = head.view()
    #expect(try view.texts([]) == [#"{s="alive"}"#])
    #expect(try view.labelValues("s", where: [], in: .all, limit: .max) == ["alive"])
    let first = try view.samples([]).first![0]
    #expect(first <= 340_000 && first >= 340_000 - 121_000)
    var batch = SampleBatch()
    batch.append(dead, 400_000, 1)
    #expect(try head.append(batch).refused.first?.why == .unknownSeries)
    // The place is used again, by somebody else.
    let next = try head.reference(for: ["s": "next"])
    #expect(SeriesShelves.place(next) == SeriesShelves.place(dead) && next != dead)
    #expect(head.statistics().seriesCount == 2)
  }

  @Test func `a series without samples stays for as long as the history, then goes`() throws {
    let head = Head(options: HeadOptions(history: .seconds(60)))
    try head.add(["s": "clock"], 0, 1)
    let waiting = try head.reference(for: ["s": "waiting"])
    for i in 1...50 { try head.add(["s": "clock"], Int64(i) * 1000, 1) }
    #expect(try head.reference(for: ["s": "waiting"]) == waiting)
    for i in 51...200 { try head.add(["s": "clock"], Int64(i) * 1000, 1) }
    #expect(try head.reference(for: ["s": "waiting"]) != waiting)
  }

  @Test func `beyond the byte limit the oldest go and new series are refused by the limit's name`() throws {
    let head = Head(options: HeadOptions(history: nil, byteLimit: 60_000))
    var random = SeededRandom(seed: 4)
    for i in 0..<20_000 { try head.add(Self.series, Int64(i) * 1000, Double(bitPattern: random.next() >> 2)) }
    let times = try head.view().samples([]).map { $0[0] }
    #expect(times.last == 19_999_000)
    #expect(times.count > 3000 && times.count < 8000)
    #expect(head.statistics().bytes <= 60_000)
    let error = #expect(throws: SinkError.self) { for i in 0..<1000 { try head.add(["i": "\(i)"], 20_000_000, 1) } }
    #expect(error == .full("storage.head-bytes of 60000 bytes is reached: no new series"))
    #expect(try head.add(Self.series, 20_000_001, 1) == nil)
  }

  @Test func `limits of series and labels are refused by name`() throws {
    let head = Head(options: HeadOptions(seriesLimit: 2, labelsPerSeries: 2, labelSetBytes: 100))
    try head.add(["a": "1"], 1, 1)
    try head.add(["a": "2"], 1, 1)
    #expect(throws: SinkError.full("storage.series-limit of 2 series is reached")) { try head.add(["a": "3"], 1, 1) }
    #expect(throws: SinkError.invalidLabels("a series needs at least one label")) { try head.add(.empty, 1, 1) }
    #expect(throws: SinkError.invalidLabels("3 labels are more than storage.labels-per-series, 2")) {
      try head.add(["a": "1", "b": "1", "c": "1"], 1, 1)
    }
    #expect(throws: SinkError.invalidLabels("a label set of 203 bytes is larger than storage.label-set-bytes, 100")) {
      try head.add(LabelSet([Label("a", String(repeating: "x", count: 199))]), 1, 1)
    }
  }

  @Test(arguments: [
    ("120", "120.0"), ("120.0", "120.0"), ("0.005", "0.005"), ("1e6", "1e+06"), ("+Inf", "+Inf"), ("Inf", "+Inf"), ("word", "word"),
    ("-1", "-1.0"),
    ("1000000", "1e+06"), ("0", "0.0"),
  ]) func `bounds are normalised when asked for`(text: String, normal: String) throws {
    let head = Head()
    for name in ["le", "quantile"] {
      let raw = try head.reference(for: LabelSet([Label(name, text)]), normalizingBounds: false)
      #expect(
        try head.reference(for: LabelSet([Label(name, normal)]))
          == (text == normal ? raw : try head.reference(for: LabelSet([Label(name, normal)]))))
      let view = try head.reference(for: LabelSet([Label(name, text)]), normalizingBounds: true)
      #expect(view == (try head.reference(for: LabelSet([Label(name, normal)]))))
      #expect((view == raw) == (text == normal))
    }
    #expect(LabelSet(["other": "1"]).normalizingBounds == LabelSet(["other": "1"]))
  }

  @Test func `families and statistics`() throws {
    let head = Head(options: HeadOptions(metadataLimit: 1))
    let counter = MetricMetadata(type: .counter, help: "h", unit: "")
    head.setMetadata(counter, family: "m_total")
    head.setMetadata(counter, family: "beyond")
    #expect(head.metadata() == ["m_total": counter])
    try head.add(["__name__": "m", "a": "1"], 5, 1)
    try head.add(["__name__": "m", "a": "2"], 7, 1)
    try head.add(["__name__": "n", "a": "2"], 6, 1)
    let statistics = head.statistics(limit: 2)
    #expect(
      statistics.seriesCount == 3 && statistics.sampleCount == 3 && statistics.chunkCount == 3 && statistics.labelPairCount == 4)
    #expect(statistics.oldest == Timestamp(milliseconds: 5) && statistics.newest == Timestamp(milliseconds: 7))
    #expect(statistics.seriesByMetricName == [.init(name: "m", value: 2), .init(name: "n", value: 1)])
    #expect(statistics.valuesByLabelName == [.init(name: "__name__", value: 2), .init(name: "a", value: 2)])
    #expect(statistics.seriesByLabelPair == [.init(name: "__name__=m", value: 2), .init(name: "a=2", value: 2)])
  }
}

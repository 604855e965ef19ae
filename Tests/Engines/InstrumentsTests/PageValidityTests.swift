import Catalogue
import Exposition
import SeriesModel
import Testing

@testable import Instruments

/// The whole catalogue on one page, alive.
struct PageValidityTests {
  static func everything(showsCreated: Bool) -> Registry {
    var options = RegistryOptions(time: ManualTime(Small.start))
    options.showsCreated = showsCreated
    let registry = Registry(families: Families.all, options: options)
    var random = SplitMix(state: 7)
    registry.update { state in
      for family in Families.all {
        let handle = registry.family(family)
        for i in 0..<3 {
          let values = family.labels.map { $0.allowed?.first ?? "\($0.name) \(i) \"quoted\" \\ ü\n" }
          let series = state.series(handle, values, created: Small.start + .milliseconds(Int64(i)))
          switch family.type {
          case .counter: state.add(series, Double(random.next() % 100_000) / 8)
          case .gauge: state.set(series, Double(random.next() % 1000) - 500)
          default: for _ in 0..<5 { state.observe(series, Double(random.next() % 10_000) / 100) }
          }
        }
      }
    }
    return registry
  }

  @Test(arguments: [false, true])
  func `the page is valid by the definition of both formats`(_ showsCreated: Bool) {
    let pages = Pages(Self.everything(showsCreated: showsCreated), minimumInterval: .zero)
    for (format, accept) in [(ExpositionFormat.text, nil), (.openMetrics, PagesTests.openMetrics)] {
      let answer = pages.answer(accept: accept, acceptEncoding: nil)
      #expect(answer.contentType == format.contentType)
      let strict = ExpositionParser(format, .strict).parse(answer.body)
      #expect(strict.diagnostics.map(\.message) == [])
      #expect(strict.samples.count > 1000)
      #expect(ExpositionParser(format, .scraper).parse(answer.body).isValid)
      for family in Families.all {
        let metadata = strict.metadata[format == .text ? family.name : family.openMetricsName]
        #expect(metadata?.type == family.type && metadata?.help == family.help, "\(family)")
      }
    }
  }

  @Test func `both formats hold the same samples, and they are what is stored`() throws {
    let registry = Self.everything(showsCreated: false)
    let pages = Pages(registry, minimumInterval: .zero)
    func samples(_ format: ExpositionFormat, _ accept: String?) -> [LabelSet: Double] {
      let page = ExpositionParser(format, .scraper).parse(pages.answer(accept: accept, acceptEncoding: nil).body)
      let pairs = page.samples.map { sample -> (LabelSet, Double) in
        let bound = sample.labels.first { $0.name == "le" }.flatMap { Double($0.value) }
        return (bound.map { sample.series.setting("le", ExpositionWriter.storedBound($0)) } ?? sample.series, sample.value)
      }
      return Dictionary(uniqueKeysWithValues: pairs)
    }
    let text = samples(.text, nil)
    #expect(text == samples(.openMetrics, PagesTests.openMetrics))

    let sink = RecordingSink()
    let sampler = Sampler(registry, into: sink, Sampler.Options(interval: .seconds(15), instance: "here:1"))
    let report = try sampler.sample(at: Small.start + .seconds(10))
    #expect(report.samples == text.count)
    let stored = sink.state.withLock { $0.samples }
    for (series, value) in text {
      let all = series.setting("job", "tidemark").setting("instance", "here:1")
      #expect(stored[all]?.last?.value == value, "\(series)")
    }
  }
}

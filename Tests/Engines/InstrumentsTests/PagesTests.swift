import Catalogue
import Exposition
import SeriesModel
import Testing

@testable import Instruments

struct PagesTests {
  static let openMetrics = "application/openmetrics-text;version=1.0.0"
  static let families = [Small.runs, Small.depth, Small.duration, Small.plain]

  static func text(_ pages: Pages, accept: String? = nil) -> String {
    String(decoding: pages.answer(accept: accept, acceptEncoding: nil).body, as: UTF8.self)
  }

  @Test func `the text page`() {
    let registry = Small.registry(Self.families)
    registry.add(Small.runs, ["a\"b\\c\nd", "failed"], 2)
    registry.observe(Small.duration, ["triage"], 0.5)
    registry.observe(Small.duration, ["triage"], 7.25)
    #expect(
      Self.text(Pages(registry, minimumInterval: .zero)) == #"""
        # HELP runs_total About runs_total
        # TYPE runs_total counter
        runs_total{workflow="a\"b\\c\nd",status="success"} 0
        runs_total{workflow="a\"b\\c\nd",status="failed"} 2
        # HELP duration_seconds About duration_seconds
        # TYPE duration_seconds histogram
        duration_seconds_bucket{workflow="triage",le="0.1"} 0
        duration_seconds_bucket{workflow="triage",le="1"} 1
        duration_seconds_bucket{workflow="triage",le="120"} 2
        duration_seconds_bucket{workflow="triage",le="+Inf"} 2
        duration_seconds_sum{workflow="triage"} 7.75
        duration_seconds_count{workflow="triage"} 2
        # HELP plain_total About plain_total
        # TYPE plain_total counter
        plain_total 0

        """#)
  }

  @Test func `the OpenMetrics page, with created times when asked for`() {
    let time = ManualTime(Small.start)
    var options = RegistryOptions(time: time)
    options.showsCreated = true
    let registry = Registry(families: [Small.runs, Small.duration, Small.depth], options: options)
    registry.add(Small.runs, ["triage", "failed"], 2)
    registry.update { state in
      let series = state.series(registry.family(Small.duration), ["triage"], created: Small.start + .milliseconds(120))
      state.observe(series, 100)
    }
    registry.set(Small.depth, ["q"], -1.5)
    let pages = Pages(registry, minimumInterval: .zero)
    func expected(_ failed: Int) -> String {
      #"""
      # TYPE runs counter
      # HELP runs About runs_total
      runs_total{workflow="triage",status="success"} 0
      runs_created{workflow="triage",status="success"} 1700000000
      runs_total{workflow="triage",status="failed"} \#(failed)
      runs_created{workflow="triage",status="failed"} 1700000000
      # TYPE duration_seconds histogram
      # UNIT duration_seconds seconds
      # HELP duration_seconds About duration_seconds
      duration_seconds_bucket{workflow="triage",le="0.1"} 0
      duration_seconds_bucket{workflow="triage",le="1.0"} 0
      duration_seconds_bucket{workflow="triage",le="120.0"} 1
      duration_seconds_bucket{workflow="triage",le="+Inf"} 1
      duration_seconds_sum{workflow="triage"} 100
      duration_seconds_count{workflow="triage"} 1
      duration_seconds_created{workflow="triage"} 1700000000.120
      # TYPE depth gauge
      # HELP depth About depth
      depth{queue="q"} -1.5
      # EOF

      """#
    }
    #expect(Self.text(pages, accept: Self.openMetrics) == expected(2))
    registry.add(Small.runs, ["triage", "failed"], 98)
    #expect(Self.text(pages, accept: Self.openMetrics) == expected(100))
  }

  @Test func `a page after any changes is the page made from nothing`() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix(state: seed)
    let time = ManualTime(Small.start)
    let families = [
      Small.family("runs_total", .counter, ["workflow", FamilyLabel("status", .closed(["a", "b", "c"]))], cap: 900),
      Small.family("depth", .gauge, ["queue"], cap: 50),
      Small.family("lag_seconds", .histogram, ["q"], buckets: [1, 2, 5], cap: 200),
    ]
    let registry = Small.registry(families, at: time)
    let pages = Pages(registry, minimumInterval: .zero)
    for round in 0..<60 {
      for _ in 0..<Int(random.next() % 40) {
        registry.add(
          families[0], ["w\(random.next() % 250)", ["a", "b", "c"][Int(random.next() % 3)]], Double(random.next() % 2000))
        registry.set(families[1], ["q\(random.next() % 70)"], Double(random.next() % 1000) / 8 - 20)
        registry.observe(families[2], ["q\(random.next() % 60)"], Double(random.next() % 700) / 100)
      }
      if random.next() % 3 == 0 {
        time.advance(by: .minutes(25))
        registry.update { $0.expire(at: time.now()) }
      }
      for accept in [nil, Self.openMetrics] {
        let fresh = Self.text(Pages(registry, minimumInterval: .zero), accept: accept)
        #expect(Self.text(pages, accept: accept) == fresh, "seed \(seed), round \(round)")
      }
    }
  }

  @Test func `an unchanged page is the same array, a changed one waits for the interval`() {
    let time = ManualTime(Small.start)
    let registry = Small.registry(Self.families, at: time)
    registry.add(Small.plain, [], 1)
    let pages = Pages(registry)
    let first = pages.answer(accept: nil, acceptEncoding: "gzip")
    registry.add(Small.plain, [], 1)
    time.advance(by: .milliseconds(249))
    #expect(pages.answer(accept: nil, acceptEncoding: "gzip").version == first.version)
    time.advance(by: .milliseconds(1))
    let second = pages.answer(accept: nil, acceptEncoding: "gzip")
    #expect(second.version != first.version && second.body != first.body)
    time.advance(by: .hours(1))
    #expect(pages.answer(accept: nil, acceptEncoding: "gzip").version == second.version, "nothing changed")
  }

  @Test func `the headers of an answer`() {
    let pages = Pages(Small.registry(Self.families))
    let plain = pages.answer(accept: nil, acceptEncoding: nil)
    #expect(plain.contentType == "text/plain; version=0.0.4; charset=utf-8" && plain.contentEncoding == nil)
    let packed = pages.answer(accept: Self.openMetrics, acceptEncoding: "gzip;q=0.5, identity")
    #expect(packed.contentType == "application/openmetrics-text; version=1.0.0; charset=utf-8" && packed.contentEncoding == "gzip")
    #expect(packed.body.prefix(2) == [0x1f, 0x8b])
  }

  @Test func `scrapes are counted when the grid asks, not when they happen`() {
    let registry = Small.registry(Families.all)
    let pages = Pages(registry, minimumInterval: .zero)
    let version = pages.answer(accept: nil, acceptEncoding: nil).version
    for _ in 0..<3 { #expect(pages.answer(accept: nil, acceptEncoding: nil).version == version) }
    _ = pages.answer(accept: Self.openMetrics, acceptEncoding: "gzip")
    registry.update { pages.report(into: &$0) }
    #expect(registry.value(Families.tidemarkScrapesTotal, ["format": "text", "encoding": "identity"]) == 4)
    #expect(registry.value(Families.tidemarkScrapesTotal, ["format": "openmetrics", "encoding": "gzip"]) == 1)
    #expect(registry.value(Families.tidemarkPageRendersTotal, ["format": "text"]) == 1)
  }

  @Test func `while threads count, no scrape sees half an update or a counter go back`() async {
    let families = [
      Small.family("a_total", .counter, ["w"]), Small.family("filler_total", .counter, ["w"], cap: 5000),
      Small.family("b_total", .counter, ["w"]),
    ]
    let registry = Registry(families: families, options: RegistryOptions(time: SystemTime()))
    registry.update { state in
      for i in 0..<2000 { _ = state.series(registry.family(families[1]), ["w\(i)"], created: Small.start) }
    }
    let pages = Pages(registry, minimumInterval: .zero)
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<2 {
        group.addTask {
          for _ in 0..<300 {
            registry.update { state in
              for family in families { state.add(state.series(registry.family(family), ["t\(thread)"], created: Small.start), 1) }
            }
          }
        }
      }
      for accept in [nil, Self.openMetrics] {
        group.addTask {
          var last = [0.0, 0]
          for _ in 0..<40 {
            let page = ExpositionParser(accept == nil ? .text : .openMetrics, .scraper).parse(
              pages.answer(accept: accept, acceptEncoding: nil).body)
            for thread in 0..<2 {
              let values = ["a_total", "filler_total", "b_total"].map { name in
                page.samples.first { $0.name == name && $0.labels == [Label("w", "t\(thread)")] }?.value ?? 0
              }
              #expect(Set(values).count == 1, "\(values)")
              #expect(values[0] >= last[thread])
              last[thread] = values[0]
            }
          }
        }
      }
    }
    #expect(registry.value(families[2], ["w": "t1"]) == 300)
  }
}

import Catalogue
import Exposition
import Foundation
import SeriesModel
import Synchronization
import Testing

@testable import Instruments

/// Measures when asked (`TIDEMARK_MEASURE=1 swift test -c release`); prints, and holds the ceilings that scrapes promise.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["TIDEMARK_MEASURE"] != nil), .serialized)
struct CostTests {
  static func cpu(_ body: () -> Void) -> Double {
    var a = timespec()
    var b = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a)
    body()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b)
    return Double(b.tv_sec - a.tv_sec) * 1e3 + Double(b.tv_nsec - a.tv_nsec) / 1e6
  }

  @Test func `100,000 series`() {
    let gauge = Small.family("agent_state_bytes", .gauge, ["agent", "region", "cluster"], cap: 100_000)
    let registry = Registry(families: [gauge], options: RegistryOptions(time: SystemTime()))
    let family = registry.family(gauge)
    let handles = registry.update { state in
      (0..<100_000).map { state.series(family, ["agent-\($0)", "eu-west-\($0 % 3)", "cluster-\($0 % 17)"], created: Small.start) }
    }
    let pages = Pages(registry, minimumInterval: .zero)
    print("first render ms:", Self.cpu { _ = pages.answer(accept: nil, acceptEncoding: nil) })
    for round in 1...5 {
      let set = Self.cpu {
        registry.update { state in for (i, handle) in handles.enumerated() { state.set(handle, Double(i * round)) } }
      }
      var bytes = 0
      let changed = Self.cpu { bytes = pages.answer(accept: nil, acceptEncoding: nil).body.count }
      let same = Self.cpu { for _ in 0..<1000 { bytes = pages.answer(accept: nil, acceptEncoding: nil).body.count } }
      let packed = Self.cpu { bytes = pages.answer(accept: nil, acceptEncoding: "gzip").body.count }
      let packedSame = Self.cpu { for _ in 0..<1000 { bytes = pages.answer(accept: nil, acceptEncoding: "gzip").body.count } }
      registry.update { $0.add(handles[5000], 1) }
      let one = Self.cpu { bytes = pages.answer(accept: nil, acceptEncoding: nil).body.count }
      print(
        "set ns \(set * 10) changed ms \(changed) same us \(same) gzip ms \(packed) gzip same us \(packedSame) one changed ms \(one) bytes \(bytes)"
      )
      #expect(changed < 23 && packed < 94)
    }
    registry.update { state in for (i, handle) in handles.enumerated() { state.set(handle, Double(i) * 0.37 + 0.01) } }
    print("changed with decimals ms:", Self.cpu { _ = pages.answer(accept: nil, acceptEncoding: nil) })
    registry.update { state in for (i, handle) in handles.enumerated() { state.set(handle, 1 / Double(i + 3)) } }
    print("changed with long fractions ms:", Self.cpu { _ = pages.answer(accept: nil, acceptEncoding: nil) })
    print(
      "resolve ns:",
      Self.cpu {
        registry.update { state in
          for i in 0..<100_000 {
            _ = state.series(family, ["agent-\(i)", "eu-west-\(i % 3)", "cluster-\(i % 17)"], created: Small.start)
          }
        }
      } * 10)
  }

  @Test func `100,000 lines of histograms, sampled and kept`() throws {
    let histogram = Small.family(
      "agent_duration_seconds", .histogram, ["agent", "cluster"], buckets: [0.1, 0.4, 1.6, 6.4, 25.6, 102.4, 409.6], cap: 10_000)
    let registry = Registry(families: [histogram], options: RegistryOptions(time: SystemTime()))
    let family = registry.family(histogram)
    let handles = registry.update { state in
      (0..<10_000).map { state.series(family, ["agent-\($0)", "cluster-\($0 % 17)"], created: Small.start) }
    }
    let pages = Pages(registry, minimumInterval: .zero)
    print("histograms: first render ms:", Self.cpu { _ = pages.answer(accept: nil, acceptEncoding: nil) })
    let sampler = Sampler(registry, into: CountingSink(), Sampler.Options(interval: .seconds(1), instance: "here:1"))
    for round in 1...4 {
      let observe = Self.cpu {
        registry.update { state in for (i, handle) in handles.enumerated() { state.observe(handle, Double(i % 400) + 0.125) } }
      }
      let changed = Self.cpu { _ = pages.answer(accept: nil, acceptEncoding: nil) }
      let sampled = Self.cpu { _ = try? sampler.sample(at: Small.start + .seconds(Int64(round))) }
      print("observe ns \(observe * 100) changed ms \(changed) sample ms \(sampled)")
    }
    var bytes: [UInt8] = []
    print("checkpoint ms:", Self.cpu { bytes = registry.checkpoint() }, "bytes", bytes.count)
    let other = Registry(families: [histogram], options: RegistryOptions(time: SystemTime()))
    print("restore ms:", Self.cpu { _ = try? other.restore(bytes) })
    let page = pages.answer(accept: nil, acceptEncoding: nil).body
    print(
      "parse ms:", Self.cpu { _ = ExpositionParser(.text, .scraper).parse(page) }, "strict OpenMetrics ms:",
      Self.cpu {
        let page = pages.answer(accept: PagesTests.openMetrics, acceptEncoding: nil).body
        #expect(ExpositionParser(.openMetrics, .strict).parse(page).isValid)
      })
  }

  final class CountingSink: SampleSink {
    let next = Atomic<UInt64>(0)
    func reference(for labels: LabelSet) throws(SinkError) -> SeriesRef { SeriesRef(next.add(1, ordering: .relaxed).newValue) }
    func append(_ batch: borrowing SampleBatch) throws(SinkError) -> AppendReport { AppendReport(appended: batch.count) }
  }
}

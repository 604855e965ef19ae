import Catalogue
import Foundation
import SeriesModel
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
      let set = Self.cpu { registry.update { state in for (i, handle) in handles.enumerated() { state.set(handle, Double(i * round)) } } }
      var bytes = 0
      let changed = Self.cpu { bytes = pages.answer(accept: nil, acceptEncoding: nil).body.count }
      let same = Self.cpu { for _ in 0..<1000 { bytes = pages.answer(accept: nil, acceptEncoding: nil).body.count } }
      let packed = Self.cpu { bytes = pages.answer(accept: nil, acceptEncoding: "gzip").body.count }
      let packedSame = Self.cpu { for _ in 0..<1000 { bytes = pages.answer(accept: nil, acceptEncoding: "gzip").body.count } }
      registry.update { $0.add(handles[5000], 1) }
      let one = Self.cpu { bytes = pages.answer(accept: nil, acceptEncoding: nil).body.count }
      print(
        "set ns \(set * 10) changed ms \(changed) same us \(same) gzip ms \(packed) gzip same us \(packedSame) one changed ms \(one) bytes \(bytes)")
      #expect(changed < 23 && packed < 94)
    }
    registry.update { state in for (i, handle) in handles.enumerated() { state.set(handle, Double(i) * 0.37 + 0.01) } }
    print("changed with decimals ms:", Self.cpu { _ = pages.answer(accept: nil, acceptEncoding: nil) })
    registry.update { state in for (i, handle) in handles.enumerated() { state.set(handle, 1 / Double(i + 3)) } }
    print("changed with long fractions ms:", Self.cpu { _ = pages.answer(accept: nil, acceptEncoding: nil) })
    print("resolve ns:", Self.cpu {
      registry.update { state in for i in 0..<100_000 { _ = state.series(family, ["agent-\(i)", "eu-west-\(i % 3)", "cluster-\(i % 17)"], created: Small.start) } }
    } * 10)
  }
}

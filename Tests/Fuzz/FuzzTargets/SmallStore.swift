import SeriesModel
import Storage

/// An hour of a few series of every kind: counters that are reset, gauges with NaN and infinities, gaps, staleness markers, classic histograms, info.
enum SmallStore {
  static let names = [
    "requests_total", "temperature", "latency_bucket", "latency_count", "latency_sum", "target_info", "once", "nothing",
  ]
  static let start: Int64 = 1_700_000_000_000
  static let minutes: Int64 = 60

  static let heads: [Head] = (0..<4).map { make(seed: UInt64($0) + 1) }

  private static func make(seed: UInt64) -> Head {
    let head = Head(options: HeadOptions(history: nil, outOfOrderWindow: nil))
    var state = seed
    func next(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    func add(_ name: String, _ labels: [(String, String)], every seconds: Int64, _ value: (Int) -> Double?) {
      var batch = SampleBatch()
      let set = LabelSet(labels.map { Label($0.0, $0.1) } + [Label(LabelName.metric, name)])
      guard let ref = try? head.reference(for: set) else { fatalError("the store refuses \(set)") }
      let phase = Int64(next(Int(seconds) * 1000))
      for k in 0..<Int(minutes * 60 / seconds) {
        guard let value = value(k) else { continue }
        batch.append(ref, start + phase + Int64(k) * seconds * 1000, value)
      }
      _ = try? head.append(batch)
    }
    for job in ["a", "b"] {
      for instance in ["a", "b", "ü"] {
        for code in ["200", "500"] {
          var total = 0.0
          add("requests_total", [("job", job), ("instance", instance), ("code", code)], every: 30) { _ in
            total = next(40) == 0 ? 0 : total + Double(next(10))
            return next(12) == 0 ? nil : total
          }
        }
        let odd: [Double] = [.nan, .infinity, -.infinity, Staleness.marker, -0.0, 1e300, 1e-300]
        add("temperature", [("job", job), ("instance", instance)], every: 15) { _ in
          next(15) == 0 ? odd[next(odd.count)] : Double(next(1000)) / 8 - 40
        }
        add("target_info", [("job", job), ("instance", instance), ("dotted.name", "x" + instance)], every: 60) { _ in 1 }
      }
      var counts = [0.0, 0, 0, 0]
      for (i, le) in ["0.1", "0.5", "1", "+Inf"].enumerated() {
        var total = 0.0
        add("latency_bucket", [("job", job), ("le", le)], every: 30) { _ in
          total += Double(next(5) * (i + 1))
          counts[i] = total
          return total
        }
      }
      add("latency_count", [("job", job)], every: 30) { Double($0) * 3 }
      add("latency_sum", [("job", job)], every: 30) { Double($0) * 0.7 }
    }
    add("once", [("job", "a"), ("quantile", "0.9")], every: 1200) { Double($0) }
    return head
  }
}

import SeriesModel
import Storage

/// Series of every kind, a sample each every 15 s: counters with resets, gauges, few distinct values, classic histograms, info series, and pods that
/// come and go.
struct BenchStore {
  static let interval: Int64 = 15_000
  static let start: Int64 = 1_700_006_400_000

  let head: Head
  let samplesPerSeries: Int

  init(instances: Int, samplesPerSeries: Int) throws {
    head = Head(options: HeadOptions(history: nil))
    self.samplesPerSeries = samplesPerSeries
    for i in 0..<instances {
      let instance = "instance-\(i)"
      for job in ["api", "worker"] {
        let seed = i * 2 + (job == "api" ? 0 : 1)
        try add("target_info", [("job", job), ("instance", instance), ("version", "1.\(i)"), ("region", "eu")]) { _ in 1 }
        try add("errors_total", [("job", job), ("instance", instance)]) { Double($0 % 400) * 3 }
        for part in 0..<2 {
          let labels = [("job", job), ("instance", instance)]
          try add("requests_total", labels + [("code", part == 0 ? "200" : "500")]) {
            Double(($0 + seed) % 300 * (seed + part + 1))
          }
          try add("temperature", labels + [("sensor", "s\(part)")]) { Self.noise(seed * 2 + part, $0) * 40 }
          try add("level", labels + [("sensor", "s\(part)")]) { Double(($0 + seed + part) % 5) }
        }
        if i % 2 == 0 {
          for (k, bound) in ["0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"].enumerated() {
            try add("latency_bucket", [("job", job), ("instance", instance), ("le", bound)]) { Double($0 * (k + 1) + seed * k) }
          }
        }
      }
      // Of two pods one is there at a time.
      for pod in 0..<2 {
        try add("pod_info", [("instance", instance), ("pod", "pod-\(i)-\(pod)")]) { k in
          k / 40 % 2 == pod ? 1 : k % 40 == 0 ? Staleness.marker : nil
        }
      }
    }
  }

  func time(ofSample i: Int) -> Timestamp { Timestamp(milliseconds: Self.start + Int64(i) * Self.interval) }

  private func add(_ name: String, _ labels: [(String, String)], _ value: (Int) -> Double?) throws {
    let set = LabelSet(labels.map { Label($0.0, $0.1) } + [Label(LabelName.metric, name)])
    let ref = try head.reference(for: set)
    var batch = SampleBatch()
    for k in 0..<samplesPerSeries {
      if let value = value(k) { batch.append(ref, time(ofSample: k).milliseconds, value) }
    }
    let report = try head.append(batch)
    precondition(report.refused.isEmpty, "the head refuses \(report.refused.count) samples of \(set)")
  }

  /// 0..<1, the same for the same numbers.
  private static func noise(_ seed: Int, _ k: Int) -> Double {
    var x = UInt64(truncatingIfNeeded: seed &* 1_000_003 &+ k) &* 0x9e37_79b9_7f4a_7c15
    x = (x ^ x >> 31) &* 0xbf58_476d_1ce4_e5b9
    return Double((x ^ x >> 29) >> 11) / 0x1p53
  }
}

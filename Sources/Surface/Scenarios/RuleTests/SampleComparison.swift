import SeriesModel
import TextCoding

/// Tells how a result differs from the expected samples; their order is free.
struct SampleComparison {
  /// Neighbouring floats are the same.
  let isFuzzy: Bool

  /// Nothing when they are the same. Otherwise what was expected and what came, but for the samples that are right.
  func differences(expected: [TestedSample], got: [TestedSample]) -> [String] {
    var missing: [TestedSample] = []
    var left = got
    for sample in expected {
      if let i = left.firstIndex(where: { $0.labels == sample.labels && equal($0.value, sample.value) }) {
        left.remove(at: i)
      } else {
        missing.append(sample)
      }
    }
    if missing.isEmpty, left.isEmpty { return [] }
    var lines = ["expected \(Self.shown(missing))", "got      \(Self.shown(left))"]
    if missing.contains(where: \.value.isNaN) { lines.append("NaN equals nothing; expect 1 of an expression such as x != bool x") }
    return lines
  }

  private func equal(_ a: Double, _ b: Double) -> Bool { a == b || isFuzzy && (a.nextUp == b || a.nextDown == b) }

  private static func shown(_ samples: [TestedSample]) -> String {
    if samples.isEmpty { return "nothing more" }
    let sorted = samples.sorted { $0.labels < $1.labels }
    return sorted.prefix(10).map { "\($0.labels) \(NumberText.general($0.value))" }.joined(separator: ", ")
      + (samples.count > 10 ? ", … (\(samples.count))" : "")
  }
}

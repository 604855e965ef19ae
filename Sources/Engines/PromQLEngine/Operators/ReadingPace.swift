/// How many series to read at a time: so many that their samples take some megabytes, whatever the length of the span.
struct ReadingPace {
  /// Samples that a batch should have.
  private static let samples = 1 << 19

  private let most: Int
  private(set) var series: Int

  /// - Parameter most: series in a batch when they have few samples.
  init(most: Int) {
    self.most = most
    series = min(most, 16)
  }

  /// The next batch is measured by the last one.
  mutating func note(series count: Int, samples: Int) {
    let each = max(1, samples / max(1, count))
    series = max(1, min(most, Self.samples / each))
  }
}

import SeriesModel

/// The head's limits, each with the name it is refused by.
package struct HeadOptions: Hashable, Sendable {
  /// How far behind the newest sample of all samples are kept; `nil`: no limit of time.
  package var history: PromDuration?
  /// Beyond it the oldest chunks go first; new series are refused.
  package var byteLimit: Int
  package var seriesLimit: Int
  /// How much older than the newest sample of all a sample may be that is older than its own series' newest; `nil`: any age.
  package var outOfOrderWindow: PromDuration?
  /// How far ahead of the clock a sample may be; `nil`: any distance.
  package var futureLimit: PromDuration?
  package var labelsPerSeries: Int
  package var labelSetBytes: Int
  package var metadataLimit: Int

  package init(
    history: PromDuration? = .minutes(390), byteLimit: Int = 1 << 30, seriesLimit: Int = 2_000_000,
    outOfOrderWindow: PromDuration? = .zero,
    futureLimit: PromDuration? = nil, labelsPerSeries: Int = 64, labelSetBytes: Int = 16 << 10, metadataLimit: Int = 20_000
  ) {
    self.history = history
    self.byteLimit = byteLimit
    self.seriesLimit = seriesLimit
    self.outOfOrderWindow = outOfOrderWindow
    self.futureLimit = futureLimit
    self.labelsPerSeries = labelsPerSeries
    self.labelSetBytes = labelSetBytes
    self.metadataLimit = metadataLimit
  }
}

import SeriesModel

/// Where on the grid of their interval groups stand.
package enum GroupPhase: String, Hashable, Sendable, CaseIterable {
  /// At its multiples: groups of one interval are evaluated at the same times, over the same samples.
  case interval
  /// Where Prometheus has them: each somewhere else, by its file and name.
  case prometheus

  /// What a group's times are past the multiples of its interval.
  func offset(of group: GroupID, _ interval: PromDuration) -> PromDuration {
    switch self {
    case .interval: .zero
    case .prometheus:
      PromDuration(milliseconds: Int64(GroupHash.of(group) % (UInt64(interval.milliseconds) * 1_000_000) / 1_000_000))
    }
  }
}

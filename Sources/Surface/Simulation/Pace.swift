/// How finely an orchestration reports. What happens is the same; how many events tell of it is not.
package enum Pace: Sendable, CaseIterable {
  /// Counts every second, samples every five: 200 events a second.
  case live
  /// For the part of a history that panels show at first: as smooth as a grid of 15 seconds shows it, 37,000 events an hour.
  case recent
  /// For a history: counts every other minute, 17,000 events an hour. Starts of agent runs are left out; an end says all that counts.
  case history

  var queueCounts: Int64 {
    switch self {
    case .live: 1_000
    case .recent: 15_000
    case .history: 120_000
    }
  }

  var queueSamples: Int64 {
    switch self {
    case .live: 5_000
    case .recent: 60_000
    case .history: 240_000
    }
  }

  var taskCounts: Int64 {
    switch self {
    case .live: 1_000
    case .recent: 15_000
    case .history: 60_000
    }
  }

  var tierSamples: Int64 {
    switch self {
    case .live: 10_000
    case .recent, .history: 60_000
    }
  }

  var tellsAgentStarts: Bool { self == .live }
}

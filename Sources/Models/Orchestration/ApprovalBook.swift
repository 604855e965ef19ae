import SeriesModel

/// Pairs each decision about a run with the request it answers: the latest one not after it. Either may come first.
package struct ApprovalBook: Equatable, Sendable {
  package struct Decision: Equatable, Sendable {
    package var at: Timestamp
    package var workflow: String
    /// Said how long it took, so its request only has to be crossed out.
    package var counted: Bool
  }

  /// Requests without a decision, oldest first.
  package private(set) var requests: [Timestamp] = []
  /// Decisions without a request, oldest first.
  package private(set) var decisions: [Decision] = []

  package init() {}

  package init(requests: [Timestamp], decisions: [Decision]) {
    self.requests = requests
    self.decisions = decisions
  }

  package var isEmpty: Bool { requests.isEmpty && decisions.isEmpty }

  /// More than this of either are not kept; the oldest goes.
  static let limit = 64

  /// The decision that was already there, with the wait in seconds, unless it has been counted.
  mutating func request(at time: Timestamp) -> (workflow: String, seconds: Double)? {
    if let i = decisions.firstIndex(where: { $0.at >= time }) {
      let decision = decisions.remove(at: i)
      return decision.counted ? nil : (decision.workflow, (decision.at - time).seconds)
    }
    requests.insert(time, at: requests.firstIndex { $0 > time } ?? requests.count)
    if requests.count > Self.limit { requests.removeFirst() }
    return nil
  }

  /// The wait in seconds: as told, or since the request; `nil` while the request is not known.
  mutating func decide(at time: Timestamp, told: Double?, workflow: String) -> Double? {
    if let i = requests.lastIndex(where: { $0 <= time }) {
      let request = requests.remove(at: i)
      return told ?? (time - request).seconds
    }
    let decision = Decision(at: time, workflow: workflow, counted: told != nil)
    decisions.insert(decision, at: decisions.firstIndex { $0.at > time } ?? decisions.count)
    if decisions.count > Self.limit { decisions.removeFirst() }
    return told
  }
}

import AlertModel
import SeriesModel

/// What has come in since the last turn.
struct NotifierInbox {
  struct Contents {
    var updates: ArraySlice<(update: AlertUpdate, at: Timestamp)> = []
    var results: [NotifierCore.Result] = []
    /// Updates that had to go because too many waited.
    var lost = 0
    var isEmpty: Bool { updates.isEmpty && results.isEmpty && lost == 0 }
  }

  var limit: Int
  private var contents = Contents()
  /// Called when something came in.
  var wake: (@Sendable () -> Void)?

  init(limit: Int) { self.limit = limit }

  var isEmpty: Bool { contents.isEmpty }

  /// The oldest go when there are too many.
  mutating func add(_ updates: [AlertUpdate], at time: Timestamp) {
    contents.updates.append(contentsOf: updates.map { (update: $0, at: time) })
    let surplus = contents.updates.count - limit
    if surplus > 0 {
      contents.updates.removeFirst(surplus)
      contents.lost += surplus
    }
  }

  mutating func add(_ result: NotifierCore.Result) { contents.results.append(result) }

  mutating func take() -> Contents {
    defer { contents = Contents() }
    return contents
  }
}

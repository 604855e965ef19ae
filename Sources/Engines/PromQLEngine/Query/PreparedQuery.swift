import SeriesModel
import Synchronization

/// An expression compiled once and evaluated often: by the local engine, or by a remote one that ignores the view.
public protocol PreparedQuery: AnyObject, Sendable {
  /// The expression's normal form.
  var text: String { get }
  func instant(at time: Timestamp, on view: any SeriesView, until cancellation: Cancellation) throws(QueryError) -> QueryResult
}

/// Ends a query early: because its time is up, or because nobody waits for it any more.
public final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)
  public let deadline: Instant?
  private let time: (any TimeSource)?

  public init(deadline: Instant? = nil, by time: (any TimeSource)? = nil) {
    self.deadline = deadline
    self.time = time
  }

  public static var never: Cancellation { Cancellation() }

  public func cancel() { flag.store(true, ordering: .relaxed) }

  public var isCanceled: Bool { flag.load(ordering: .relaxed) }

  /// Reads the clock, so ask once per batch and not per sample.
  public var isOverdue: Bool {
    guard let deadline, let time else { return false }
    return time.monotonic() >= deadline
  }
}

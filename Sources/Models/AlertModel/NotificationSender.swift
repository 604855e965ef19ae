import SeriesModel

/// Brings notifications to one place: a webhook, a chat, a pager.
public protocol NotificationSender: Sendable {
  /// Tries once and waits for the answer, but never past `before`. Called on a thread that may wait.
  func send(_ notification: Notification, before: Instant) -> DeliveryOutcome
}

/// What became of one attempt.
public enum DeliveryOutcome: Hashable, Sendable {
  case delivered(status: Int)
  /// It may go better later, and not before `after` when the other side said so.
  case retry(after: PromDuration?, DeliveryFault)
  /// It would not go better.
  case refused(DeliveryFault)
}

/// Why a notification was not taken.
public struct DeliveryFault: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case clientError = "client_error"
    case serverError = "server_error"
    case timeout, connection, other
  }

  public var kind: Kind
  /// Of the answer, when there was one.
  public var status: Int?
  /// Without the secrets that a webhook's URL may hold.
  public var reason: String

  public init(_ kind: Kind, status: Int? = nil, _ reason: String) {
    self.kind = kind
    self.status = status
    self.reason = reason
  }

  public var description: String { reason }
}

import SeriesModel

/// Requests that share workers: so many run at a time, the others wait for their turn, client by client.
public struct Lane: Sendable {
  /// Why a request of a lane gets no answer of its handler.
  public enum Refusal: String, Hashable, Sendable, CaseIterable {
    /// Too many wait already.
    case full
    /// It waited for as long as it was willing to.
    case late
    /// Its answer is there, but answers under way hold as many bytes as they may.
    case noRoom = "no_room"
  }

  public var name: String
  /// Requests that run at a time; `nil`: ``ServerOptions/laneWorkers``.
  public var width: Int?
  /// Requests that wait, of which one client may hold half; `nil`: ``ServerOptions/lanePlaces``.
  public var places: Int?
  /// Whether answers count towards ``ServerOptions/responseBytesInFlight``, but for small ones.
  public var boundsAnswers: Bool
  /// How long from its arrival a request may wait for its turn; `nil`: for ever. Asked while it waits, by the thread that looks after all connections; the
  /// body is not there when it is large or packed.
  public var patience: (@Sendable (Request) -> PromDuration?)?
  public var refusal: @Sendable (Refusal) -> Response

  public init(
    _ name: String, width: Int? = nil, places: Int? = nil, boundsAnswers: Bool = false,
    patience: (@Sendable (Request) -> PromDuration?)? = nil,
    refusal: @escaping @Sendable (Refusal) -> Response = Self.plainRefusal
  ) {
    self.name = name
    self.width = width
    self.places = places
    self.boundsAnswers = boundsAnswers
    self.patience = patience
    self.refusal = refusal
  }

  public static let plainRefusal: @Sendable (Refusal) -> Response = { .busy($0.reason) }
}

extension Lane.Refusal {
  public var reason: String {
    switch self {
    case .full: "too many requests are waiting"
    case .late: "the request waited too long"
    case .noRoom: "too many bytes of answers are on their way"
    }
  }
}

/// What a lane has in hand, and what became of its requests since the start.
public struct LaneStatistics: Hashable, Sendable {
  public var running = 0
  public var waiting = 0
  public var refused: [Lane.Refusal: Int] = [:]
  /// Clients that left before their turn.
  public var left = 0
}

/// A moment in milliseconds since 1970-01-01T00:00:00Z.
@frozen
public struct Timestamp: Hashable, Comparable, Sendable {
  public var milliseconds: Int64

  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  @inlinable public init(seconds: Double) { milliseconds = Int64((seconds * 1000).rounded()) }

  public static let distantPast = Timestamp(milliseconds: .min / 4)
  public static let distantFuture = Timestamp(milliseconds: .max / 4)

  /// Seconds since 1970, with fraction.
  @inlinable public var seconds: Double { Double(milliseconds) / 1000 }

  @inlinable public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
  @inlinable public static func + (a: Timestamp, b: PromDuration) -> Timestamp {
    Timestamp(milliseconds: a.milliseconds + b.milliseconds)
  }
  @inlinable public static func - (a: Timestamp, b: PromDuration) -> Timestamp {
    Timestamp(milliseconds: a.milliseconds - b.milliseconds)
  }
  @inlinable public static func - (a: Timestamp, b: Timestamp) -> PromDuration {
    PromDuration(milliseconds: a.milliseconds - b.milliseconds)
  }
}

extension Timestamp: CustomStringConvertible {
  public var description: String { rfc3339 }
}

/// A closed span of time: both ends belong to it.
@frozen
public struct TimeSpan: Hashable, Sendable {
  public var start: Timestamp
  public var end: Timestamp

  @inlinable public init(from start: Timestamp, through end: Timestamp) {
    self.start = start
    self.end = end
  }

  public static let all = TimeSpan(from: .distantPast, through: .distantFuture)

  @inlinable public func contains(_ t: Timestamp) -> Bool { start <= t && t <= end }
}

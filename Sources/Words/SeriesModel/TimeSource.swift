import Threading

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A reading of a monotonic clock, in nanoseconds from an arbitrary start.
@frozen
public struct Instant: Hashable, Comparable, Sendable {
  public var nanoseconds: UInt64
  @inlinable public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }
  @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
  @inlinable public static func + (a: Instant, b: PromDuration) -> Instant {
    // A time that is too far is the last one, or the first.
    let (length, isLong) = b.milliseconds.multipliedReportingOverflow(by: 1_000_000)
    if isLong { return Instant(nanoseconds: b.milliseconds < 0 ? 0 : .max) }
    let (sum, isFar) = UInt64(length.magnitude).addingReportingOverflow(length < 0 ? 0 : a.nanoseconds)
    if length >= 0 { return Instant(nanoseconds: isFar ? .max : sum) }
    return Instant(nanoseconds: a.nanoseconds > length.magnitude ? a.nanoseconds - length.magnitude : 0)
  }
  /// Seconds from `b` to `a`.
  @inlinable public static func - (a: Instant, b: Instant) -> Double { (Double(a.nanoseconds) - Double(b.nanoseconds)) / 1e9 }
}

/// Where time comes from. Only the program reads the system's clock; everything else is handed one of these.
public protocol TimeSource: Sendable {
  func now() -> Timestamp
  func monotonic() -> Instant
}

/// The system's clocks.
public struct SystemTime: TimeSource {
  public init() {}

  public func now() -> Timestamp {
    let t = read(CLOCK_REALTIME)
    return Timestamp(milliseconds: Int64(t.tv_sec) * 1000 + Int64(t.tv_nsec) / 1_000_000)
  }

  public func monotonic() -> Instant {
    let t = read(CLOCK_MONOTONIC)
    return Instant(nanoseconds: UInt64(t.tv_sec) * 1_000_000_000 + UInt64(t.tv_nsec))
  }

  private func read(_ clock: clockid_t) -> timespec {
    var t = timespec()
    let status = unsafe clock_gettime(clock, &t)
    precondition(status == 0, "clock_gettime(\(clock)) failed with errno \(errno)")
    return t
  }
}

/// A clock that stands still until it is told to move. The monotonic reading moves along.
public final class ManualTime: TimeSource {
  private let state: BlockingLock<Int64>

  public init(_ start: Timestamp = Timestamp(milliseconds: 0)) { state = BlockingLock(start.milliseconds) }

  public func now() -> Timestamp { Timestamp(milliseconds: state.withLock { $0 }) }
  public func monotonic() -> Instant { Instant(nanoseconds: UInt64(max(0, state.withLock { $0 })) * 1_000_000) }
  public func advance(by step: PromDuration) { state.withLock { $0 += step.milliseconds } }
  public func set(_ t: Timestamp) { state.withLock { $0 = t.milliseconds } }
}

/// Does what is due and says when it wants to be called next (`nil`: not before something happens). Threads and a manual clock both just call it.
public protocol Pump: AnyObject, Sendable {
  func run(through now: Instant) -> Instant?
}

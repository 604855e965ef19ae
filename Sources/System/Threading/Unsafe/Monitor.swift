import Glibc

/// A value behind a lock on which threads can wait for a change. The lock may be held over input and output; those who wait sleep and do not spin.
///
/// Times are the monotonic clock's.
// Invariant: `state` is touched only between lock and unlock of `mutex`; both C objects stay at one address from init to deinit.
@safe public final class Monitor<State>: @unchecked Sendable {
  @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>
  @usableFromInline let changed: UnsafeMutablePointer<pthread_cond_t>
  @usableFromInline var state: State

  /// What somebody who looked at the state wants.
  public enum Wish<Result> {
    case done(Result)
    /// To look again after a change, or after so many seconds.
    case wait(seconds: Double)
  }

  public init(_ state: sending State) {
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe changed.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    let status = unsafe (pthread_mutex_init(mutex, nil), pthread_cond_init(changed, &attributes))
    precondition(status == (0, 0), "pthread_mutex_init and pthread_cond_init failed with \(status)")
    unsafe pthread_condattr_destroy(&attributes)
    self.state = state
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  @inlinable
  public func withLock<Result, Failure>(_ body: (inout State) throws(Failure) -> Result) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// The same, and wakes those who wait.
  @inlinable
  public func change<Result, Failure>(_ body: (inout State) throws(Failure) -> Result) throws(Failure) -> Result {
    defer { notifyAll() }
    return try withLock(body)
  }

  /// Waits until `body` gives a result. It is asked again after each change that is told.
  @inlinable
  public func wait<Result>(_ body: (inout State) -> Result?) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&state) { return result }
      unsafe pthread_cond_wait(changed, mutex)
    }
  }

  /// The same, for at most `seconds`; then `nil`.
  @inlinable
  public func wait<Result>(seconds: Double, _ body: (inout State) -> Result?) -> Result? {
    var end = MonitorTime.now(plus: seconds)
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&state) { return result }
      guard unsafe pthread_cond_timedwait(changed, mutex, &end) != ETIMEDOUT else { return body(&state) }
    }
  }

  /// Asks `body` again after each change that is told, and when the time that it named is over, until it is done.
  @inlinable
  public func watch<Result>(_ body: (inout State) -> Wish<Result>) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      switch body(&state) {
      case .done(let result): return result
      case .wait(let seconds):
        var end = MonitorTime.now(plus: seconds)
        unsafe pthread_cond_timedwait(changed, mutex, &end)
      }
    }
  }

  @inlinable public func notifyOne() { unsafe pthread_cond_signal(changed) }
  @inlinable public func notifyAll() { unsafe pthread_cond_broadcast(changed) }
}

@usableFromInline enum MonitorTime {
  /// At most a billion seconds from now.
  @usableFromInline static func now(plus seconds: Double) -> timespec {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let nanoseconds = Int(max(0, min(seconds, 1e9)) * 1e9) + time.tv_nsec
    return timespec(tv_sec: time.tv_sec + nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
  }
}

import Glibc

/// A value behind a lock that may be held over input and output, and on which threads can wait for a change. Waiters sleep and do
/// not spin.
// Invariant: `state` is touched only between lock and unlock of `mutex`; both C objects stay at one address from init to deinit.
@safe final class Monitor<State>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state: State

  /// What somebody who looked at the state wants.
  enum Wish<Result> {
    case done(Result)
    /// To look again after a change, or after so many seconds.
    case wait(seconds: Double)
  }

  init(_ state: sending State) {
    self.state = state
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe changed.initialize(to: pthread_cond_t())
    let status = unsafe pthread_mutex_init(mutex, nil)
    precondition(status == 0, "pthread_mutex_init failed with \(status)")
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(changed, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  func withLock<Result, Failure>(_ body: (inout State) throws(Failure) -> Result) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// Asks `body` again after each `notify`, and when the time that it named is over, until it is done.
  func wait<Result>(_ body: (inout State) -> Wish<Result>) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      switch body(&state) {
      case .done(let result): return result
      case .wait(let seconds):
        var end = Self.now(plus: seconds)
        unsafe pthread_cond_timedwait(changed, mutex, &end)
      }
    }
  }

  func notifyAll() { unsafe pthread_cond_broadcast(changed) }

  private static func now(plus seconds: Double) -> timespec {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let nanoseconds = Int(max(0, min(seconds, 1e6)) * 1e9) + time.tv_nsec
    return timespec(tv_sec: time.tv_sec + nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
  }
}

import Glibc

/// A lock with a bell: who holds it may wait until something has changed.
// Invariant: `state` is touched only between lock and unlock of `mutex`; mutex and bell live at one address until deinit.
@safe final class Gathering<State>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let bell: UnsafeMutablePointer<pthread_cond_t>
  private var state: State

  init(_ state: sending State) {
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe bell = .allocate(capacity: 1)
    unsafe bell.initialize(to: pthread_cond_t())
    self.state = state
    let status = unsafe pthread_mutex_init(mutex, nil)
    precondition(status == 0, "pthread_mutex_init failed with \(status)")
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(bell, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(bell)
    unsafe bell.deallocate()
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  /// Changes the state and wakes those who wait.
  func change<Result>(_ body: (inout State) -> Result) -> Result {
    unsafe pthread_mutex_lock(mutex)
    let result = body(&state)
    unsafe pthread_cond_broadcast(bell)
    unsafe pthread_mutex_unlock(mutex)
    return result
  }

  /// Asks `body` again after each change, and at least every so many milliseconds, until it yields something.
  func wait<Result>(askingEvery milliseconds: Int, _ body: (inout State) -> Result?) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&state) { return result }
      var end = timespec()
      unsafe clock_gettime(CLOCK_MONOTONIC, &end)
      end.tv_nsec += milliseconds * 1_000_000
      end.tv_sec += end.tv_nsec / 1_000_000_000
      end.tv_nsec %= 1_000_000_000
      unsafe pthread_cond_timedwait(bell, mutex, &end)
    }
  }
}

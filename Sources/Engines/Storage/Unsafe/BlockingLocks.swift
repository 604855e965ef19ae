import Glibc

/// A lock for work longer than a few hundred nanoseconds: those who wait sleep and do not spin.
// Invariant: `state` is touched only between lock and unlock of `mutex`, which lives at one address until deinit.
@safe final class BlockingLock<State>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var state: State

  init(_ state: sending State) {
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    let status = unsafe pthread_mutex_init(mutex, nil)
    precondition(status == 0, "pthread_mutex_init failed with \(status)")
    self.state = state
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  func withLock<Result, Failure>(_ body: (inout State) throws(Failure) -> Result) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&state)
  }
}

/// Many readers or one writer.
// Invariant: `state` is read only under the read lock and written only under the write lock of `lock`, which lives at one address until deinit.
@safe final class SharedLock<State>: @unchecked Sendable {
  private let lock: UnsafeMutablePointer<pthread_rwlock_t>
  private var state: State

  init(_ state: sending State) {
    unsafe lock = .allocate(capacity: 1)
    unsafe lock.initialize(to: pthread_rwlock_t())
    let status = unsafe pthread_rwlock_init(lock, nil)
    precondition(status == 0, "pthread_rwlock_init failed with \(status)")
    self.state = state
  }

  deinit {
    unsafe pthread_rwlock_destroy(lock)
    unsafe lock.deallocate()
  }

  func read<Result, Failure>(_ body: (State) throws(Failure) -> Result) throws(Failure) -> Result {
    unsafe pthread_rwlock_rdlock(lock)
    defer { unsafe pthread_rwlock_unlock(lock) }
    return try body(state)
  }

  func write<Result, Failure>(_ body: (inout State) throws(Failure) -> Result) throws(Failure) -> Result {
    unsafe pthread_rwlock_wrlock(lock)
    defer { unsafe pthread_rwlock_unlock(lock) }
    return try body(&state)
  }
}

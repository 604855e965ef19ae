import Glibc

/// A value behind a lock for many readers or one writer.
// Invariant: `state` is read only under the read lock and written only under the write lock of `lock`, which lives at one address until deinit.
@safe public final class SharedLock<State>: @unchecked Sendable {
  @usableFromInline let lock: UnsafeMutablePointer<pthread_rwlock_t>
  @usableFromInline var state: State

  public init(_ state: sending State) {
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

  @inlinable
  public func read<Result, Failure>(_ body: (State) throws(Failure) -> Result) throws(Failure) -> Result {
    unsafe pthread_rwlock_rdlock(lock)
    defer { unsafe pthread_rwlock_unlock(lock) }
    return try body(state)
  }

  @inlinable
  public func write<Result, Failure>(_ body: (inout State) throws(Failure) -> Result) throws(Failure) -> Result {
    unsafe pthread_rwlock_wrlock(lock)
    defer { unsafe pthread_rwlock_unlock(lock) }
    return try body(&state)
  }
}

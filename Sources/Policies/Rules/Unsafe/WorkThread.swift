import Glibc

/// A thread that runs one closure.
// Invariant: `handle` is written once, before `init` returns, and joined at most once, by its owner.
@safe final class WorkThread: @unchecked Sendable {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private var handle = pthread_t()
  private var isJoined = false

  /// `nil` when the system has no more threads.
  init?(_ run: @escaping @Sendable () -> Void) {
    // Invariant: the retained body is released by the thread that takes it, or here when none was started.
    let body = unsafe Unmanaged.passRetained(Body(run))
    let status = unsafe pthread_create(
      &handle, nil,
      { raw in
        let body = unsafe Unmanaged<Body>.fromOpaque(raw!).takeRetainedValue()
        body.run()
        return nil
      }, body.toOpaque())
    guard status == 0 else {
      unsafe body.release()
      isJoined = true
      return nil
    }
  }

  deinit { if !isJoined { _ = pthread_detach(handle) } }

  /// Call it once at most.
  func join() {
    isJoined = true
    _ = pthread_join(handle, nil)
  }
}

import CMicrohttpd

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A thread with a name that debuggers and `ps -L` show (at most 15 bytes).
// Invariant: `handle` is written once, before `start` returns, and joined at most once, by its owner.
@safe final class NamedThread: @unchecked Sendable {
  private final class Body {
    let name: String
    let run: @Sendable () -> Void
    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  private var handle = pthread_t()
  private var isJoined = false

  /// `nil` when the system has no more threads.
  init?(_ name: String, run: @escaping @Sendable () -> Void) {
    // Invariant: the retained body is released by the thread that takes it, or here when none was started.
    let body = unsafe Unmanaged.passRetained(Body(name: name, run: run))
    let status = unsafe pthread_create(
      &handle, nil,
      { raw in
        let body = unsafe Unmanaged<Body>.fromOpaque(raw!).takeRetainedValue()
        unsafe name_this_thread(body.name)
        body.run()
        return nil
      }, body.toOpaque())
    guard status == 0 else {
      unsafe body.release()
      handle = 0
      return nil
    }
  }

  /// Nobody waits for it any more: its memory goes when it ends.
  deinit { if handle != 0, !isJoined { _ = pthread_detach(handle) } }

  /// Call it once at most.
  func join() {
    isJoined = true
    _ = pthread_join(handle, nil)
  }
}

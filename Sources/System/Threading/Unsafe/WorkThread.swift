import CThreads
import Glibc

/// A thread that runs one closure, with a name that debuggers and `ps -L` show (15 bytes of it).
///
/// Who lets go of it does not end it: its memory goes when the closure has returned.
// Invariant: `handle` is written once, before `init` returns, and joined at most once, by its owner.
@safe package final class WorkThread: @unchecked Sendable {
  private final class Body {
    let name: String
    let run: @Sendable () -> Void
    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  private var handle = pthread_t()
  private var isOver = false

  /// `nil` when the system has no more threads.
  package init?(_ name: String, _ run: @escaping @Sendable () -> Void) {
    // Invariant: the retained body is released by the thread that takes it, or here when none was started.
    let body = unsafe Unmanaged.passRetained(Body(name, run))
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
      isOver = true
      return nil
    }
  }

  deinit { if !isOver { _ = pthread_detach(handle) } }

  /// Returns when the closure has. Call it once at most, and not from the closure.
  package func join() {
    isOver = true
    _ = pthread_join(handle, nil)
  }
}

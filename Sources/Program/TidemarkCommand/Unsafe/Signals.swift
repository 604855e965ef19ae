import Glibc

/// The signals that the program answers, taken one by one on the main thread.
enum Signals {
  enum Received: Hashable { case terminate, hangUp }

  /// Keeps them for ``next()``. Call before any thread starts: threads inherit the mask.
  static func hold() {
    var set = held
    // Invariant: the set lives through the call.
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    // A receiver that went away is an error of that write, not the end of the program.
    signal(SIGPIPE, SIG_IGN)
  }

  /// Waits for one.
  static func next() -> Received {
    var set = held
    var number: Int32 = 0
    // Invariant: both variables live through the call.
    while unsafe sigwait(&set, &number) != 0 {}
    return number == SIGHUP ? .hangUp : .terminate
  }

  private static var held: sigset_t {
    var set = sigset_t()
    // Invariant: the set lives through the calls.
    unsafe sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, number) }
    return set
  }
}

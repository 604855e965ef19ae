import Glibc

/// What the tests ask of the system.
enum System {
  static func remove(folder path: String, names: [String]) {
    // Invariant: the texts live through the calls.
    for name in names where name != "." && name != ".." { unsafe unlink(path + "/" + name) }
    unsafe rmdir(path)
  }

  static func remove(file path: String) { unsafe unlink(path) }

  /// Writes beyond this many bytes of a file are cut short, as on a full disk; `nil` lifts the limit.
  static func limitFileSize(_ bytes: UInt?) {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: bytes.map { rlim_t($0) } ?? .max, rlim_max: .max)
    // Invariant: the pointer is used inside the call.
    precondition(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
  }

  /// Ends this process as `kill -9` does, a while later.
  static func killSelf(afterMicroseconds delay: Int) {
    signal(SIGALRM) { _ in kill(getpid(), SIGKILL) }
    var timer = itimerval(it_interval: timeval(), it_value: timeval(tv_sec: 0, tv_usec: delay))
    // Invariant: the pointer is used inside the call.
    precondition(unsafe setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil) == 0)
  }
}

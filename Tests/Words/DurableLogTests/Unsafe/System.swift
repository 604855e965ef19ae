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

  /// A duplicate of the descriptor with which this process has the file open.
  static func duplicateDescriptor(of path: String) -> Int32? {
    let open = (0..<1024 as Range<Int32>).first { descriptor in
      var name = [UInt8](repeating: 0, count: 4096)
      // Invariant: readlink writes at most the count it is told and says how many bytes these are.
      let length = unsafe name.withUnsafeMutableBytes { buffer in
        unsafe readlink("/proc/self/fd/\(descriptor)", buffer.baseAddress!.assumingMemoryBound(to: CChar.self), buffer.count)
      }
      return length > 0 && String(decoding: name.prefix(length), as: UTF8.self) == path
    }
    return open.map { dup($0) }
  }
}

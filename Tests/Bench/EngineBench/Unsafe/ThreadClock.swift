import Glibc

/// The processor time of this thread.
enum ThreadClock {
  static func nanoseconds() -> Double {
    var time = timespec()
    // Invariant: the kernel writes the one value that is lent for the call.
    let status = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    precondition(status == 0, "no processor time: \(errno)")
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }
}

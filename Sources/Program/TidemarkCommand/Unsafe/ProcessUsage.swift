import Glibc

/// What the kernel says this process uses.
enum ProcessUsage {
  /// User and system time of all threads.
  static var processorSeconds: Double {
    var t = timespec()
    // Invariant: the structure lives through the call.
    guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0 else { return 0 }
    return Double(t.tv_sec) + Double(t.tv_nsec) / 1e9
  }

  /// 0 when `/proc` cannot be read.
  static var residentBytes: Int {
    let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 128)
    // Invariant: the pointer is used only inside the closure that lends it, within the buffer's count.
    let n = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress!, $0.count) }
    guard n > 0 else { return 0 }
    // Sizes in pages: total, resident …
    let fields = buffer[..<n].split(separator: UInt8(ascii: " "))
    guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}

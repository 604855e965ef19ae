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
    // Sizes in pages: total, resident …
    let fields = text(of: "/proc/self/statm").split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// 0 when `/proc` cannot be read.
  static var threads: Int {
    // The name in parentheses may hold anything; behind it come the state and 16 numbers, then the threads.
    let fields = text(of: "/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
    return fields.count > 17 ? Int(fields[17]) ?? 0 : 0
  }

  static var workingFolder: String {
    // Invariant: with no buffer given the call makes one of its own, which is freed after the copy.
    guard let path = unsafe getcwd(nil, 0) else { return "" }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  /// The path of the running program; empty when `/proc` cannot be read.
  static var executable: String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    // Invariant: the pointer is used only inside the closure that lends it, within the buffer's count.
    let n = unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { unsafe readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
    }
    return n > 0 ? String(decoding: buffer[..<n], as: UTF8.self) : ""
  }

  static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    // Invariant: the last byte stays 0, because the call gets one byte less than there are.
    let result = unsafe buffer.withUnsafeMutableBufferPointer { unsafe gethostname($0.baseAddress!, $0.count - 1) }
    return result == 0 ? String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
  }

  /// The first kilobyte of a file of the kernel's; empty when it cannot be read.
  private static func text(of path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1024)
    // Invariant: the pointer is used only inside the closure that lends it, within the buffer's count.
    let n = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress!, $0.count) }
    return n > 0 ? String(decoding: buffer[..<n], as: UTF8.self) : ""
  }
}

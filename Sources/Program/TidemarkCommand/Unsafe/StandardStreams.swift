import Glibc

/// Writes to the standard streams' descriptors, whole.
enum StandardOutput {
  static func write(_ bytes: [UInt8]) { writeAll(bytes, to: STDOUT_FILENO) }
  static func line(_ text: String) { write(Array((text + "\n").utf8)) }
}

enum StandardError {
  static func text(_ text: String) { writeAll(Array(text.utf8), to: STDERR_FILENO) }
  static func line(_ text: String) { Self.text(text + "\n") }
}

/// Gives up when nobody reads any more.
private func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
  var sent = 0
  while sent < bytes.count {
    // Invariant: the pointer is used only inside the closure that lends it, within the buffer's count.
    let n = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress! + sent, $0.count - sent) }
    if n > 0 {
      sent += n
    } else if errno != EINTR {
      return
    }
  }
}

enum Environment {
  static func variable(_ name: String) -> String? {
    // Invariant: the text is copied before anything could change the environment; this program never does.
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  /// The names of all variables.
  static var names: [String] {
    var names: [String] = []
    // Invariant: the C library's list ends with a null pointer, and this program never changes it.
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      names.append(String(unsafe String(cString: text).prefix { $0 != "=" }))
      unsafe entry += 1
    }
    return names
  }
}

import Glibc

/// The folder of a log.
enum Folder {
  /// Makes the folder and those above it.
  static func create(_ path: String) throws(LogError) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
      guard unsafe mkdir(made, 0o750) == 0 || errno == EEXIST else { throw .system(call: "mkdir", file: made, errno: errno) }
    }
  }

  static func names(in path: String) throws(LogError) -> [String] {
    guard let stream = unsafe opendir(path) else { throw .system(call: "opendir", file: path, errno: errno) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    // Invariant: an entry is valid until the next readdir of this stream, and d_name ends with a zero byte.
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      names.append(name)
    }
    return names
  }

  static func remove(file path: String) throws(LogError) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .system(call: "unlink", file: path, errno: errno) }
  }

  /// Makes created and removed names durable.
  static func sync(_ path: String) throws(LogError) { try LogFile(path, .reading).sync() }
}

enum SystemText {
  static func of(_ errno: Int32) -> String {
    // Invariant: glibc's strerror gives a text that is constant, or its thread's own until the next call; it is copied at once.
    unsafe String(cString: strerror(errno))
  }

  static var processNumber: String { String(getpid()) }
}

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Reads whole files with the system's calls.
enum FileBytes {
  static func read(_ path: String, limit: Int) throws(RuleFileError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while true {
      let start = bytes.count
      let chunk = 64 << 10
      bytes.append(contentsOf: repeatElement(0, count: chunk))
      // Invariant: read(2) writes at most `chunk` bytes behind `start`, which the line above made room for.
      let count = unsafe bytes.withUnsafeMutableBytes { unsafe readBytes(descriptor, $0.baseAddress! + start, chunk) }
      guard count >= 0 else { throw failure(path) }
      bytes.removeLast(chunk - count)
      if count == 0 { return bytes }
      guard bytes.count <= limit else { throw RuleFileError(path: path, reason: "larger than the limit file bytes = \(limit)") }
    }
  }

  private static func failure(_ path: String) -> RuleFileError {
    RuleFileError(path: path, reason: unsafe String(cString: strerror(errno)))
  }
}

/// Expands patterns with `*`, `?` and `[…]`.
enum Glob {
  static func paths(_ pattern: String) -> [String] {
    var found = unsafe glob_t()
    // Invariant: glob(3) fills `found`, which globfree releases on every way out.
    defer { unsafe globfree(&found) }
    guard unsafe glob(pattern, 0, nil, &found) == 0 else { return [] }
    return unsafe (0..<Int(found.gl_pathc)).compactMap { i in unsafe found.gl_pathv[i].map { unsafe String(cString: $0) } }
  }
}

/// read(2); the name is free inside ``FileBytes``, whose own method is called so.
private func readBytes(_ descriptor: Int32, _ target: UnsafeMutableRawPointer, _ count: Int) -> Int {
  unsafe read(descriptor, target, count)
}

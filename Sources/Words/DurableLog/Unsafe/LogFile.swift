import Glibc

/// One open file. Each call that fails names itself and the file.
final class LogFile: Sendable {
  let path: String
  private let descriptor: Int32

  enum Access {
    case reading
    case readingAndWriting
    case creating
  }

  init(_ path: String, _ access: Access) throws(LogError) {
    self.path = path
    let flags =
      switch access {
      case .reading: O_RDONLY
      case .readingAndWriting: O_RDWR
      case .creating: O_RDWR | O_CREAT
      }
    unsafe descriptor = open(path, flags | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw .system(call: "open", file: path, errno: errno) }
  }

  deinit { close(descriptor) }

  func size() throws(LogError) -> UInt64 {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .system(call: "fstat", file: path, errno: errno) }
    return UInt64(status.st_size)
  }

  /// Reads up to `count` bytes at `offset`; fewer only at the end of the file.
  func read(at offset: UInt64, count: Int) throws(LogError) -> [UInt8] {
    var failure: Int32 = 0
    // Invariant: pread writes at most what lies between `done` and `count`, and `initialized` is what it reported.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      var done = 0
      while done < count {
        let got = unsafe pread(descriptor, buffer.baseAddress! + done, count - done, off_t(offset) + off_t(done))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        done += got
      }
      initialized = done
    }
    if failure != 0 { throw .system(call: "pread", file: path, errno: failure) }
    return bytes
  }

  /// Writes all of `bytes` at `offset`, or throws with an unknown number of them written.
  func write(_ bytes: [UInt8], at offset: UInt64) throws(LogError) {
    // Invariant: pwrite reads between `done` and `count` of a buffer that is alive inside the closure.
    let failure: Int32 = unsafe bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let put = unsafe pwrite(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset) + off_t(done))
        if put < 0 && errno == EINTR { continue }
        if put < 0 { return errno }
        if put == 0 { return ENOSPC }
        done += put
      }
      return 0
    }
    switch failure {
    case 0: return
    case ENOSPC, EDQUOT, EFBIG: throw .noSpace(file: path, bytesWanted: bytes.count)
    default: throw .system(call: "pwrite", file: path, errno: failure)
    }
  }

  func truncate(to size: UInt64) throws(LogError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw .system(call: "ftruncate", file: path, errno: errno) }
  }

  func sync() throws(LogError) {
    guard fdatasync(descriptor) == 0 else { throw .system(call: "fdatasync", file: path, errno: errno) }
  }

  /// Whether this open file could be locked against every other.
  func lock() throws(LogError) -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
    guard errno == EWOULDBLOCK else { throw .system(call: "flock", file: path, errno: errno) }
    return false
  }
}

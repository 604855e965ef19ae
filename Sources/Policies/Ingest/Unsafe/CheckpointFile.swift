import CXXHash
import Glibc

/// A file that is replaced as a whole: whoever opens it finds the old or the new contents, also after a loss of power.
///
/// - Shape: `TIDEMARK-CHECKPOINT` and a line feed, the contents, XXH3-64 of the contents in 8 bytes, little-endian.
struct CheckpointFile {
  let path: String

  private static let magic = Array("TIDEMARK-CHECKPOINT\n".utf8)

  /// The contents, or `nil` when there is no such file.
  func read() throws(IngestError) -> [UInt8]? {
    guard let bytes = try readAll() else { return nil }
    guard bytes.starts(with: Self.magic), bytes.count >= Self.magic.count + 8 else {
      throw .checkpointDamaged(
        path: path, problem: "expected \(Self.magic.count + 8) bytes or more that begin as a checkpoint does, found \(bytes.count)")
    }
    let contents = Array(bytes[Self.magic.count..<bytes.count - 8])
    guard Array(bytes.suffix(8)) == Self.checksum(contents) else {
      throw .checkpointDamaged(path: path, problem: "the checksum does not fit the contents")
    }
    return contents
  }

  /// Writes beside the file, syncs, renames over it, and syncs the folder.
  func write(_ contents: [UInt8]) throws(IngestError) {
    let beside = path + ".new"
    let file = unsafe open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
    guard file >= 0 else { throw problem("open", beside) }
    do throws(IngestError) {
      for part in [Self.magic, contents, Self.checksum(contents)] { try write(part, to: file, beside) }
      guard fsync(file) == 0 else { throw problem("fsync", beside) }
    } catch {
      close(file)
      throw error
    }
    close(file)
    guard unsafe rename(beside, path) == 0 else { throw problem("rename", beside) }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let directory = unsafe open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw problem("open", folder) }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw problem("fsync", folder) }
  }
}

private extension CheckpointFile {
  static func checksum(_ contents: [UInt8]) -> [UInt8] {
    // Invariant: the pointer is used only inside the closure that lends it.
    let hash = unsafe contents.withUnsafeBytes { unsafe XXH3_64bits($0.baseAddress, $0.count) }
    return (0..<8).map { UInt8(truncatingIfNeeded: hash >> UInt64(8 * $0)) }
  }

  func readAll() throws(IngestError) -> [UInt8]? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw problem("open", path)
    }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw problem("fstat", path) }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var done = 0
    while done < bytes.count {
      // Invariant: the range lies within the array, which outlives the call.
      let n = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress! + done, $0.count - done) }
      if n < 0, errno == EINTR { continue }
      guard n >= 0 else { throw problem("read", path) }
      if n == 0 { break }
      done += n
    }
    bytes.removeLast(bytes.count - done)
    return bytes
  }

  func write(_ bytes: [UInt8], to file: Int32, _ name: String) throws(IngestError) {
    var done = 0
    while done < bytes.count {
      // Invariant: the range lies within the array, which outlives the call.
      let n = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress! + done, $0.count - done) }
      if n < 0, errno == EINTR { continue }
      guard n >= 0 else { throw problem("write", name) }
      done += n
    }
  }

  func problem(_ call: String, _ name: String) -> IngestError {
    .file(path: name, problem: "\(call) failed: \(unsafe String(cString: strerror(errno)))")
  }
}

import Glibc
import Testing

@testable import DurableLog

/// A folder of its own that goes away with it.
final class LogFolder: Sendable {
  let path: String

  init() {
    path = "/tmp/tidemark-log-\(getpid())-\(UInt64.random(in: 0 ... .max))"
  }

  deinit {
    System.remove(folder: path, names: (try? Folder.names(in: path)) ?? [])
  }

  func open(_ options: DurableLog.Options = .init()) throws(LogError) -> DurableLog {
    try DurableLog(directory: path, options: options)
  }

  func segment(_ number: UInt64) -> String { path + "/" + SegmentName.text(number) }

  func bytes(ofSegment number: UInt64 = 0) throws(LogError) -> [UInt8] {
    let file = try LogFile(segment(number), .reading)
    return try file.read(at: 0, count: Int(try file.size()))
  }

  func replaceSegment(_ number: UInt64 = 0, with bytes: [UInt8]) throws(LogError) {
    try Folder.create(path)
    let file = try LogFile(segment(number), .creating)
    try file.truncate(to: 0)
    try file.write(bytes, at: 0)
  }
}

extension DurableLog {
  func records(from position: LogPosition = .start) throws(LogError) -> [[UInt8]] {
    var all: [[UInt8]] = []
    try replay(from: position) { (_, data) throws(LogError) in all.append(data.indices.map { data[$0] }) }
    return all
  }

  @discardableResult func append(_ record: [UInt8]) throws(LogError) -> LogPosition { try append(record.span) }
}

import Glibc
import Synchronization
import Testing

@testable import DurableLog

/// What the outside world does to a log: full disks, killed processes, many threads.
@Suite struct SurvivalTests {
  @Test func `a write without space is cut back, and a later one works`() async {
    await #expect(processExitsWith: .success) {
      let folder = LogFolder()
      let log = try folder.open()
      let before = try log.append(Array(repeating: 1, count: 1000))
      System.limitFileSize(3000)
      for _ in 0..<2 {
        let failure = Self.failure { () throws(LogError) in try log.append(Array(repeating: 2, count: 5000)) }
        precondition(failure == LogError.noSpace(file: folder.segment(0), bytesWanted: 5012), "\(String(describing: failure))")
        precondition(log.end == before)
        let size = try folder.bytes().count
        precondition(size == Int(before.offset))
      }
      try log.append(Array(repeating: 3, count: 500))
      System.limitFileSize(nil)
      try log.append(Array(repeating: 4, count: 5000))
      let records = try log.records()
      precondition(records.map { $0[0] } == [1, 3, 4])
    }
  }

  @Test func `without space for a new segment the old one stays the newest`() async {
    await #expect(processExitsWith: .success) {
      let folder = LogFolder()
      let log = try folder.open(.init(segmentBytes: 100))
      try log.append(Array(repeating: 1, count: 50))
      System.limitFileSize(8)
      let failure = Self.failure { () throws(LogError) in try log.append(Array(repeating: 2, count: 50)) }
      precondition(failure == LogError.noSpace(file: folder.segment(1), bytesWanted: 16), "\(String(describing: failure))")
      System.limitFileSize(nil)
      let position = try log.append(Array(repeating: 3, count: 50))
      precondition(position.segment == 1)
      let records = try log.records()
      precondition(records.map { $0[0] } == [1, 3])
    }
  }

  private static func failure(_ body: () throws(LogError) -> some Any) -> LogError? {
    do {
      _ = try body()
      return nil
    } catch {
      return error
    }
  }

  @Test func `what was acknowledged is there after kill -9`() async throws {
    // The child tells in a file of eight bytes what it has been promised.
    await #expect(processExitsWith: .signal(SIGKILL)) {
      let folder = "/tmp/tidemark-log-kill-\(getppid())"
      let log = try DurableLog(directory: folder, options: .init(segmentBytes: 20_000))
      let acknowledged = try LogFile(folder + "-acknowledged", .creating)
      System.killSelf(afterMicroseconds: 150_000)
      var n: UInt64 = 0
      while true {
        try log.append((0..<8).map { UInt8(truncatingIfNeeded: n >> (8 * UInt64($0))) } + Array(repeating: 5, count: Int(n % 90)))
        n += 1
        try acknowledged.write((0..<8).map { UInt8(truncatingIfNeeded: n >> (8 * UInt64($0))) }, at: 0)
      }
    }
    let path = "/tmp/tidemark-log-kill-\(getpid())"
    defer {
      System.remove(folder: path, names: (try? Folder.names(in: path)) ?? [])
      System.remove(file: path + "-acknowledged")
    }
    let promised = try LogFile(path + "-acknowledged", .reading).read(at: 0, count: 8)
    let count = promised.enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
    #expect(count > 10)
    let records = try DurableLog(directory: path).records()
    #expect(UInt64(records.count) >= count)
    for (n, record) in records.enumerated() where record.count != 8 + n % 90 || record[0] != UInt8(truncatingIfNeeded: n) {
      Issue.record("record \(n) is \(record)")
    }
  }

  @Test func `a second opening is refused with the owner's process number, and a failed one leaves the first alone`() throws {
    let folder = LogFolder()
    let log = try folder.open()
    #expect(throws: LogError.inUse(directory: folder.path, process: String(getpid()))) { try folder.open() }
    try log.append([1])
    #expect(try log.records() == [[1]])
  }

  @Test(arguments: DurableLog.Sync.allCases) func `many threads append at once and every record is at the position it was told`(
    sync: DurableLog.Sync
  )
    async throws
  {
    let folder = LogFolder()
    let log = try folder.open(.init(segmentBytes: 2000, sync: sync))
    let told = Told()
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for i in 0..<40 {
            let record = [UInt8(writer), UInt8(i)] + Array(repeating: 0, count: i)
            guard let position = try? log.append(record) else { return }
            told.byPosition.withLock { $0[position] = record }
          }
        }
      }
    }
    var replayed: [LogPosition: [UInt8]] = [:]
    var order: [UInt8: [UInt8]] = [:]
    try log.replay(from: .start) { (position, data) throws(LogError) in
      replayed[position] = data.indices.map { data[$0] }
      order[data[0], default: []].append(data[1])
    }
    #expect(replayed.count == 320)
    #expect(replayed == told.byPosition.withLock { $0 })
    // One thread's records keep their order.
    #expect(order.values.allSatisfy { $0 == Array(0..<40) })
  }

  @Test func `a replay beside appends sees whole records up to where it began`() async throws {
    let folder = LogFolder()
    let log = try folder.open(.init(segmentBytes: 500))
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for i in 0..<300 { _ = try? log.append(Array(repeating: UInt8(i % 251), count: i % 17)) } }
      group.addTask {
        for _ in 0..<50 {
          let end = log.end
          let records = try? log.records()
          #expect(records != nil)
          for (i, record) in (records ?? []).enumerated() where record != Array(repeating: UInt8(i % 251), count: i % 17) {
            Issue.record("record \(i) before \(end)")
          }
        }
      }
    }
    #expect(try log.records().count == 300)
  }
}

/// What the appenders were told, by position.
private final class Told: Sendable {
  let byPosition = Mutex<[LogPosition: [UInt8]]>([:])
}

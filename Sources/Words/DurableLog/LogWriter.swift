/// The newest segment and what is known of the older ones. Used by one thread at a time.
struct LogWriter {
  enum Life {
    case open
    case closed
    /// A sync failed.
    case unusable
  }

  let directory: String
  let options: DurableLog.Options
  private(set) var oldest: UInt64
  private(set) var segment: UInt64
  private(set) var file: LogFile
  /// Behind the last whole record.
  private(set) var offset: UInt64
  private(set) var life = Life.open
  /// Bytes of a failed write may stand behind ``offset``.
  private var needsCut = false

  var end: LogPosition { LogPosition(segment: segment, offset: offset) }
  var beginning: LogPosition { LogPosition(segment: oldest, offset: UInt64(SegmentFormat.headerBytes)) }

  func path(_ number: UInt64) -> String { directory + "/" + SegmentName.text(number) }

  /// Opens the newest segment, or makes the first one, and cuts a torn tail.
  static func open(_ directory: String, _ options: DurableLog.Options) throws(LogError) -> (LogWriter, DurableLog.Recovery) {
    let numbers = try Folder.names(in: directory).compactMap(SegmentName.number).sorted()
    for (older, newer) in zip(numbers, numbers.dropFirst()) where newer != older + 1 {
      throw .missingSegment(directory: directory, number: older + 1)
    }
    let newest = numbers.last ?? 0
    let path = directory + "/" + SegmentName.text(newest)
    let file = try LogFile(path, .creating)
    var writer = LogWriter(
      directory: directory, options: options, oldest: numbers.first ?? 0, segment: newest, file: file,
      offset: UInt64(SegmentFormat.headerBytes))
    let recovery = try writer.recover()
    return (writer, recovery)
  }

  private init(directory: String, options: DurableLog.Options, oldest: UInt64, segment: UInt64, file: LogFile, offset: UInt64) {
    self.directory = directory
    self.options = options
    self.oldest = oldest
    self.segment = segment
    self.file = file
    self.offset = offset
  }

  private mutating func recover() throws(LogError) -> DurableLog.Recovery {
    let size = try file.size()
    let header = SegmentFormat.header(segment: segment)
    if size < UInt64(header.count) {
      guard header.starts(with: try file.read(at: 0, count: Int(size))) else {
        throw .corrupt(file: file.path, offset: 0, damage: .segmentHeader, goodAgainAt: nil)
      }
      try file.write(header, at: 0)
      try Folder.sync(directory)
      return DurableLog.Recovery(bytesCut: 0, at: end)
    }
    guard var reader = try SegmentReader(file, segment: segment, from: 0, end: size) else {
      throw .corrupt(file: file.path, offset: 0, damage: .segmentHeader, goodAgainAt: nil)
    }
    while true {
      switch try reader.next() {
      case .record: continue
      case .end:
        offset = reader.offset
        return DurableLog.Recovery(bytesCut: 0, at: end)
      case .damaged(let damage):
        if let next = try reader.wholeRecordBehind() {
          throw .corrupt(file: file.path, offset: reader.offset, damage: damage, goodAgainAt: next)
        }
        offset = reader.offset
        try file.truncate(to: offset)
        try file.sync()
        return DurableLog.Recovery(bytesCut: size - offset, at: end)
      }
    }
  }

  /// Writes all records of a batch in one go. Returns where the first begins.
  mutating func write(_ batch: inout PendingRecords) throws(LogError) -> LogPosition {
    try checkLife()
    try cutIfNeeded()
    if offset > UInt64(SegmentFormat.headerBytes), offset + UInt64(batch.bytes.count) > UInt64(options.segmentBytes) {
      try beginSegment()
    }
    batch.place(segment: segment, offset: offset)
    do {
      try file.write(batch.bytes, at: offset)
    } catch {
      needsCut = true
      // A cut that fails here is tried again before the next write.
      try? cutIfNeeded()
      throw error
    }
    if options.sync == .always { try sync() }
    let begin = end
    offset += UInt64(batch.bytes.count)
    return begin
  }

  mutating func close() {
    guard case .open = life else { return }
    try? cutIfNeeded()
    try? file.sync()
    life = .closed
  }

  mutating func remove(before position: LogPosition) throws(LogError) {
    try checkLife()
    while oldest < min(position.segment, segment) {
      try Folder.remove(file: path(oldest))
      oldest += 1
    }
  }

  private func checkLife() throws(LogError) {
    switch life {
    case .open: return
    case .closed: throw .closed(directory: directory)
    case .unusable: throw .unusable(file: file.path)
    }
  }

  private mutating func cutIfNeeded() throws(LogError) {
    guard needsCut else { return }
    try file.truncate(to: offset)
    needsCut = false
  }

  private mutating func sync() throws(LogError) {
    do {
      try file.sync()
    } catch {
      life = .unusable
      // What the caller is told has failed must not be there after a restart, if that can still be arranged.
      try? file.truncate(to: offset)
      throw error
    }
  }

  private mutating func beginSegment() throws(LogError) {
    try sync()
    let next = path(segment + 1)
    do {
      let fresh = try LogFile(next, .creating)
      try fresh.truncate(to: 0)
      try fresh.write(SegmentFormat.header(segment: segment + 1), at: 0)
      try Folder.sync(directory)
      file = fresh
    } catch {
      try? Folder.remove(file: next)
      throw error
    }
    segment += 1
    offset = UInt64(SegmentFormat.headerBytes)
  }
}

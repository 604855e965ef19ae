import SeriesModel

/// Takes some labels out of label sets, byte for byte: what is left is a label set again, and the key that groups and matches by.
struct LabelProjection: Sendable {
  /// UTF-8 of the names.
  private let names: [[UInt8]]
  private let keeps: Bool

  static func keeping(_ names: some Sequence<String>) -> LabelProjection { LabelProjection(names: names, keeps: true) }
  static func removing(_ names: some Sequence<String>) -> LabelProjection { LabelProjection(names: names, keeps: false) }

  /// What goes when a value no longer is the metric's: its name, and type and unit where they are labels.
  static let droppingMetadata = removing(["__name__", "__type__", "__unit__"])

  private init(names: some Sequence<String>, keeps: Bool) {
    self.names = names.map { Array($0.utf8) }
    self.keeps = keeps
  }

  func apply(_ labels: LabelSet) -> LabelSet {
    var key: [UInt8] = []
    key.reserveCapacity(labels.bytes.count)
    project(labels, into: &key)
    return key.count == labels.bytes.count ? labels : LabelSet(uncheckedBytes: key)
  }

  /// Replaces `key` by the projection's bytes; its memory is kept.
  func project(_ labels: LabelSet, into key: inout [UInt8]) {
    key.removeAll(keepingCapacity: true)
    let array = labels.bytes
    let bytes = array.span
    var offset = 0
    while offset < bytes.count {
      let start = offset
      let nameLength = Self.length(bytes, &offset)
      let isNamed = names.contains { Self.equal($0, bytes, offset, nameLength) }
      offset += nameLength
      let valueLength = Self.length(bytes, &offset)
      offset += valueLength
      if isNamed == keeps { key.append(contentsOf: array[start..<offset]) }
    }
  }

  @inline(__always)
  private static func length(_ bytes: Span<UInt8>, _ offset: inout Int) -> Int {
    var length = 0
    var shift = 0
    while true {
      let byte = bytes[offset]
      offset += 1
      length |= Int(byte & 0x7f) << shift
      if byte < 0x80 { return length }
      shift += 7
    }
  }

  @inline(__always)
  private static func equal(_ name: [UInt8], _ bytes: Span<UInt8>, _ offset: Int, _ count: Int) -> Bool {
    guard name.count == count else { return false }
    for i in 0..<count where name[i] != bytes[offset + i] { return false }
    return true
  }
}

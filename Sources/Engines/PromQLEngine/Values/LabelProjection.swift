import SeriesModel

/// Takes some labels out of label sets, byte for byte: what is left is a label set again, and the key that groups and matches by.
struct LabelProjection: Sendable {
  /// UTF-8 of the names, one behind the other, and where each begins; one more beginning than there are names.
  private let names: [UInt8]
  private let starts: [Int]
  private let keeps: Bool

  static func keeping(_ names: some Sequence<String>) -> LabelProjection { LabelProjection(names: names, keeps: true) }
  static func removing(_ names: some Sequence<String>) -> LabelProjection { LabelProjection(names: names, keeps: false) }

  /// What goes when a value no longer is the metric's: its name, and type and unit where they are labels.
  static let droppingMetadata = removing(["__name__", "__type__", "__unit__"])

  private init(names: some Sequence<String>, keeps: Bool) {
    var (bytes, starts): ([UInt8], [Int]) = ([], [0])
    for name in names {
      bytes.append(contentsOf: name.utf8)
      starts.append(bytes.count)
    }
    self.names = bytes
    self.starts = starts
    self.keeps = keeps
  }

  func apply(_ labels: LabelSet) -> LabelSet {
    var key: [UInt8] = []
    if let range = place(in: labels.bytes, copyingInto: &key) {
      return range.count == labels.bytes.count ? labels : LabelSet(uncheckedBytes: Array(labels.bytes[range]))
    }
    return LabelSet(uncheckedBytes: key)
  }

  /// The number in `table` of what is left of a label set.
  ///
  /// - Parameter key: scratch; its memory is kept.
  func number(of labels: LabelSet, in table: inout LabelSetTable, _ key: inout [UInt8]) -> Int {
    let bytes = labels.bytes
    // Fast path: what is left stands together, and is looked up where it stands.
    if let range = place(in: bytes, copyingInto: &key) { return table.number(of: bytes.span.extracting(range)) }
    return table.number(of: key.span)
  }

  /// Where what is left stands, if it stands together; `nil`: it does not, and has been copied into `key`.
  private func place(in bytes: [UInt8], copyingInto key: inout [UInt8]) -> Range<Int>? {
    let span = bytes.span
    var found = 0..<0
    var isCopied = false
    var offset = 0
    while offset < span.count {
      let start = offset
      let nameLength = Self.length(span, &offset)
      let isNamed = isNamed(span, offset, nameLength)
      offset += nameLength
      let valueLength = Self.length(span, &offset)
      offset += valueLength
      if isNamed != keeps { continue }
      if isCopied {
        key.append(contentsOf: bytes[start..<offset])
      } else if found.isEmpty {
        found = start..<offset
      } else if found.upperBound == start {
        found = found.lowerBound..<offset
      } else {
        key.removeAll(keepingCapacity: true)
        key.append(contentsOf: bytes[found])
        key.append(contentsOf: bytes[start..<offset])
        isCopied = true
      }
    }
    return isCopied ? nil : found
  }

  @inline(__always)
  private func isNamed(_ bytes: Span<UInt8>, _ offset: Int, _ count: Int) -> Bool {
    let (all, starts) = (names.span, starts.span)
    for i in 0..<starts.count - 1 where starts[i + 1] - starts[i] == count {
      var k = 0
      while k < count, all[starts[i] + k] == bytes[offset + k] { k += 1 }
      if k == count { return true }
    }
    return false
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
}

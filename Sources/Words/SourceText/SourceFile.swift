/// A text with a name, and where its lines begin.
public struct SourceFile: Sendable {
  public let name: String
  public let utf8: [UInt8]
  private let lineStarts: [Int]

  public init(name: String, utf8: [UInt8]) {
    self.name = name
    self.utf8 = utf8
    lineStarts = [0] + utf8.indices.filter { utf8[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
  }

  public init(name: String, text: String) { self.init(name: name, utf8: Array(text.utf8)) }

  public var lineCount: Int { lineStarts.count }

  public func location(of offset: Int) -> SourceLocation {
    let offset = min(max(0, offset), utf8.count)
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    // Continuation bytes do not start a column.
    let scalars = utf8[lineStarts[low]..<offset].count { $0 & 0xc0 != 0x80 }
    return SourceLocation(line: low + 1, column: scalars + 1)
  }

  /// The offset where a line starts; lines count from 1.
  public func start(ofLine line: Int) -> Int { lineStarts[min(max(1, line), lineStarts.count) - 1] }

  /// A line without its end, as text; broken UTF-8 is repaired.
  public func line(_ line: Int) -> String {
    let start = start(ofLine: line)
    let end = utf8[start...].firstIndex(of: UInt8(ascii: "\n")) ?? utf8.count
    return String(decoding: utf8[start..<end], as: UTF8.self)
  }
}

/// A place in a log: the segment's number and the byte offset of a record in it.
@frozen
public struct LogPosition: Hashable, Comparable, Sendable {
  public var segment: UInt64
  public var offset: UInt64

  public init(segment: UInt64, offset: UInt64) {
    self.segment = segment
    self.offset = offset
  }

  public static let start = LogPosition(segment: 0, offset: 0)

  public static func < (a: LogPosition, b: LogPosition) -> Bool { (a.segment, a.offset) < (b.segment, b.offset) }
}

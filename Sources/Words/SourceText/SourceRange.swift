/// A half-open range of UTF-8 offsets in one text.
@frozen
public struct SourceRange: Hashable, Sendable {
  public var lower: Int
  public var upper: Int

  @inlinable public init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = upper
  }

  public static let unknown = SourceRange(-1, -1)
  public var isUnknown: Bool { lower < 0 }
  public func union(_ other: SourceRange) -> SourceRange { SourceRange(min(lower, other.lower), max(upper, other.upper)) }
}

/// A place as people count: lines and columns from 1; a column counts Unicode scalars.
public struct SourceLocation: Hashable, Sendable {
  public var line: Int
  public var column: Int
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

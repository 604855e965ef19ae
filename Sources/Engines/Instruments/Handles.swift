/// A family's number in its registry.
@frozen
public struct FamilyHandle: Hashable, Sendable {
  public var index: Int32
  public init(index: Int32) { self.index = index }
}

/// A series' (for a histogram: a label set's) number in its registry. Resolve once, keep; a removed series' handle is never reused while the process lives.
@frozen
public struct SeriesHandle: Hashable, Sendable {
  public var index: Int32
  public init(index: Int32) { self.index = index }
}

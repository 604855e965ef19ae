/// One value of a series at a time.
@frozen
public struct Sample: Hashable, Sendable {
  public var timestamp: Timestamp
  public var value: Double

  @inlinable public init(_ timestamp: Timestamp, _ value: Double) {
    self.timestamp = timestamp
    self.value = value
  }
}

/// The marker that ends a series: a NaN with a bit pattern of its own, as Prometheus stores it.
public enum Staleness {
  public static let bits: UInt64 = 0x7ff0_0000_0000_0002
  /// The NaN that arithmetic and the parsers produce.
  public static let ordinaryNaN: UInt64 = 0x7ff8_0000_0000_0001
  @inlinable public static var marker: Double { Double(bitPattern: 0x7ff0_0000_0000_0002) }
  @inlinable public static func isMarker(_ value: Double) -> Bool { value.bitPattern == 0x7ff0_0000_0000_0002 }
}

/// What a family is, as the exposition formats name it.
public enum MetricType: String, Hashable, Sendable, CaseIterable {
  case counter, gauge, histogram, gaugehistogram, summary, info, stateset, unknown
}

/// What `/api/v1/metadata` tells of a family.
public struct MetricMetadata: Hashable, Sendable {
  public var type: MetricType
  public var help: String
  public var unit: String
  public init(type: MetricType, help: String, unit: String) {
    self.type = type
    self.help = help
    self.unit = unit
  }
}

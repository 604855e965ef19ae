import SeriesModel

extension RemoteWriteRequest {
  /// The body of a remote write 1.0 request.
  package var snappy: [UInt8] { Snappy.compress(protobuf.span) }

  package var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    for series in series {
      writer.message(1) { writer in
        for label in series.labels.labels {
          writer.message(1) { writer in
            writer.text(1, label.name)
            writer.text(2, label.value)
          }
        }
        for i in series.samples {
          writer.message(2) { writer in
            writer.fixed64(1, values[i].bitPattern)
            writer.varint(2, UInt64(bitPattern: timestamps[i]))
          }
        }
      }
    }
    for family in families {
      writer.message(3) { writer in
        writer.varint(1, UInt64(Self.typeNumber(family.metadata.type)))
        writer.text(2, family.name)
        writer.text(4, family.metadata.help)
        writer.text(5, family.metadata.unit)
      }
    }
    return writer.bytes
  }

  private static func typeNumber(_ type: MetricType) -> Int {
    switch type {
    case .unknown: 0
    case .counter: 1
    case .gauge: 2
    case .histogram: 3
    case .gaugehistogram: 4
    case .summary: 5
    case .info: 6
    case .stateset: 7
    }
  }
}

/// Appends the fields of a protobuf message.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  mutating func varint(_ field: Int, _ value: UInt64) {
    append(UInt64(field << 3))
    append(value)
  }

  mutating func fixed64(_ field: Int, _ value: UInt64) {
    append(UInt64(field << 3 | 1))
    for shift in stride(from: 0, to: 64, by: 8) as StrideTo<UInt64> { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func text(_ field: Int, _ value: String) {
    append(UInt64(field << 3 | 2))
    append(UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    body(&inner)
    append(UInt64(field << 3 | 2))
    append(UInt64(inner.bytes.count))
    bytes.append(contentsOf: inner.bytes)
  }

  private mutating func append(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

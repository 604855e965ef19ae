import SeriesModel
import Testing

@testable import WireCoding

@Suite struct RemoteWriteTests {
  static var sample: RemoteWriteRequest {
    var request = RemoteWriteRequest()
    request.append(
      ["__name__": "up", "job": "a", "zone": "é"],
      [Sample(Timestamp(milliseconds: 1_700_000_000_000), 1), Sample(Timestamp(milliseconds: -5), Staleness.marker)])
    request.append(["__name__": "x", "long": String(repeating: "v", count: 300)], [])
    request.append(["a": "b"], [Sample(Timestamp(milliseconds: 0), -.infinity)])
    request.families = [
      .init(name: "up", metadata: MetricMetadata(type: .gauge, help: "Whether.", unit: "")),
      .init(name: "s", metadata: MetricMetadata(type: .stateset, help: "", unit: "seconds")),
    ]
    return request
  }

  private func expectEqual(_ a: RemoteWriteRequest, _ b: RemoteWriteRequest) {
    #expect(a.series == b.series && a.timestamps == b.timestamps && a.families == b.families && a.refused == b.refused)
    #expect(a.values.map(\.bitPattern) == b.values.map(\.bitPattern))
  }

  @Test func `what is encoded is decoded`() throws {
    expectEqual(try RemoteWriteRequest(snappy: Self.sample.snappy.span, limit: 10_000), Self.sample)
    expectEqual(try RemoteWriteRequest(snappy: RemoteWriteRequest().snappy.span, limit: 0), RemoteWriteRequest())
  }

  @Test func `the bytes are protobuf's`() {
    var request = RemoteWriteRequest()
    request.append(["a": "b"], [Sample(Timestamp(milliseconds: 300), 1)])
    #expect(
      request.protobuf == [
        0x0a, 0x16, 0x0a, 0x06, 0x0a, 0x01, 0x61, 0x12, 0x01, 0x62, 0x12, 0x0c, 0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x10, 0xac,
        0x02,
      ])
  }

  @Test func `the limit is for the bytes after decompression`() {
    let body = Snappy.compress(Array(repeating: 0 as UInt8, count: 100_000).span)
    #expect(body.count < 10_000)
    #expect(throws: WireError.tooLarge(bytes: 100_000, limit: 99_999)) { try RemoteWriteRequest(snappy: body.span, limit: 99_999) }
    // A length of almost 4 GiB that nothing follows.
    #expect(throws: WireError.tooLarge(bytes: 0xffff_ffff, limit: 1 << 20)) {
      try RemoteWriteRequest(snappy: ([0xff, 0xff, 0xff, 0xff, 0x0f, 0] as [UInt8]).span, limit: 1 << 20)
    }
    for body in [[], [0xff], [5, 0, 1], Array("not snappy".utf8)] as [[UInt8]] {
      #expect(throws: WireError.notSnappy(bytes: body.count)) { try RemoteWriteRequest(snappy: body.span, limit: 1 << 20) }
    }
  }

  @Test func `invalid series are refused by index, the others are kept`() throws {
    func series(_ labels: [(String, String)], bad: [UInt8]? = nil) -> [UInt8] {
      var writer = ProtobufWriter()
      writer.message(1) { writer in
        for (name, value) in labels {
          writer.message(1) { writer in
            writer.text(1, name)
            writer.text(2, value)
          }
        }
        writer.message(2) { $0.varint(2, 7) }
      }
      var bytes = writer.bytes
      if let bad, let i = bytes.firstIndex(of: UInt8(ascii: "?")) { bytes.replaceSubrange(i..<i + 1, with: bad) }
      return bytes
    }
    let request = try RemoteWriteRequest(
      protobuf: series([("b", "1"), ("a", "2")]) + series([]) + series([("a", "1"), ("a", "2")]) + series([("", "x")])
        + series([("a", "")])
        + series([("a", "?")], bad: [0xff]) + series([("c", "3"), ("d", "")]))
    #expect(request.series == [.init(labels: ["a": "2", "b": "1"], samples: 0..<1), .init(labels: ["c": "3"], samples: 1..<2)])
    #expect(
      request.refused == [
        .init(index: 1, reason: "a series needs at least one label"), .init(index: 2, reason: "the label a is there twice"),
        .init(index: 3, reason: "a label has no name"), .init(index: 4, reason: "a series needs at least one label"),
        .init(index: 5, reason: "the label a is not UTF-8"),
      ])
    #expect(request.timestamps == [7, 7])
  }

  @Test func `native histograms and exemplars are counted and named, unknown fields are passed over`() throws {
    var writer = ProtobufWriter()
    writer.message(1) { writer in
      writer.message(1) { writer in
        writer.text(1, "a")
        writer.text(2, "b")
        writer.varint(9, 1)
      }
      writer.message(3) { $0.fixed64(2, 1) }
      writer.message(4) { $0.varint(1, 1) }
      writer.message(4) { $0.varint(1, 1) }
      writer.fixed64(77, 1)
    }
    writer.text(2, "reserved")
    let request = try RemoteWriteRequest(protobuf: writer.bytes)
    #expect(request.nativeHistogramCount == 2 && request.exemplarCount == 1 && request.series.count == 1)
    #expect(request.unsupported == "2 native histograms and 1 exemplar not stored: not supported")
    #expect(Self.sample.unsupported == nil)
  }

  @Test func `a message cut anywhere is refused, or is a shorter one that ended between fields`() {
    let bytes = Self.sample.protobuf
    for length in 0..<bytes.count {
      do {
        let request = try RemoteWriteRequest(protobuf: Array(bytes.prefix(length)))
        #expect(request.series.count + request.families.count < 5)
      } catch {
        guard case .truncated(let offset) = error else {
          Issue.record("cut to \(length): \(error)")
          continue
        }
        #expect(offset < length)
      }
    }
  }

  @Test(
    arguments: [
      ([0x0b], "byte 0 of the message: wire type 3 is not one"), ([0x00], "byte 0 of the message: a field number of 0"),
      ([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], "byte 1 of the message: a number of more than 64 bits"),
      ([0x0a, 0x05, 0x0a], "the message ends in the middle of a field that begins at byte 0"),
      ([0x08, 0x05], "byte 2 of the message: field 1 of the request is not a message"),
    ] as [([UInt8], String)]) func `errors say where`(bytes: [UInt8], text: String)
  {
    let error = #expect(throws: WireError.self) { try RemoteWriteRequest(protobuf: bytes) }
    #expect(error.map(String.init(describing:)) == text)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func `random bytes never crash`(seed: UInt64) {
    var state = seed
    func random() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let good = Self.sample.protobuf
    let packed = Self.sample.snappy
    for _ in 0..<2000 {
      var bytes = random() % 2 == 0 ? good : (0..<random() % 60).map { _ in UInt8(truncatingIfNeeded: random()) }
      for _ in 0..<random() % 4 where !bytes.isEmpty { bytes[Int(random()) % bytes.count] = UInt8(truncatingIfNeeded: random()) }
      if let request = try? RemoteWriteRequest(protobuf: bytes) {
        #expect(request.timestamps.count == request.values.count)
        #expect(request.series.allSatisfy { $0.samples.upperBound <= request.values.count && !$0.labels.isEmpty })
        for series in request.series { #expect(LabelSet(series.labels.labels) == series.labels, "seed \(seed)") }
      }
      var body = packed
      body[Int(random()) % body.count] = UInt8(truncatingIfNeeded: random())
      _ = try? RemoteWriteRequest(snappy: body.span, limit: 100_000)
    }
  }
}

import SeriesModel
import Testing

@testable import Storage

@Suite struct ChunkTests {
  static func chunk(_ samples: [(Int64, Double)]) -> Chunk {
    var open = OpenChunk()
    for (time, value) in samples { open.append(time, value) }
    return Chunk(open)
  }

  /// Time and bits: NaNs are compared too.
  static func bits(_ chunk: Chunk) -> [[UInt64]] {
    chunk.samples.map { [UInt64(bitPattern: $0.timestamp.milliseconds), $0.value.bitPattern] }
  }
  static func bits(_ samples: [(Int64, Double)]) -> [[UInt64]] { samples.map { [UInt64(bitPattern: $0.0), $0.1.bitPattern] } }

  @Test func `the bytes are those that Prometheus writes`() throws {
    let nan = Double(bitPattern: Staleness.ordinaryNaN)
    let samples: [(Int64, Double)] = [
      (1_700_000_000_000, 1), (1_700_000_015_000, 1), (1_700_000_030_000, 2.5), (1_700_000_045_001, 2.5), (1_700_000_060_000, 3),
      (1_700_000_090_000, 100), (1_700_000_200_000, nan), (1_700_000_800_000, 0.1), (1_700_001_000_000, -7),
      (1_700_001_001_000, 1e300),
      (1_700_001_002_000, 1e300), (1_700_003_000_123, 5),
    ]
    // From a block that promtool 3.5 made of these samples.
    let reference: [UInt8] = [
      0x00, 0x0c, 0x80, 0xa0, 0xab, 0xfe, 0xf9, 0x62, 0x3f, 0xf0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x98, 0x75, 0x30, 0x9b, 0xff,
      0xd8, 0x00,
      0x15, 0xff, 0xf4, 0x00, 0x3c, 0x3a, 0x99, 0xd2, 0x3d, 0x1e, 0x13, 0x88, 0x0c, 0x5f, 0x7f, 0x42, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x03, 0xce,
      0xf4, 0x21, 0x87, 0xf8, 0x08, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x7d, 0x3c, 0xb0, 0x18, 0x3f, 0xff, 0xa5, 0x99, 0x99, 0x99,
      0x99, 0x99,
      0x9b, 0xd9, 0xed, 0x51, 0x5f, 0x15, 0xf2, 0x1e, 0x44, 0x00, 0x3a, 0xce, 0x3c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x79, 0xe5, 0x0e,
      0x3e, 0x23,
      0xe4, 0x3c, 0x88, 0x00, 0x75, 0x9c,
    ]
    let chunk = Self.chunk(samples)
    #expect(chunk.bytes == reference)
    #expect(Self.bits(chunk) == Self.bits(samples))
    #expect(Self.bits(try Chunk(bytes: reference)) == Self.bits(samples))
  }

  @Test(
    arguments: [
      8191, 8192, 8193, -8191, -8192, 65535, 65536, 65537, -65535, -65536, 524_287, 524_288, 524_289, -524_287, -524_288, 1 << 40,
    ] as [Int64])
  func `steps at the borders of their ranges come back`(step: Int64) {
    let base: Int64 = 10_000_000
    let samples: [(Int64, Double)] = [(0, 1), (base, 1), (base * 2 + step, 1), (base * 3 + step * 2, 1), (base * 4 + step * 2, 2)]
    #expect(Self.bits(Self.chunk(samples)) == Self.bits(samples))
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64]) func `what went in comes out, bit by bit`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<50 {
      var time = Int64.random(in: -1_000_000...2_000_000_000_000, using: &random)
      var value = 0.0
      let samples = (0..<Int.random(in: 1...120, using: &random)).map { _ -> (Int64, Double) in
        time +=
          Bool.random(using: &random) ? 15_000 : Int64.random(in: 1...1 << Int64.random(in: 0...40, using: &random), using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: value = Double(bitPattern: random.next())
        case 1: value += 1
        case 2: value = Staleness.marker
        case 3: value = [.infinity, -.infinity, -0.0, 0, Double.leastNonzeroMagnitude].randomElement(using: &random)!
        default: break
        }
        return (time, value)
      }
      let chunk = Self.chunk(samples)
      #expect(Self.bits(chunk) == Self.bits(samples), "seed \(seed)")
      let again = try Chunk(bytes: chunk.bytes)
      #expect(Self.bits(again) == Self.bits(samples), "seed \(seed)")
      #expect(again.firstTime == chunk.firstTime && again.lastTime == chunk.lastTime)
    }
  }

  @Test func `bytes cut anywhere are refused, or have no sample less`() throws {
    let chunk = Self.chunk((0..<40).map { (Int64($0) * 15_000, Double($0 * $0)) })
    let bytes = chunk.bytes
    for length in 0..<bytes.count {
      #expect(throws: ChunkError.self, "cut to \(length) of \(bytes.count)") { try Chunk(bytes: Array(bytes.prefix(length))) }
    }
  }

  @Test func `random bytes never crash`() {
    var random = SeededRandom(seed: 99)
    for _ in 0..<3000 {
      var bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      if bytes.count > 2 { bytes[0] = 0; bytes[1] = UInt8.random(in: 0...12, using: &random) }
      if let chunk = try? Chunk(bytes: bytes) { #expect(chunk.samples.count == chunk.count) }
    }
  }

  @Test func `usual series are small`() {
    let times = (0..<120).map { 1_700_000_000_000 + Int64($0) * 15_000 }
    let constant = Self.chunk(times.map { ($0, 1.0) })
    let counter = Self.chunk(times.enumerated().map { ($0.element, Double($0.offset * 7 + 100_000)) })
    #expect(Double(constant.bytes.count) / 120 < 0.45)
    #expect(Double(counter.bytes.count) / 120 < 2.6)
  }
}

import Foundation
import SeriesModel
import Testing

@testable import Ingest

/// Bytes that nobody meant.
struct HostileTests {
  @Test(arguments: 0..<30 as Range<UInt64>) func `every line of a damaged request is answered for`(seed: UInt64) throws {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    func random(_ n: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(n))
    }
    let bench = try EventBench()
    var body = Array(CrashTests.stream(seed, requests: 4).joined().joined(separator: "\n").utf8)
    for _ in 0..<random(30) {
      let i = random(body.count)
      switch random(4) {
      case 0: body[i] = UInt8(random(256))
      case 1: body.remove(at: i)
      case 2: body.insert(Array("\"{}[],:\\\0".utf8)[random(9)], at: i)
      default: body.insert(contentsOf: body[i..<min(i + random(40), body.count)], at: i)
      }
    }
    let lines = body.split(separator: 0x0a).count { line in line.contains { ![0x20, 0x0d, 0x09].contains($0) } }
    let answer = bench.ingest.accept(body: body, contentType: "application/x-ndjson", now: bench.time.now())
    let json = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any], "seed \(seed)")
    let rejected = try #require(json["rejected"] as? [[String: Any]])
    let good = try #require(json["accepted"] as? Int) + #require(json["duplicates"] as? Int)
    #expect(good + rejected.count == lines, "seed \(seed)")
    #expect(answer.status == (good > 0 ? 200 : 400))
    // The same bytes as a batch are refused or counted, never worse.
    let wrapped = [UInt8(ascii: "[")] + body.map { $0 == 0x0a ? UInt8(ascii: ",") : $0 } + [UInt8(ascii: "]")]
    let batch = bench.ingest.accept(body: wrapped, contentType: "application/cloudevents-batch+json", now: bench.time.now())
    #expect([200, 400].contains(batch.status))
    let totals = bench.totals()
    try bench.crash()
    #expect(bench.totals() == totals, "seed \(seed)")
  }
}

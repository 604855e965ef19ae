import Testing

@testable import TextCoding

@Suite struct NumberTextTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var value: Double
    var fixed: String
    var general: String
    var json: String
    var scientific: String
    var testDescription: String { general }
  }

  /// What Go's strconv gives for 'f', 'g' and 'e' with precision -1, and Prometheus' HTTP API for a sample value.
  static let cases: [Case] = [
    Case(value: 0, fixed: "0", general: "0", json: "0", scientific: "0e+00"),
    Case(value: -0.0, fixed: "-0", general: "-0", json: "-0", scientific: "-0e+00"),
    Case(value: 1, fixed: "1", general: "1", json: "1", scientific: "1e+00"),
    Case(value: -7, fixed: "-7", general: "-7", json: "-7", scientific: "-7e+00"),
    Case(value: 0.1, fixed: "0.1", general: "0.1", json: "0.1", scientific: "1e-01"),
    Case(value: 0.0001, fixed: "0.0001", general: "0.0001", json: "0.0001", scientific: "1e-04"),
    Case(value: 0.00001, fixed: "0.00001", general: "1e-05", json: "0.00001", scientific: "1e-05"),
    Case(value: 0.000001, fixed: "0.000001", general: "1e-06", json: "0.000001", scientific: "1e-06"),
    Case(value: 0.0000001, fixed: "0.0000001", general: "1e-07", json: "1e-07", scientific: "1e-07"),
    Case(value: 100_000, fixed: "100000", general: "100000", json: "100000", scientific: "1e+05"),
    Case(value: 999_999, fixed: "999999", general: "999999", json: "999999", scientific: "9.99999e+05"),
    Case(value: 1_000_000, fixed: "1000000", general: "1e+06", json: "1000000", scientific: "1e+06"),
    Case(value: -1_234_567, fixed: "-1234567", general: "-1.234567e+06", json: "-1234567", scientific: "-1.234567e+06"),
    Case(value: 123456.789, fixed: "123456.789", general: "123456.789", json: "123456.789", scientific: "1.23456789e+05"),
    Case(
      value: 1_709_195_062.81, fixed: "1709195062.81", general: "1.70919506281e+09", json: "1709195062.81",
      scientific: "1.70919506281e+09"),
    Case(
      value: 1e15, fixed: "1000000000000000", general: "1e+15", json: "1000000000000000", scientific: "1e+15"),
    Case(
      value: 9_007_199_254_740_992, fixed: "9007199254740992", general: "9.007199254740992e+15", json: "9007199254740992",
      scientific: "9.007199254740992e+15"),
    Case(
      value: 123_456_789_012_345_680, fixed: "123456789012345680", general: "1.2345678901234568e+17", json: "123456789012345680",
      scientific: "1.2345678901234568e+17"),
    Case(value: 1e20, fixed: "100000000000000000000", general: "1e+20", json: "100000000000000000000", scientific: "1e+20"),
    Case(value: 1e21, fixed: "1000000000000000000000", general: "1e+21", json: "1e+21", scientific: "1e+21"),
    Case(
      value: 1.5e300, fixed: "15" + String(repeating: "0", count: 299), general: "1.5e+300", json: "1.5e+300",
      scientific: "1.5e+300"),
    Case(
      value: .leastNonzeroMagnitude, fixed: "0." + String(repeating: "0", count: 323) + "5", general: "5e-324", json: "5e-324",
      scientific: "5e-324"),
    Case(
      value: .greatestFiniteMagnitude, fixed: "17976931348623157" + String(repeating: "0", count: 292),
      general: "1.7976931348623157e+308",
      json: "1.7976931348623157e+308", scientific: "1.7976931348623157e+308"),
    Case(value: .infinity, fixed: "+Inf", general: "+Inf", json: "+Inf", scientific: "+Inf"),
    Case(value: -.infinity, fixed: "-Inf", general: "-Inf", json: "-Inf", scientific: "-Inf"),
    Case(value: .nan, fixed: "NaN", general: "NaN", json: "NaN", scientific: "NaN"),
    Case(value: -.nan, fixed: "NaN", general: "NaN", json: "NaN", scientific: "NaN"),
  ]

  @Test(arguments: cases) func `numbers are written as Go writes them`(c: Case) {
    #expect(NumberText.fixed(c.value) == c.fixed)
    #expect(NumberText.general(c.value) == c.general)
    #expect(NumberText.json(c.value) == c.json)
    #expect(NumberText.scientific(c.value) == c.scientific)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func `every text reads back as its number`(seed: UInt64) {
    var state = seed
    for _ in 0..<5000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = state & 1 == 0 ? Double(bitPattern: state) : Double(Int64(bitPattern: state) >> Int64(state >> 59))
      guard value.isFinite else { continue }
      for text in [NumberText.fixed(value), NumberText.general(value), NumberText.json(value), NumberText.scientific(value)] {
        #expect(Double(text)?.bitPattern == value.bitPattern, "seed \(seed): \(text)")
      }
    }
  }

  @Test(arguments: [(0, "0"), (-1, "-1"), (.max, "9223372036854775807"), (.min, "-9223372036854775808")] as [(Int64, String)])
  func `integers to their ends`(value: Int64, text: String) {
    var out: [UInt8] = [0x78]
    NumberText.appendInteger(value, to: &out)
    #expect(String(decoding: out, as: UTF8.self) == "x" + text)
  }
}

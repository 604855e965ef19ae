import Testing

@testable import TextCoding

struct NumberTextTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var value: Double
    var general: String
    var fixed: String
    var json: String
    var compact: String
    var testDescription: String { "\(value)" }
  }

  // The general column is what Go's FormatFloat(v, 'g', -1, 64) prints, as seen on a Pushgateway's page.
  static let cases: [Case] = [
    Case(value: 0, general: "0", fixed: "0", json: "0", compact: "0"),
    Case(value: -0.0, general: "-0", fixed: "-0", json: "-0", compact: "-0"),
    Case(value: 7, general: "7", fixed: "7", json: "7", compact: "7"),
    Case(value: 100_000, general: "100000", fixed: "100000", json: "100000", compact: "100000"),
    Case(value: 123_456, general: "123456", fixed: "123456", json: "123456", compact: "123456"),
    Case(value: 1e6, general: "1e+06", fixed: "1000000", json: "1000000", compact: "1000000"),
    Case(value: 1_234_567, general: "1.234567e+06", fixed: "1234567", json: "1234567", compact: "1234567"),
    Case(value: 12_345_678.5, general: "1.23456785e+07", fixed: "12345678.5", json: "12345678.5", compact: "12345678.5"),
    Case(
      value: 1.5e20, general: "1.5e+20", fixed: "150000000000000000000", json: "150000000000000000000", compact: "1.5e+20"),
    Case(value: 1e21, general: "1e+21", fixed: "1000000000000000000000", json: "1e+21", compact: "1e+21"),
    Case(value: 0.0001, general: "0.0001", fixed: "0.0001", json: "0.0001", compact: "0.0001"),
    Case(value: 0.00001, general: "1e-05", fixed: "0.00001", json: "0.00001", compact: "1e-05"),
    Case(value: -2.5, general: "-2.5", fixed: "-2.5", json: "-2.5", compact: "-2.5"),
    Case(
      value: 0.1 + 0.2, general: "0.30000000000000004", fixed: "0.30000000000000004", json: "0.30000000000000004",
      compact: "0.30000000000000004"),
    Case(value: 409.6, general: "409.6", fixed: "409.6", json: "409.6", compact: "409.6"),
    Case(value: 0.001, general: "0.001", fixed: "0.001", json: "0.001", compact: "0.001"),
    Case(
      value: 999_999_999.999999, general: "9.99999999999999e+08", fixed: "999999999.999999", json: "999999999.999999",
      compact: "999999999.999999"),
    Case(value: .infinity, general: "+Inf", fixed: "+Inf", json: "+Inf", compact: "+Inf"),
    Case(value: -.infinity, general: "-Inf", fixed: "-Inf", json: "-Inf", compact: "-Inf"),
    Case(value: .nan, general: "NaN", fixed: "NaN", json: "NaN", compact: "NaN"),
  ]

  @Test(arguments: cases)
  func `a number is written as Go writes it`(_ c: Case) {
    #expect(NumberText.general(c.value) == c.general)
    #expect(NumberText.fixed(c.value) == c.fixed)
    #expect(NumberText.json(c.value) == c.json)
    #expect(NumberText.compact(c.value) == c.compact)
  }

  @Test func `what is written reads back as the same value, and fast paths give the shortest digits`() {
    let seed = UInt64.random(in: 0 ... .max)
    var state = seed
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 11
    }
    for round in 0..<20_000 {
      let value: Double
      switch round % 4 {
      case 0: value = Double(bitPattern: next() << 11 | next() & 0x7ff)
      case 1: value = Double(next() % 1_000_000_000) / 1000
      case 2: value = Double(Int64(next() % 2_000_000_000_000) - 1_000_000_000_000) / 1e6
      default: value = Double(next() % 100_000) * 0.1
      }
      if !value.isFinite { continue }
      for text in [NumberText.general(value), NumberText.fixed(value), NumberText.json(value), NumberText.compact(value)] {
        #expect(Double(text)?.bitPattern == value.bitPattern, "seed \(seed): \(text) for \(value)")
      }
      let slow = ShortestDecimal(value)
      var shortest: [UInt8] = []
      slow.appendFixed(to: &shortest)
      #expect(NumberText.fixed(value) == String(decoding: shortest, as: UTF8.self), "seed \(seed): \(value)")
    }
  }

  @Test(arguments: [
    (Int64(0), "0"), (9, "9"), (10, "10"), (-1, "-1"), (.max, "9223372036854775807"), (.min, "-9223372036854775808"),
    (1_000_000, "1000000"),
  ])
  func `integers of every width`(_ value: Int64, _ text: String) {
    var out: [UInt8] = []
    NumberText.appendInteger(value, to: &out)
    #expect(String(decoding: out, as: UTF8.self) == text)
  }
}

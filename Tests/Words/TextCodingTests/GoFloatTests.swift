import Testing

@testable import TextCoding

@Suite struct GoFloatTests {
  @Test(
    arguments: [
      ("0", 0), ("0.5", 0.5), (".5", 0.5), ("5.", 5), ("+1", 1), ("-2.5e-3", -0.0025), ("1E+3", 1000), ("1_000", 1000),
      ("1_0.2_5", 10.25),
      ("0x1p-2", 0.25), ("0X_fp0", 15), ("0x.8p1", 1), ("inf", .infinity), ("-Inf", -.infinity), ("+INFINITY", .infinity),
      ("1e-400", 0),
      ("017", 17),
    ] as [(String, Double)])
  func `a number is read as Go reads it`(_ text: String, _ value: Double) { #expect(GoFloat.parse(text) == value) }

  @Test func `nan is one, in any case`() {
    for text in ["nan", "NaN", "NAN"] { #expect(GoFloat.parse(text)?.isNaN == true, "\(text)") }
  }

  @Test(arguments: [
    "", ".", "+", "-", "e5", "1e", "1e+", "1.2.3", " 1", "1 ", "0x2", "0x", "0xp1", "0x1p", "1__0", "_1", "1_", "1_.5", "1._5",
    "1e_5", "1p2", "infi",
    "+nan", "-nan", "nan(1)", "1e400", "-1e400", "many", "١",
  ])
  func `what Go refuses is none`(_ text: String) { #expect(GoFloat.parse(text) == nil) }
}

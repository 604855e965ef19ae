import Foundation
import Testing

@testable import TextCoding

@Suite struct JSONWriterTests {
  private func text(_ build: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    build(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func `commas stand where they belong`() {
    let json = text { w in
      w.beginObject()
      w.key("a")
      w.beginArray()
      w.integer(1)
      w.integer(-2)
      w.beginArray()
      w.endArray()
      w.beginObject()
      w.endObject()
      w.null()
      w.bool(true)
      w.bool(false)
      w.raw("[0]".utf8)
      w.endArray()
      w.key("b")
      w.string("x")
      w.key("c")
      w.beginObject()
      w.key("d")
      w.number(1.5)
      w.endObject()
      w.endObject()
    }
    #expect(json == #"{"a":[1,-2,[],{},null,true,false,[0]],"b":"x","c":{"d":1.5}}"#)
  }

  @Test func `every character comes back from another reader of JSON`() throws {
    let all = String(String.UnicodeScalarView((0..<0x3000).compactMap(Unicode.Scalar.init) + ["\u{10ffff}", "\u{2028}"]))
    for json in [
      text { $0.string(all) }, text { $0.string(utf8: Array(all.utf8).span) },
    ] {
      let read = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed) as? String
      #expect(read.map { Array($0.unicodeScalars) } == Array(all.unicodeScalars))
    }
    let key = text { w in
      w.beginObject()
      w.key("a\"\\\n\u{1f}")
      w.null()
      w.endObject()
    }
    #expect(key == #"{"a\"\\\n\u001f":null}"#)
  }

  @Test(
    arguments: [
      (.nan, "null", "\"NaN\""), (.infinity, "null", "\"+Inf\""), (1e21, "1e+21", "\"1e+21\""), (0.25, "0.25", "\"0.25\""),
      (-0.0, "-0", "\"-0\""),
    ] as [(Double, String, String)]) func `numbers, and samples as strings`(value: Double, number: String, sample: String)
  {
    #expect(text { $0.number(value) } == number)
    #expect(text { $0.sampleValue(value) } == sample)
  }

  @Test(
    arguments: [
      (0, "0"), (1, "0.001"), (1500, "1.500"), (1_700_000_000_000, "1700000000"), (1_700_000_000_123, "1700000000.123"),
      (-1, "-0.001"), (-2000, "-2"),
      (-2050, "-2.050"),
    ] as [(Int64, String)]) func `milliseconds are written as seconds`(milliseconds: Int64, wanted: String)
  {
    #expect(text { $0.seconds(milliseconds: milliseconds) } == wanted)
  }
}

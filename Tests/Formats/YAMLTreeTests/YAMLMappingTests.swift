import SeriesModel
import SourceText
import Testing

@testable import YAMLTree

@Suite struct YAMLMappingTests {
  @Test(
    arguments: [
      ("5", .int(5)), ("-17", .int(-17)), ("+3", .int(3)), ("1_000", .int(1000)), ("0x1F", .int(31)), ("0b101", .int(5)),
      ("0o17", .int(15)),
      ("017", .int(15)), ("0", .int(0)), ("1.5", .float(1.5)), ("1e3", .float(1000)), (".5", .float(0.5)),
      ("-.inf", .float(-.infinity)),
      ("1.", .float(1)), ("true", .bool(true)), ("False", .bool(false)), ("~", .null), ("", .null), ("NULL", .null),
      ("nULL", .string),
      ("yes", .string), ("5m", .string), ("1.2.3", .string), ("'5'", .string), ("\"\"", .string), ("!!str 5", .string),
      ("0x", .string), ("! 5", .int(5)), ("!", .null), ("!mine 5", .string), ("!!int 5", .int(5)),
      ("--1", .string), ("089", .float(89)), ("99999999999999999999", .float(1e20)), ("1e", .string), (".", .string),
    ] as [(String, YAMLResolved)])
  func `plain text decides its type`(_ text: String, _ expected: YAMLResolved) throws {
    #expect(read("k: \(text)").documents.first?["k"]?.resolved == expected)
  }

  @Test func `fields are read, converted and remembered`() throws {
    let stream = read("name: 5\ninterval: 1m30s\nlimit: 2.7\non: yes\nempty:\nratio: 1\nlist: [a, 2]\nmap: {a: 1, b: }\nexpr: up\n")
    var fields = try #require(YAMLMapping(stream.documents[0], "rule group", stream.sink))
    #expect(fields.string("name") == "5")
    #expect(fields.duration("interval") == .seconds(90))
    #expect(fields.integer("limit") == 2)
    #expect(fields.bool("on") == true)
    #expect(fields.string("empty") == nil)
    #expect(fields.double("ratio") == 1)
    #expect(fields.strings("list") == ["a", "2"])
    #expect(fields.stringMap("map").map { $0.value.scalar?.text } == ["1", ""])
    #expect(fields.text("expr")?.offset(0) == stream.sink.file.utf8.count - 3)
    #expect(fields.mapping("absent") == nil)
    fields.finish()
    #expect(headlines(stream).isEmpty)
  }

  @Test func `an unknown field is an error with a suggestion`() throws {
    let stream = read("exprr: up\nconcurrency: 2\n")
    var fields = try #require(YAMLMapping(stream.documents[0], "rule", stream.sink))
    _ = fields.string("record")
    _ = fields.text("expr")
    fields.finish()
    #expect(
      headlines(stream) == [
        "1:1 unknown field \"exprr\", did you mean \"expr\"? [yaml/unknown-field]",
        "2:1 unknown field \"concurrency\" [yaml/unknown-field]",
      ])
    #expect(stream.diagnostics[1].notes == ["a rule has record, expr"])
  }

  @Test(arguments: [
    ("v: [1]", "1:4 expected a string for \"v\", found a sequence [yaml/type]"),
    ("w: 5", "1:1 a thing needs the field \"v\" [yaml/missing-field]"),
    ("v: {a: b}", "1:4 expected a string for \"v\", found a mapping [yaml/type]"),
    ("v:", "1:1 a thing needs the field \"v\" [yaml/missing-field]"),
  ])
  func `a required string`(_ text: String, _ expected: String) throws {
    let stream = read(text)
    var fields = try #require(YAMLMapping(stream.documents[0], "thing", stream.sink))
    #expect(fields.requiredString("v") == nil)
    #expect(headlines(stream) == [expected])
  }

  @Test func `wrong types are reported with what was found`() throws {
    let stream = read("d: 5 minutes\ni: '5'\nb: maybe\nm: [1]\ns: text\n")
    var fields = try #require(YAMLMapping(stream.documents[0], "thing", stream.sink))
    #expect(fields.duration("d") == nil && fields.integer("i") == nil && fields.bool("b") == nil)
    #expect(fields.mapping("m") == nil && fields.sequence("s").isEmpty)
    #expect(
      headlines(stream) == [
        "1:4 expected a duration such as 1h30m for \"d\", found \"5 minutes\" [yaml/type]",
        "2:4 expected a whole number for \"i\", found \"5\" [yaml/type]",
        "3:4 expected true or false for \"b\", found \"maybe\" [yaml/type]",
        "4:4 expected a m as a mapping, found a sequence [yaml/type]",
        "5:4 expected a sequence for \"s\", found \"text\" [yaml/type]",
      ])
  }
}

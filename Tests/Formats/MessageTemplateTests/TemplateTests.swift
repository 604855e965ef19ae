import SeriesModel
import Testing

@testable import MessageTemplate

@Suite struct TemplateTests {
  static func environment(_ limits: TemplateLimits = TemplateLimits()) -> TemplateEnvironment {
    TemplateEnvironment(now: Timestamp(milliseconds: 0), limits: limits)
  }

  func expand(_ text: String, _ data: TemplateValue = .none, limits: TemplateLimits = TemplateLimits()) throws(TemplateError)
    -> String
  {
    try Template(name: "t", text: text).expand(data, in: Self.environment(limits))
  }

  @Test func `data of any shape is walked`() throws {
    let data = TemplateValue.map([
      "alerts": .list([.map(["name": .string("A"), "n": .int(3)]), .map(["name": .string("B"), "n": .int(0)])]), "ok": .bool(true),
      "ratio": .float(0.25), "none": .none,
    ])
    let text =
      "{{ range $i, $a := .alerts }}{{ if $i }}, {{ end }}{{ $a.name }}{{ if $a.n }}={{ $a.n }}{{ end }}{{ end }} {{ .ok }} {{ .ratio }} {{ .none }} {{ .gone }}"
    #expect(try expand(text, data) == "A=3, B true 0.25 <no value> <no value>")
    #expect(
      try expand("{{ len .alerts }} {{ (index .alerts 1).name }} {{ . }}", data).hasPrefix(
        "2 B map[alerts:[map[n:3 name:A] map[n:0 name:B]]"))
  }

  @Test func `a text without actions is a constant`() throws {
    let template = try AlertTemplate("100 % {of} it")
    #expect(template.isConstant)
    #expect(template.expand(labels: .empty, value: 1, in: Self.environment()) == "100 % {of} it")
    #expect(try !AlertTemplate("{{ $value }}").isConstant)
  }

  /// The caret stands where the finding belongs.
  @Test(arguments: [
    ("a {{ nofunc }}", 5), ("{{ $labels.x }} {{ $lables.x }}", 19), ("x\ny {{ if }}{{ end }}", 10), ("{{ \"abc }}", 3),
    ("{{ 1 | 2 }}", 9),
    ("{{ $value", 9),
  ])
  func `a finding's offset counts from the user's text`(_ text: String, _ offset: Int) {
    do {
      _ = try AlertTemplate(text, alert: "X")
      Issue.record("\(text) parsed")
    } catch {
      #expect(error.offset == offset, "\(error.message)")
    }
  }

  @Test func `an error while expanding has its place too`() throws {
    let template = try AlertTemplate("ab {{ $value | toUpper }}", alert: "X")
    do throws(TemplateError) {
      _ = try template.expansion(labels: .empty, value: 1, in: Self.environment())
      Issue.record("it expanded")
    } catch {
      #expect(error.offset == 15, "\(error.message)")
    }
  }

  @Test(arguments: [
    ("{{ range 1000 }}{{ range 1000 }}{{ end }}{{ end }}", "more steps than the limit steps = 10000"),
    ("{{ range 100 }}0123456789{{ end }}", "the text is longer than the limit output bytes = 500"),
    ("{{ $x := \"ab\" }}{{ range 40 }}{{ $x = print $x $x }}{{ end }}", "the text is longer than the limit output bytes = 500"),
    ("{{ printf \"%900d\" 1 }}", "printf is longer than the limit output bytes = 500"),
    (
      "{{ reReplaceAll \"\" \"0123456789\" \"0123456789012345678901234567890123456789012345678901234567890\" }}",
      "the limit output bytes = 500"
    ),
    ("{{ define \"r\" }}{{ template \"r\" }}{{ end }}{{ template \"r\" }}", "nested deeper than the limit depth = 400"),
  ])
  func `limits are named`(_ text: String, _ message: String) {
    do throws(TemplateError) {
      _ = try expand(text, limits: TemplateLimits(outputBytes: 500, steps: 10000))
      Issue.record("\(text) expanded")
    } catch {
      #expect(error.message.contains(message), "\(error.message)")
    }
  }

  @Test(arguments: [
    (String(repeating: "{{ if 1 }}", count: 300) + String(repeating: "{{ end }}", count: 300), "the limit template depth = 200"),
    (
      "{{ " + String(repeating: "(", count: 300) + "1" + String(repeating: ")", count: 300) + " }}",
      "the limit template depth = 200"
    ),
    (String(repeating: "x", count: 2 << 20), "the limit template bytes = 1048576"),
    ("{{ 1+2i }}", "complex numbers are not supported: 1+2i"),
  ])
  func `what is too deep, too long or unsupported is refused by name`(_ text: String, _ message: String) {
    do throws(TemplateError) {
      _ = try Template(name: "t", text: text)
      Issue.record("it parsed")
    } catch {
      #expect(error.message.contains(message), "\(error.message)")
    }
  }

  @Test func `a cut at any byte neither crashes nor hangs`() {
    let text = Array(
      "a {{- /* c */ -}} {{ $x := printf \"%5.2f|%q\" .v 'a' | len }}{{ range $i, $e := .l }}{{ with (index $e 0).f }}é{{ else if `r` }}{{ break }}{{ end }}{{ end }}{{ define \"d\" }}{{ 0x1p-2 }}{{ end }}{{ template \"d\" $x }}"
        .utf8)
    for end in 0...text.count { _ = try? expand(String(decoding: text[..<end], as: UTF8.self)) }
    for i in text.indices {
      var changed = text
      changed[i] = UInt8(ascii: "}")
      _ = try? expand(String(decoding: changed, as: UTF8.self))
    }
  }

  @Test(arguments: [
    ("", "empty duration string"), ("5", "not a valid duration string: \"5\""),
    ("5 minutes", "unknown unit \" minutes\" in duration \"5 minutes\""),
    ("1m1h", "not a valid duration string: \"1m1h\""), ("300y", "duration out of range"),
    ("-5m", "not a valid duration string: \"-5m\""),
    ("99999999999999999999s", "not a valid duration string: \"99999999999999999999s\""),
  ])
  func `durations are refused with a reason`(_ text: String, _ reason: String) { #expect(DurationComplaint.about(text) == reason) }
}

/// `fmt.Sprint`, `Sprintln` and the form of single values.
enum GoPrinter {
  /// Blanks stand between operands when neither is a string.
  static func sprint(_ values: [GoValue]) -> String {
    var out = ""
    var beforeWasString = true
    for (i, value) in values.enumerated() {
      let isString = if case .string = value { true } else { false }
      if i > 0, !isString, !beforeWasString { out += " " }
      out += plain(value)
      beforeWasString = isString
    }
    return out
  }

  static func sprintln(_ values: [GoValue]) -> String { values.map { plain($0) }.joined(separator: " ") + "\n" }

  /// `%v`, or `%+v` with field names.
  static func plain(_ value: GoValue, named: Bool = false) -> String {
    switch value {
    case .invalid: "<nil>"
    case .bool(let value): String(value)
    case .int(let value): String(value)
    case .float(let value): GoFloat.plain(value)
    case .string(let value): value
    case .list(let values): "[" + values.map { plain($0, named: named) }.joined(separator: " ") + "]"
    case .map(let values, _): map(values) { plain($0, named: named) }
    case .record(let fields, _):
      "{" + fields.map { (named ? $0.name + ":" : "") + plain($0.value, named: named) }.joined(separator: " ") + "}"
    case .sample(let sample): "&" + plain(sample.record, named: named)
    case .vector(let samples): "[" + samples.map { plain(.sample($0), named: named) }.joined(separator: " ") + "]"
    case .time(let milliseconds): GoTime.text(milliseconds)
    }
  }

  static func map(_ values: [String: GoValue], _ shown: (GoValue) -> String) -> String {
    "map[" + sortedKeys(values).map { $0 + ":" + shown(values[$0]!) }.joined(separator: " ") + "]"
  }

  /// In the order of their bytes.
  static func sortedKeys(_ values: [String: GoValue]) -> [String] {
    values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension GoSample {
  var record: GoValue {
    .record(
      [
        GoField(name: "Labels", value: .map(labels.mapValues(GoValue.string), texts: true)),
        GoField(name: "Value", value: .float(value)),
      ],
      type: "template.sample")
  }
}

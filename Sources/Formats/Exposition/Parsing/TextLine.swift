import SeriesModel
import SourceText

/// One line of the text format, version 0.0.4.
///
/// - Source: Prometheus documentation, "Exposition formats"; where it is silent, what Prometheus reads.
struct TextLine {
  private var cursor: LineCursor

  init(_ cursor: LineCursor) { self.cursor = cursor }

  /// `nil` for comments and empty lines.
  mutating func entry() throws(ExpositionProblem) -> ExpositionEntry? {
    cursor.skipBlanks()
    if cursor.atEnd { return nil }
    if cursor.skip(UInt8(ascii: "#")) { return try comment() }
    return .sample(try sample())
  }

  // MARK: Comments

  private mutating func comment() throws(ExpositionProblem) -> ExpositionEntry? {
    guard cursor.byte == UInt8(ascii: " ") || cursor.byte == UInt8(ascii: "\t") else { return nil }
    cursor.skipBlanks()
    let keyword = cursor.text(cursor.word(tabsSeparate: true))
    guard keyword == "HELP" || keyword == "TYPE", !cursor.atEnd else { return nil }
    cursor.skipBlanks()
    let name = try metricName()
    guard cursor.atEnd || cursor.byte == UInt8(ascii: " ") || cursor.byte == UInt8(ascii: "\t") else {
      throw cursor.problem("metric-name", "a metric name cannot contain this", hint: "letters, digits, _ and : only")
    }
    cursor.skipBlanks()
    let start = cursor.position
    let rest = cursor.rest()
    if keyword == "HELP" {
      guard let text = String(validating: cursor.bytes[rest], as: UTF8.self) else {
        throw cursor.problem("broken-utf8", "help is not valid UTF-8", from: start)
      }
      return .help(name: name, Self.unescapedHelp(text))
    }
    var word = cursor.text(rest)
    while let last = word.last, last == " " || last == "\t" { word.removeLast() }
    guard let type = Self.types[word] else {
      throw cursor.problem(
        "type", word.isEmpty ? "the type of \(name) is missing" : "there is no type \"\(word)\"", from: start,
        hint: "counter, gauge, histogram, summary or untyped")
    }
    return .type(name: name, type)
  }

  static let types: [String: MetricType] = [
    "counter": .counter, "gauge": .gauge, "histogram": .histogram, "summary": .summary, "untyped": .unknown,
  ]

  static func unescapedHelp(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
    var out = ""
    var escaped = false
    for scalar in text.unicodeScalars {
      if escaped {
        escaped = false
        switch scalar {
        case "\\": out += "\\"
        case "n": out += "\n"
        default: out += "\\" + String(scalar)
        }
      } else if scalar == "\\" {
        escaped = true
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return escaped ? out + "\\" : out
  }

  // MARK: Samples

  private mutating func sample() throws(ExpositionProblem) -> ExpositionSample {
    let start = cursor.position
    var name = cursor.byte == UInt8(ascii: "{") ? "" : try metricName()
    cursor.skipBlanks()
    var labels: [Label] = []
    if cursor.skip(UInt8(ascii: "{")) {
      labels = try self.labels(&name)
      cursor.skipBlanks()
    }
    if name.isEmpty { throw cursor.problem("metric-name", "a sample needs a metric name", from: start) }
    let value = try number("value")
    var timestamp: Timestamp?
    cursor.skipBlanks()
    if !cursor.atEnd {
      let start = cursor.position
      guard let milliseconds = Int64(cursor.text(cursor.word(tabsSeparate: true))) else {
        throw cursor.problem("timestamp", "a timestamp is a whole number of milliseconds", from: start)
      }
      timestamp = Timestamp(milliseconds: milliseconds)
      cursor.skipBlanks()
      if !cursor.atEnd { throw cursor.problem("trailing-text", "nothing may follow the timestamp") }
    }
    return ExpositionSample(name: name, labels: labels, value: value, timestamp: timestamp)
  }

  private mutating func metricName() throws(ExpositionProblem) -> String {
    if cursor.byte == UInt8(ascii: "\"") { return try cursor.quoted("the metric name") }
    let name = cursor.name(colons: true)
    guard !name.isEmpty else {
      throw cursor.problem("metric-name", "expected a metric name", hint: "it begins with a letter, _ or :")
    }
    return name
  }

  private mutating func number(_ what: String) throws(ExpositionProblem) -> Double {
    let start = cursor.position
    let word = cursor.word(tabsSeparate: true)
    guard let value = ExpositionNumber.parse(cursor.bytes[word]) else {
      throw cursor.problem(what, word.isEmpty ? "the \(what) is missing" : "the \(what) is not a number", from: start)
    }
    return value
  }

  /// After `{`, through `}`. A quoted string alone is the metric's name.
  private mutating func labels(_ name: inout String) throws(ExpositionProblem) -> [Label] {
    var labels: [Label] = []
    while true {
      cursor.skipBlanks()
      if cursor.skip(UInt8(ascii: "}")) { return labels }
      let start = cursor.position
      let isQuoted = cursor.byte == UInt8(ascii: "\"")
      let label = isQuoted ? try cursor.quoted("the label name") : cursor.name(colons: false)
      if label.isEmpty { throw cursor.problem("label-name", "expected a label name or }", hint: "it begins with a letter or _") }
      cursor.skipBlanks()
      if cursor.skip(UInt8(ascii: "=")) {
        cursor.skipBlanks()
        guard cursor.byte == UInt8(ascii: "\"") else {
          throw cursor.problem("label-value", "the value of \(label) is not in double quotes")
        }
        let value = try cursor.quoted("the value of \(label)")
        if labels.contains(where: { $0.name == label }) {
          throw cursor.problem("repeated-label", "\(label) stands here twice", from: start)
        }
        labels.append(Label(label, value))
      } else if isQuoted, name.isEmpty {
        name = label
      } else {
        throw cursor.problem("label-value", "\(label) has no value", hint: "add =\"…\"")
      }
      cursor.skipBlanks()
      if cursor.skip(UInt8(ascii: ",")) { continue }
      guard cursor.byte == UInt8(ascii: "}") else { throw cursor.problem("labels", "expected , or }") }
    }
  }
}

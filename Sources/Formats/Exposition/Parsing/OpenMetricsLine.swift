import SeriesModel
import SourceText

/// One line of OpenMetrics 1.0: single blanks, no tabs, no free comments.
///
/// - Source: OpenMetrics 1.0, ABNF.
struct OpenMetricsLine {
  private var cursor: LineCursor
  private let isStrict: Bool

  init(_ cursor: LineCursor, isStrict: Bool) {
    self.cursor = cursor
    self.isStrict = isStrict
  }

  mutating func entry() throws(ExpositionProblem) -> ExpositionEntry? {
    if cursor.atEnd { throw cursor.problem("blank-line", "a page has no blank lines") }
    if cursor.byte == UInt8(ascii: "#") { return try comment() }
    return .sample(try sample())
  }

  // MARK: Comments

  private mutating func comment() throws(ExpositionProblem) -> ExpositionEntry {
    let start = cursor.position
    if cursor.skip("# EOF") {
      guard cursor.atEnd else { throw cursor.problem("after-end", "nothing may follow # EOF") }
      return .end
    }
    for keyword in ["TYPE", "HELP", "UNIT"] where cursor.skip("# \(keyword) ") {
      let name = try metricName()
      guard cursor.skip(UInt8(ascii: " ")) else {
        throw cursor.problem("metadata", cursor.atEnd ? "the text of \(keyword) is missing" : "a metric name cannot contain this")
      }
      let start = cursor.position
      guard let text = String(validating: cursor.bytes[cursor.rest()], as: UTF8.self) else {
        throw cursor.problem("broken-utf8", "the text of \(keyword) is not valid UTF-8", from: start)
      }
      switch keyword {
      case "TYPE": return .type(name: name, try type(text, start))
      case "UNIT": return .unit(name: name, try unit(text, of: name, start))
      default: return .help(name: name, Self.unescapedHelp(text))
      }
    }
    throw cursor.problem("comment", "only # TYPE, # HELP, # UNIT and # EOF stand after #", from: start)
  }

  private func type(_ word: String, _ start: Int) throws(ExpositionProblem) -> MetricType {
    if let type = MetricType(rawValue: word) { return type }
    throw cursor.problem(
      "type", "there is no type \"\(word)\"", from: start, hint: MetricType.allCases.map(\.rawValue).joined(separator: ", "))
  }

  private func unit(_ unit: String, of name: String, _ start: Int) throws(ExpositionProblem) -> String {
    if unit.isEmpty || name.hasSuffix("_" + unit) { return unit }
    throw cursor.problem("unit", "\(name) does not end in _\(unit)", from: start)
  }

  /// As in label values, `\"` is an escape too.
  private static func unescapedHelp(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
    return TextLine.unescapedHelp(text)
  }

  // MARK: Samples

  private mutating func sample() throws(ExpositionProblem) -> ExpositionSample {
    let start = cursor.position
    var name = cursor.byte == UInt8(ascii: "{") ? "" : try metricName()
    let labels = cursor.skip(UInt8(ascii: "{")) ? try self.labels(&name) : []
    if name.isEmpty { throw cursor.problem("metric-name", "a sample needs a metric name", from: start) }
    var sample = ExpositionSample(name: name, labels: labels, value: try number("value"))
    if cursor.atEnd { return sample }
    if !cursor.bytes[cursor.position..<cursor.end].starts(with: " #".utf8) { sample.timestamp = try timestamp() }
    if cursor.atEnd { return sample }
    sample.exemplar = try exemplar()
    return sample
  }

  private mutating func exemplar() throws(ExpositionProblem) -> ExpositionSample.Exemplar {
    guard cursor.skip(" # {") else {
      throw cursor.problem("exemplar", "expected an exemplar or the end of the line", hint: "an exemplar is ` # {…} value`")
    }
    var none = "exemplar"
    var exemplar = ExpositionSample.Exemplar(labels: try labels(&none), value: try number("exemplar's value"))
    if !cursor.atEnd { exemplar.timestamp = try timestamp() }
    guard cursor.atEnd else { throw cursor.problem("trailing-text", "nothing may follow an exemplar") }
    return exemplar
  }

  private mutating func metricName() throws(ExpositionProblem) -> String {
    if cursor.byte == UInt8(ascii: "\"") { return try cursor.quoted("the metric name") }
    let name = cursor.name(colons: true)
    guard !name.isEmpty else {
      throw cursor.problem("metric-name", "expected a metric name", hint: "it begins with a letter, _ or :")
    }
    return name
  }

  /// A blank and a number.
  private mutating func number(_ what: String) throws(ExpositionProblem) -> Double {
    guard cursor.skip(UInt8(ascii: " ")) else { throw cursor.problem("value", "expected one blank and the \(what)") }
    let start = cursor.position
    let word = cursor.word(tabsSeparate: false)
    guard let value = ExpositionNumber.parse(cursor.bytes[word]) else {
      throw cursor.problem("value", word.isEmpty ? "the \(what) is missing" : "the \(what) is not a number", from: start)
    }
    return value
  }

  private mutating func timestamp() throws(ExpositionProblem) -> Timestamp {
    let start = cursor.position
    let seconds = try number("timestamp")
    guard seconds.isFinite else { throw cursor.problem("timestamp", "a timestamp is a finite number of seconds", from: start) }
    // Beyond the range of a timestamp it stands at the range's end.
    return Timestamp(milliseconds: Int64(max(-9e18, min(9e18, seconds * 1000))))
  }

  /// After `{`, through `}`.
  private mutating func labels(_ name: inout String) throws(ExpositionProblem) -> [Label] {
    var labels: [Label] = []
    if cursor.skip(UInt8(ascii: "}")) { return labels }
    while true {
      let start = cursor.position
      let isQuoted = cursor.byte == UInt8(ascii: "\"")
      let label = isQuoted ? try cursor.quoted("the label name") : cursor.name(colons: false)
      if label.isEmpty { throw cursor.problem("label-name", "expected a label name", hint: "it begins with a letter or _") }
      if cursor.skip(UInt8(ascii: "=")) {
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
      if cursor.skip(UInt8(ascii: "}")) { return labels }
      guard cursor.skip(UInt8(ascii: ",")) else { throw cursor.problem("labels", "expected , or }") }
      if cursor.byte == UInt8(ascii: "}"), !isStrict {
        cursor.position += 1
        return labels
      }
    }
  }
}

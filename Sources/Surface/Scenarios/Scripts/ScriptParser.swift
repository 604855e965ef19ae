import PromQLSyntax
import SeriesModel

/// Reads the language of test scripts: `load`, `clear`, `eval` and what is expected of it.
///
/// A line that is blank or begins with `#` ends the block above it. What cannot be read is told by line; the rest is kept.
package struct ScriptParser {
  private let lines: [Substring]
  /// Index of the line that is read next.
  private var next = 0
  private var commands: [ScriptCommand] = []
  private var problems: [ScriptProblem] = []

  package static func parse(name: String, text: String) -> Script {
    var parser = ScriptParser(text)
    parser.read()
    return Script(name: name, commands: parser.commands, problems: parser.problems)
  }

  private init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let trimmed = line.trimmingBlanks
      return trimmed.hasPrefix("#") ? "" : trimmed
    }
  }

  private mutating func read() {
    while next < lines.count {
      let line = lines[next]
      next += 1
      if line.isEmpty { continue }
      let word = line.prefix { !$0.isWhitespace }.lowercased()
      if word == "clear" {
        commands.append(.clear)
      } else if word.hasPrefix("load") {
        readLoad(line)
      } else if word.hasPrefix("eval") {
        readCase(line)
      } else {
        problem("unknown command \(GoText.quoted(word)), expected load, clear or eval")
      }
    }
  }

  /// Tells a problem of the line that was read last.
  private mutating func problem(_ message: String) { problems.append(ScriptProblem(line: next, message: message)) }

  private mutating func skipBlock() {
    while next < lines.count, !lines[next].isEmpty { next += 1 }
  }

  // MARK: load

  private mutating func readLoad(_ line: Substring) {
    let words = line.split { $0.isWhitespace }
    // Custom buckets are made of floats that are loaded all the same.
    guard words.count == 2, ["load", "load_with_nhcb"].contains(words[0].lowercased()), let step = PromDuration(words[1]) else {
      problem("expected load and the time between points, such as load 5m")
      skipBlock()
      return
    }
    var load = ScriptLoad(line: next, step: step, series: [])
    while next < lines.count, !lines[next].isEmpty {
      let line = lines[next]
      next += 1
      if Self.holdsStartTimes(line) { continue }
      if let series = series(line) { load.series.append(series) }
    }
    commands.append(.load(load))
  }

  /// `name{…}@st -1m …`: when the samples of the next line began. There is no place for them among our samples, so they are left out.
  private static func holdsStartTimes(_ line: Substring) -> Bool {
    let head = line.prefix { $0 != " " && $0 != "\t" }
    return head.hasSuffix("@st") || line.contains("}@st")
  }

  private mutating func series(_ line: Substring) -> SeriesDescription? {
    do throws(ParseError) {
      return try PromQLParser().parseSeries(String(line))
    } catch {
      problem("error in series: \(error.description)")
      return nil
    }
  }

  // MARK: eval

  private mutating func readCase(_ line: Substring) {
    var rest = line
    let command = rest.takeWord().lowercased()
    guard var made = head(&rest, command) else {
      problem("expected eval instant at TIME QUERY or eval range from TIME to TIME step DURATION QUERY")
      skipBlock()
      return
    }
    if made.query.isEmpty {
      problem("expected a query")
      skipBlock()
      return
    }
    while next < lines.count, !lines[next].isEmpty {
      let line = lines[next]
      next += 1
      if !readExpectation(line, into: &made) { break }
    }
    commands.append(.evaluate(made))
  }

  private func head(_ rest: inout Substring, _ command: String) -> ScriptCase? {
    let time: ScriptCase.Time
    switch rest.takeWord().lowercased() {
    case "instant":
      guard rest.takeWord() == "at", let at = self.time(rest.takeWord()) else { return nil }
      time = .instant(at)
    case "range":
      guard rest.takeWord() == "from", let from = self.time(rest.takeWord()), rest.takeWord() == "to",
        let through = self.time(rest.takeWord()),
        rest.takeWord() == "step", let step = PromDuration(rest.takeWord()), step > .zero
      else { return nil }
      time = .range(from: from, through: through, step: step)
    default: return nil
    }
    var made = ScriptCase(line: next, time: time, query: String(rest.trimmingBlanks))
    switch command {
    case "eval": break
    case "eval_fail": made.expected.failure = .any
    case "eval_warn": made.expected.warnings = .some([.any])
    case "eval_info": made.expected.infos = .some([.any])
    case "eval_ordered": made.expected.isOrdered = true
    default: return nil
    }
    return made
  }

  private func time(_ text: Substring) -> Timestamp? {
    if text.hasPrefix("-") { return PromDuration(text.dropFirst()).map { Timestamp(milliseconds: -$0.milliseconds) } }
    return PromDuration(text).map { Timestamp(milliseconds: $0.milliseconds) }
  }

  /// One line beneath an `eval`; `false` ends the block.
  private mutating func readExpectation(_ line: Substring, into made: inout ScriptCase) -> Bool {
    var rest = line
    switch rest.takeWord() {
    case "expect":
      if !readDemand(rest, into: &made.expected) { problem("cannot read this expectation: \(line)") }
      return true
    case "expected_fail_message":
      made.expected.failure = .exact(String(rest.trimmingBlanks))
      return true
    case "expected_fail_regexp":
      if let pattern = pattern("regex", rest) {
        made.expected.failure = pattern
      } else {
        problem("the pattern does not compile: \(rest)")
      }
      return true
    default: break
    }
    if let first = line.first, "0123456789+-.NnIi".contains(first), let number = Self.number(line) {
      made.expected.scalar = number
      return false
    }
    if let series = series(line) { made.expected.series.append(series) }
    return true
  }

  static func number(_ line: Substring) -> Double? {
    guard case .number(let literal)? = try? PromQLParser().parse(String(line)), !literal.isDuration else { return nil }
    return literal.value
  }

  /// What follows `expect`.
  private func readDemand(_ text: Substring, into expected: inout ScriptExpectation) -> Bool {
    var rest = text
    let kind = rest.takeWord()
    switch kind {
    case "ordered": expected.isOrdered = true
    case "no_warn": expected.warnings = .none
    case "no_info": expected.infos = .none
    case "fail", "warn", "info":
      guard let pattern = demandedText(rest) else { return false }
      if kind == "fail" {
        if expected.failure != nil { return false }
        expected.failure = pattern
      } else if kind == "warn" {
        expected.warnings.add(pattern)
      } else {
        expected.infos.add(pattern)
      }
    case "string":
      guard case .string(let literal)? = try? PromQLParser().parse(String(rest.trimmingBlanks)) else { return false }
      expected.string = literal.value
    case "range":
      guard rest.takeWord() == "vector", rest.takeWord() == "from", let from = time(rest.takeWord()), rest.takeWord() == "to",
        let through = time(rest.takeWord()), rest.takeWord() == "step", let step = PromDuration(rest.takeWord()), step > .zero
      else { return false }
      expected.window = (from, through, step)
    default: return false
    }
    return true
  }

  /// Nothing, `msg: TEXT` or `regex: PATTERN`.
  private func demandedText(_ text: Substring) -> TextPattern? {
    let text = text.trimmingBlanks
    if text.isEmpty { return .any }
    for kind in ["msg", "regex"] where text.hasPrefix(kind + ":") { return pattern(kind, text.dropFirst(kind.count + 1)) }
    return nil
  }

  private func pattern(_ kind: String, _ text: Substring) -> TextPattern? {
    let text = String(text.trimmingBlanks)
    if kind == "msg" { return .exact(text) }
    return (try? RegularExpression(text, anchored: false)).map { .search($0) }
  }
}

extension Substring {
  var trimmingBlanks: Substring {
    let start = drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return start[...last]
  }

  /// Takes the first word and the blanks before it.
  mutating func takeWord() -> Substring {
    let start = drop { $0.isWhitespace }
    let word = start.prefix { !$0.isWhitespace }
    self = self[word.endIndex...]
    return word
  }
}

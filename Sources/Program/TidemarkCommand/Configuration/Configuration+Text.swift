import SeriesModel

extension Configuration {
  /// Every setting that has a value, as flags would give it.
  var flags: [String: String] {
    var flags: [String: String] = [:]
    for setting in Setting.all { flags[setting.key] = setting.shown(self).joined(separator: ",") }
    return flags
  }

  /// The configuration as a file would have it, secrets masked.
  var yaml: String {
    var lines = [
      "global:", "  scrape_interval: \(sampleInterval)", "  evaluation_interval: \(evaluationInterval)",
      "  rule_query_offset: \(queryOffset)",
    ]
    if !externalLabels.isEmpty {
      lines.append("  external_labels:")
      lines += externalLabels.labels.map { "    \(Self.quoted($0.name)): \(Self.quoted($0.value))" }
    }
    lines.append("tidemark:")
    var open: [Substring] = []
    for setting in Setting.all {
      let shown = setting.shown(self)
      if shown.isEmpty { continue }
      let parts = setting.key.split(separator: ".")
      let parents = parts.dropLast()
      let shared = zip(open, parents).prefix { $0 == $1 }.count
      for (depth, part) in parents.enumerated().dropFirst(shared) { lines.append(Self.indent(depth) + "\(part):") }
      open = Array(parents)
      lines.append(Self.indent(parents.count) + "\(parts.last!): " + Self.inline(shown, setting.shape))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth + 1) }

  private static func inline(_ values: [String], _ shape: Setting.Shape) -> String {
    switch shape {
    case .one: return quoted(values[0])
    case .list: return "[" + values.map(quoted).joined(separator: ", ") + "]"
    case .pairs:
      let pairs = values.map { value in
        let sign = value.lastIndex(of: "=")!
        return quoted(String(value[..<sign])) + ": " + quoted(String(value[value.index(after: sign)...]))
      }
      return "{" + pairs.joined(separator: ", ") + "}"
    }
  }

  /// Plain where that cannot be misread, else in double quotes.
  private static func quoted(_ text: String) -> String {
    let isPlain =
      text.utf8.first.map { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".") } ?? false
      && text.utf8.allSatisfy { ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) || ($0 >= 0x2d && $0 <= 0x39) || $0 == 0x5f }
    if isPlain { return text }
    let escaped = text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : $0 == "\n" ? "\\n" : String($0) }
    return "\"" + escaped.joined() + "\""
  }
}

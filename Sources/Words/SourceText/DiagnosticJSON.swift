/// Writes diagnostics for programs: one JSON object each, the keys always in this order.
///
/// `file`, `line`, `column`, `end_line`, `end_column` (numbers, left out when the place is unknown), `severity`, `check`, `message`,
/// `hint` (left out when there is none), `notes`, `page`.
package enum DiagnosticJSON {
  /// A JSON array.
  package static func array(_ diagnostics: [LocatedDiagnostic]) -> String {
    "[" + diagnostics.map(object).joined(separator: ",") + "]"
  }

  package static func object(_ located: LocatedDiagnostic) -> String {
    let diagnostic = located.diagnostic
    var fields = ["\"file\":" + quoted(located.file)]
    if let start = located.start, let end = located.end {
      fields.append("\"line\":\(start.line),\"column\":\(start.column),\"end_line\":\(end.line),\"end_column\":\(end.column)")
    }
    fields.append("\"severity\":" + quoted(diagnostic.severity.rawValue))
    fields.append("\"check\":" + quoted(diagnostic.check))
    fields.append("\"message\":" + quoted(diagnostic.message))
    if let hint = diagnostic.hint { fields.append("\"hint\":" + quoted(hint)) }
    fields.append("\"notes\":[" + diagnostic.notes.map(quoted).joined(separator: ",") + "]")
    if let page = located.page { fields.append("\"page\":" + quoted(page)) }
    return "{" + fields.joined(separator: ",") + "}"
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case "\u{0}"..<"\u{20}":
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}

import SeriesModel

/// The text that identifies a group in the notification log and to webhooks: `{}:{alertname="Down", job="api"}`.
enum GroupKey {
  static func text(path: String, labels: LabelSet) -> String {
    path + ":{" + labels.labels.map { $0.name + "=" + quote($0.value) }.joined(separator: ", ") + "}"
  }

  /// A double-quoted string in which everything that does not print is escaped.
  ///
  /// - Source: Go's `strconv.Quote`; what prints are letters, marks, numbers, punctuation, symbols and the ASCII blank.
  static func quote(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\u{07}": out += "\\a"
      case "\u{08}": out += "\\b"
      case "\t": out += "\\t"
      case "\n": out += "\\n"
      case "\u{0b}": out += "\\v"
      case "\u{0c}": out += "\\f"
      case "\r": out += "\\r"
      case _ where scalar == " " || prints(scalar): out.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x80: out += "\\x" + hex(scalar, digits: 2)
      case _ where scalar.value < 0x10000: out += "\\u" + hex(scalar, digits: 4)
      default: out += "\\U" + hex(scalar, digits: 8)
      }
    }
    return out + "\""
  }

  static func prints(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }

  private static func hex(_ scalar: Unicode.Scalar, digits: Int) -> String {
    let text = String(scalar.value, radix: 16)
    return String(repeating: "0", count: digits - text.utf8.count) + text
  }
}

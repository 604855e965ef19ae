import SeriesModel

/// Writes JSON byte for byte as Alertmanager does, so that a receiver that compares or signs bodies sees no difference.
///
/// - Source: Go's `encoding/json` with its escapes for HTML: `<`, `>`, `&`, U+2028 and U+2029 are written as `\u003c` and so on.
struct BodyWriter {
  private(set) var bytes: [UInt8] = []

  init(reserving capacity: Int) { bytes.reserveCapacity(capacity) }

  /// JSON as it is.
  mutating func raw(_ json: String) { bytes.append(contentsOf: json.utf8) }

  /// A string behind what leads to it: `,"name":`.
  mutating func string(_ lead: String, _ text: String) {
    raw(lead)
    string(text)
  }

  /// An object behind what leads to it; `{}` when there is nothing.
  mutating func object(_ lead: String, _ pairs: [Label]) {
    raw(lead)
    for (i, pair) in pairs.enumerated() {
      bytes.append(i == 0 ? UInt8(ascii: "{") : UInt8(ascii: ","))
      string(pair.name)
      bytes.append(UInt8(ascii: ":"))
      string(pair.value)
    }
    raw(pairs.isEmpty ? "{}" : "}")
  }

  /// The same, straight from the bytes of a label set.
  mutating func object(_ lead: String, _ labels: LabelSet) {
    raw(lead)
    var isFirst = true
    labels.forEach { name, value in
      bytes.append(isFirst ? UInt8(ascii: "{") : UInt8(ascii: ","))
      isFirst = false
      string(utf8: name)
      bytes.append(UInt8(ascii: ":"))
      string(utf8: value)
    }
    raw(isFirst ? "{}" : "}")
  }

  mutating func string(_ text: String) { string(utf8: text.utf8.span) }

  private mutating func string(utf8 text: Span<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    for i in text.indices {
      let byte = text[i]
      // Fast path: most letters stand for themselves.
      if byte >= 0x20, byte < 0x80, !Self.isSpecial(byte) { bytes.append(byte) } else { escape(byte, at: i, of: text) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): true
    default: false
    }
  }

  private mutating func escape(_ byte: UInt8, at i: Int, of text: Span<UInt8>) {
    switch byte {
    case UInt8(ascii: "\""): raw("\\\"")
    case UInt8(ascii: "\\"): raw("\\\\")
    case 0x08: raw("\\b")
    case 0x09: raw("\\t")
    case 0x0a: raw("\\n")
    case 0x0c: raw("\\f")
    case 0x0d: raw("\\r")
    case 0..<0x80:
      raw("\\u00")
      for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10) }
    // U+2028 is e2 80 a8, U+2029 is e2 80 a9: only the last byte is still to be replaced.
    case 0xa8...0xa9 where i >= 2 && text[i - 1] == 0x80 && text[i - 2] == 0xe2:
      bytes.removeLast(2)
      raw(byte == 0xa8 ? "\\u2028" : "\\u2029")
    default: bytes.append(byte)
    }
  }
}

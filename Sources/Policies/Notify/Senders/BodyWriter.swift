import SeriesModel

/// Writes JSON byte for byte as Alertmanager does, so that a receiver that compares or signs bodies sees no difference.
///
/// - Source: Go's `encoding/json` with its escapes for HTML: `<`, `>`, `&`, U+2028 and U+2029 are written as `\u003c` and so on.
struct BodyWriter {
  private(set) var bytes: [UInt8] = []

  init(reserving capacity: Int) { bytes.reserveCapacity(capacity) }

  /// JSON as it is.
  mutating func raw(_ json: String) { bytes.append(contentsOf: json.utf8) }

  /// A member of an object behind another one: `,"name":"text"`.
  mutating func member(_ name: String, _ text: String) {
    raw(",\"\(name)\":")
    string(text)
  }

  /// A member that is an object, `{}` when there is nothing.
  mutating func member(_ name: String, _ pairs: [Label]) {
    raw(",\"\(name)\":{")
    for (i, pair) in pairs.enumerated() {
      if i > 0 { bytes.append(UInt8(ascii: ",")) }
      string(pair.name)
      bytes.append(UInt8(ascii: ":"))
      string(pair.value)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    let text = text.utf8.span
    for i in text.indices {
      let byte = text[i]
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x08: raw("\\b")
      case 0x09: raw("\\t")
      case 0x0a: raw("\\n")
      case 0x0c: raw("\\f")
      case 0x0d: raw("\\r")
      case 0..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
        raw("\\u00")
        for digit in [byte >> 4, byte & 15] {
          bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
      // U+2028 is e2 80 a8, U+2029 is e2 80 a9: only the last byte is still to be replaced.
      case 0xa8...0xa9 where i >= 2 && text[i - 1] == 0x80 && text[i - 2] == 0xe2:
        bytes.removeLast(2)
        raw(byte == 0xa8 ? "\\u2028" : "\\u2029")
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

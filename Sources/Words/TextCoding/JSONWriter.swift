/// Writes JSON straight into bytes. The caller keeps brackets balanced; commas are put where they belong.
public struct JSONWriter: Sendable {
  public private(set) var bytes: [UInt8]
  private var needsComma = false

  public init(reserving capacity: Int = 256) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// The next value belongs to this key.
  public mutating func key(_ name: String) {
    separate()
    appendQuoted(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  public mutating func string(_ text: String) {
    separate()
    appendQuoted(text)
    needsComma = true
  }

  /// A string given as UTF-8.
  public mutating func string(utf8 text: Span<UInt8>) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    for i in text.indices { appendEscaped(text[i]) }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  public mutating func integer(_ value: Int) {
    separate()
    NumberText.appendInteger(Int64(value), to: &bytes)
    needsComma = true
  }

  /// A finite number; anything else becomes `null`.
  public mutating func number(_ value: Double) {
    separate()
    if value.isFinite { NumberText.appendJSON(value, to: &bytes) } else { bytes.append(contentsOf: "null".utf8) }
    needsComma = true
  }

  /// A sample value: a string, so that `NaN` and the infinities have a place.
  public mutating func sampleValue(_ value: Double) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    NumberText.appendJSON(value, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// Milliseconds since 1970 as seconds: whole, or with three decimals.
  public mutating func seconds(milliseconds: Int64) {
    separate()
    let magnitude = milliseconds.magnitude
    if milliseconds < 0 { bytes.append(UInt8(ascii: "-")) }
    NumberText.appendInteger(Int64(magnitude / 1000), to: &bytes)
    let fraction = magnitude % 1000
    if fraction != 0 {
      bytes.append(UInt8(ascii: "."))
      for divisor: UInt64 in [100, 10, 1] { bytes.append(UInt8(ascii: "0") + UInt8(fraction / divisor % 10)) }
    }
    needsComma = true
  }

  public mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
    needsComma = true
  }

  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
    needsComma = true
  }

  /// Bytes that are JSON already.
  public mutating func raw(_ json: some Sequence<UInt8>) {
    separate()
    bytes.append(contentsOf: json)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = false
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func appendQuoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 { appendEscaped(byte) }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
    case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
    case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
    case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
    case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
    case 0..<0x20:
      bytes.append(contentsOf: "\\u00".utf8)
      bytes.append(Self.hex(byte >> 4))
      bytes.append(Self.hex(byte & 15))
    default: bytes.append(byte)
    }
  }

  private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10 }
}
